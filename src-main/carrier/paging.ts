import { failure } from '../contract/errors.ts';
import type { OddRecord } from '../contract/model.ts';
import type { Carrier, Slice } from './carrier.ts';

/** Pages without a record, one after another, that end a reading. */
const mostEmpty = 4;

/**
 * Watches one reading of a list page by page, and ends a list that does not end: the same page again, one empty page after
 * another, or more pages than any real list has. Pages may come in any order. What ends it is a `malformed-answer`.
 */
export class PagingGuard {
  #mostPages: number;
  #seen = new Map<string, number>();
  #empty = new Set<number>();

  constructor(mostPages: number) {
    this.#mostPages = mostPages;
  }

  /** `keys` are what tells the records of this page apart; `more` when the carrier says that others follow. */
  check(page: number, keys: readonly string[], more: boolean): void {
    if (!more) return;
    if (page >= this.#mostPages) throw endless(`${page} pages and no end`);
    if (keys.length === 0) {
      this.#empty.add(page);
      if (this.#emptyAround(page) >= mostEmpty) throw endless('one empty page after another');
      return;
    }
    const content = `${keys.length} ${keys[0]} ${keys.at(-1)} ${fingerprint(keys)}`;
    const before = this.#seen.get(content);
    if (before !== undefined && before !== page) {
      throw endless(`page ${Math.max(page, before)} is page ${Math.min(page, before)} again`);
    }
    this.#seen.set(content, page);
  }

  /** How many pages in a row are empty, this one among them. */
  #emptyAround(page: number): number {
    let [first, last] = [page, page];
    while (this.#empty.has(first - 1)) first -= 1;
    while (this.#empty.has(last + 1)) last += 1;
    return last - first + 1;
  }
}

/** Where the parts of a list begin, from 1: worked out where the adapter can, else as each part told of the next. */
export class Cursors {
  /** True when any part can be asked for before those in front of it have come. */
  readonly anywhere: boolean;
  #carrier: Pick<Carrier, 'cursorAt'>;
  #limit: number;
  #told = new Map<number, string>();

  constructor(carrier: Pick<Carrier, 'cursorAt'>, limit: number) {
    this.#carrier = carrier;
    this.#limit = limit;
    this.anywhere = carrier.cursorAt !== undefined;
  }

  /** The cursor of a part; undefined while that is not known. */
  of(part: number): string | null | undefined {
    if (part === 1) return null;
    return this.#carrier.cursorAt?.(part - 1, this.#limit) ?? this.#told.get(part);
  }

  /** A part said where the next one begins. */
  told(part: number, next: string | null): void {
    if (next !== null && !this.anywhere) this.#told.set(part + 1, next);
  }
}

/** Reads a short list whole, part after part. `keyOf` tells its records apart. */
export async function readAll<T>(
  list: (cursor: string | null) => Promise<Slice<T>>,
  keyOf: (item: T) => string,
  mostPages: number,
): Promise<{ items: T[]; odd: OddRecord[] }> {
  const guard = new PagingGuard(mostPages);
  const items: T[] = [];
  const odd: OddRecord[] = [];
  let cursor: string | null = null;
  for (let page = 1; ; page += 1) {
    const answer: Slice<T> = await list(cursor);
    cursor = answer.next;
    guard.check(page, keysOf(answer, keyOf), cursor !== null);
    items.push(...answer.items);
    odd.push(...answer.odd);
    if (cursor === null) return { items, odd };
  }
}

/** What tells the records of a page apart, odd ones included. */
export function keysOf<T>(page: Slice<T>, keyOf: (item: T) => string): string[] {
  return [...page.items.map(keyOf), ...page.odd.map(({ name }) => name)];
}

/** FNV-1a over all keys: two pages that agree in it, in their count and in both ends are taken for the same. */
function fingerprint(keys: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const key of keys) {
    for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ 10, 0x01000193);
  }
  return hash >>> 0;
}

function endless(how: string) {
  return failure(
    'malformed-answer',
    `The carrier's list does not end: ${how}.`,
    'Try again in a few minutes. If it stays, the carrier has a problem with this list.',
    { retryable: true },
  );
}
