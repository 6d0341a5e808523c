import type { Carrier, RouteList, ToldRoutes, ToldSide } from '../../carrier/carrier.ts';
import { PagingGuard } from '../../carrier/paging.ts';
import { Failure, toAppError } from '../../contract/errors.ts';
import { builtinType, type OwnedNumber, type PhoneNumber, type RouteRef } from '../../contract/model.ts';
import { cancelled } from '../../platform/cancel.ts';
import type { Inventory } from '../inventory.ts';
import type { KnownPair } from '../number-store.ts';

/** Numbers that are asked for alone, to see whether the list tells the same. */
const sampled = 20;
/** Pages at once. */
const lanes = 4;
/** Five million numbers, 200 a page. */
const mostPages = 25_000;

export type RouteListRead = {
  readonly carrier: Carrier;
  readonly list: RouteList;
  /** Where the list has one word for the built-in route and for none, what is put there is said to be a guess. */
  readonly inventory: Pick<Inventory, 'applyFresh' | 'pairs' | 'guess'>;
  /** How many numbers there are; the list may have more. */
  readonly total: number;
  readonly signal: AbortSignal;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Called before each page: what is on screen goes before it. */
  readonly before: () => Promise<void>;
};

/** How many requests it takes to read an account of so many numbers in this way. */
export function requestsFor(list: RouteList, total: number): number {
  return Math.ceil(total / list.maxPage) + sampled + 2;
}

/**
 * Reads the routes of all numbers from a list that tells them. Some numbers of its first page are asked for alone before any of it is
 * believed. Where the list has one word for the built-in route and none, what is known of the number stays if it is one of
 * both; for a number that was never read it is the built-in route, which is what the list says, and never none. Numbers that it does not
 * tell stay as they are. Resolves with false, and has the list denied, when it is not there or tells something else. Rejects with
 * what is about the network or the account.
 */
export async function readRouteList(read: RouteListRead): Promise<boolean> {
  try {
    await new Reading(read).run();
    return true;
  } catch (thrown) {
    if (thrown instanceof NotTold) return false;
    throw thrown;
  }
}

/** The list is not there, or not what it should be. */
class NotTold extends Error {}

type Page = { readonly items: readonly ToldRoutes[]; readonly askedAt: number };

class Reading {
  #read: RouteListRead;
  #guard = new PagingGuard(mostPages);
  #following = 2;
  /** The pages that it takes for all numbers. */
  #expected: number;
  /** The last page, once one of them was the end; the highest that is known to be there. */
  #last = Number.POSITIVE_INFINITY;
  #known = 1;
  #failed: { readonly at: number; readonly thrown: unknown } | null = null;

  constructor(read: RouteListRead) {
    this.#read = read;
    this.#expected = Math.ceil(read.total / read.list.maxPage);
  }

  async run(): Promise<void> {
    const { list, before } = this.#read;
    await before();
    const first = await this.#believedPage();
    if (first === null) {
      list.deny('untrue');
      throw new NotTold();
    }
    await apply(this.#read, first);
    await Promise.all(Array.from({ length: lanes }, () => this.#lane(this.#expected)));
    // A list that is longer than it was known to be goes on page after page.
    await this.#lane(0);
    if (this.#failed && this.#failed.at <= this.#last) throw this.#failed.thrown;
  }

  /**
   * The first page, once details tell the same of some of its numbers; null when they do not. A route that was changed between both
   * readings differs once, so both are read again, and only what differs then too is told otherwise.
   */
  async #believedPage(): Promise<Page | null> {
    const first = await this.#page(1);
    const one = await compare(this.#read, first.items, new Set());
    if (one.differing.size === 0 && tellsEnough(one)) return first;
    const second = await this.#page(1);
    const other = await compare(this.#read, second.items, one.differing);
    const twice = [...other.differing].some((number) => one.differing.has(number));
    return tellsEnough(other) && !twice ? second : null;
  }

  /** Reads pages up to this one, and those behind it that are known to be there. */
  async #lane(expected: number): Promise<void> {
    const { signal, before } = this.#read;
    for (;;) {
      const at = this.#following;
      if (this.#failed || at > this.#last || at > Math.max(expected, this.#known)) return;
      this.#following += 1;
      try {
        if (signal.aborted) throw cancelled();
        await before();
        await apply(this.#read, await this.#page(at));
      } catch (thrown) {
        this.#fail(at, thrown);
      }
    }
  }

  /** What failed first in the list counts. */
  #fail(at: number, thrown: unknown): void {
    if (this.#failed === null || at < this.#failed.at) this.#failed = { at, thrown };
  }

  async #page(at: number): Promise<Page> {
    const { list, signal, now } = this.#read;
    const askedAt = now();
    const cursor = at === 1 ? null : list.cursorAt(at - 1);
    const request = { cursor, limit: list.maxPage, signal, background: true };
    const { items, odd, next } = await list.page(request).catch((thrown: unknown) => {
      // The list has denied itself.
      throw toAppError(thrown).code === 'not-found' ? new NotTold() : thrown;
    });
    const keys = [...items.map(({ number }) => number), ...odd.map(({ name }) => name)];
    if (next === null) this.#last = Math.min(this.#last, at);
    else this.#known = Math.max(this.#known, at + 1);
    try {
      // A page of routes that cannot be told has no keys, and is none that came twice. Behind all numbers there is none of them.
      if (keys.length > 0 || at > this.#expected) this.#guard.check(at, keys, next !== null);
    } catch {
      list.deny('untrue');
      throw new NotTold();
    }
    return { items, askedAt };
  }
}

/** What details tell of some numbers that the list tells of. */
type Sample = { readonly asked: number; readonly same: number; readonly differing: ReadonlySet<string> };

/** Asks for some of these numbers alone: those of `before` first, then those with two real routes. What was read is kept. */
async function compare(
  read: RouteListRead,
  items: readonly ToldRoutes[],
  before: ReadonlySet<string>,
): Promise<Sample> {
  const { carrier, signal } = read;
  const clear = ({ primary, failover }: ToldRoutes) =>
    Number(primary !== 'unclear') + Number(failover !== 'unclear');
  const rank = (one: ToldRoutes) => clear(one) + (before.has(one.number) ? 3 : 0);
  const best = [...spread(items)].sort((a, b) => rank(b) - rank(a)).slice(0, sampled);
  const askedAt = read.now();
  const found = await Promise.all(
    best.map(async ({ number }) => (await carrier.details([number], { signal, background: true }))[0]),
  );
  const fresh: OwnedNumber[] = [];
  const differing = new Set<string>();
  for (const [at, one] of found.entries()) {
    const told = best[at];
    // One that has left the account meanwhile tells nothing of the list.
    if (!told || !one || one instanceof Failure) continue;
    fresh.push(one);
    const { primary, failover } = one.routes;
    if (!isSame(read, told.primary, primary) || !isSame(read, told.failover, failover))
      differing.add(one.number);
  }
  if (fresh.length > 0) await read.inventory.applyFresh(fresh, askedAt);
  return { asked: best.length, same: fresh.length - differing.size, differing };
}

/** Enough of the numbers were there. */
const tellsEnough = ({ asked, same, differing }: Sample) => same > 0 && (same + differing.size) * 2 >= asked;

function isSame({ carrier }: RouteListRead, told: ToldSide, found: RouteRef | null): boolean {
  if (told === 'unclear') return found === null || found.key === carrier.features.builtin.key;
  return found?.key === told.key;
}

/** In an order in which the first few come from everywhere in the page. */
function spread<T>(items: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(items.length / sampled));
  return items
    .map((_, at) => at)
    .sort((a, b) => (a % step) - (b % step) || a - b)
    .flatMap((at) => items[at] ?? []);
}

/** Puts what a page tells into the list, of numbers that are there. */
async function apply(read: RouteListRead, { items, askedAt }: Page): Promise<void> {
  const { inventory, carrier } = read;
  const pairs = await inventory.pairs(items.map(({ number }) => number));
  const builtin: RouteRef = { key: carrier.features.builtin.key, type: builtinType };
  const fresh: OwnedNumber[] = [];
  const unclear: PhoneNumber[] = [];
  for (const [at, { number, primary, failover }] of items.entries()) {
    const before = pairs[at] ?? null;
    const sides = before && {
      primary: settled(primary, sideBefore(before, 'primary'), builtin),
      failover: settled(failover, sideBefore(before, 'failover'), builtin),
    };
    if (!sides || sides.primary === undefined || sides.failover === undefined) continue;
    if (isGuess(primary, sides.primary) || isGuess(failover, sides.failover)) unclear.push(number);
    fresh.push({ number, billing: '', routes: { primary: sides.primary, failover: sides.failover } });
  }
  if (fresh.length > 0) await inventory.applyFresh(fresh, askedAt);
  if (unclear.length > 0) await inventory.guess(unclear, askedAt);
}

/** The built-in route where the list may mean none: also where it was known before, by such a guess or until it was changed. */
function isGuess(told: ToldSide, settled: RouteRef | null): boolean {
  return told === 'unclear' && settled !== null;
}

function sideBefore(pair: NonNullable<KnownPair>, side: 'primary' | 'failover'): string | null {
  return pair === 'unread' ? null : pair[side];
}

/** What a side is by what the list tells and what was known of it ('' for none, null for nothing); undefined when only details can tell. */
function settled(told: ToldSide, before: string | null, builtin: RouteRef): RouteRef | null | undefined {
  if (told !== 'unclear') return told;
  if (before === null || before === builtin.key) return builtin;
  return before === '' ? null : undefined;
}
