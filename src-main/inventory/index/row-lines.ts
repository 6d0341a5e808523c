import { columnOf, storedColumns, type StoredColumn } from '../../contract/number-columns.ts';
import { isPhoneNumber } from '../../contract/phone.ts';
import { DamageError } from '../../platform/storage/sqlite.ts';
import { asRead, isWhenTold, neverRead, tableColumns } from '../stored-rows.ts';
import { zero } from './block.ts';
import type { IndexedNumber } from './indexed-number.ts';
import { KnownBytes } from './known-bytes.ts';
import type { NumberIndex, TellingIds } from './number-index.ts';
import { keyOf } from './number-key.ts';

// Control characters: they stand in a text for themselves only, however it is encoded.
const rowEnd = 0x1e;
const fieldEnd = 0x1f;
const minus = 0x2d;
/** Nearly all numbers have so many digits, and are their own key (`number-key.ts`). */
const usualDigits = 11;
/** Those of them that are less begin with 0. */
const leastOfUsual = 1e10;

const isMany = (field: string) =>
  storedColumns.some((column) => column === field && columnOf(column).many === true);
const fields = tableColumns.filter(([, field]) => field !== 'seenAt');
/** Columns in which nearly every row says something else stand first in a line, then those in which many say the same. */
const own = fields.filter(([, field]) => isMany(field));
const shared = fields.filter(([, field]) => !isMany(field));
const between = (character: number) => `'${String.fromCharCode(character)}'`;
const line = ['number', 'seen_at', "coalesce(routes_at, '')", ...[...own, ...shared].map(textOf)];

/** What SQLite makes of many rows, for `RowLines`: one text of a line for each row, as bytes. */
export const rowLines = `CAST(group_concat(concat_ws(${between(fieldEnd)}, ${line.join(', ')}), ${between(rowEnd)}) AS BLOB)`;

/** A text that may be null has a mark before it in a line. */
function textOf([name, field]: (typeof fields)[number]): string {
  return isWhenTold(field) ? `coalesce('=' || ${name}, '')` : name;
}

/** Puts rows that come as lines of bytes into the index. No text is made of what many lines say alike. */
export class RowLines {
  #index: NumberIndex;
  /** The ids of what lines say alike; apart for numbers whose routes were never read. */
  #read = new KnownBytes<TellingIds>();
  #unread = new KnownBytes<TellingIds>();
  #bytes: Buffer = Buffer.alloc(0);
  /** The next byte to be looked at. */
  #at = 0;

  constructor(index: NumberIndex) {
    this.#index = index;
  }

  /**
   * Adds the rows of these lines, by ascending number. False when a name holds a character that ends rows or fields, so that the
   * lines cannot be told apart: rows that were added until then are right. Throws `DamageError` for a number that is none.
   */
  put(bytes: Uint8Array, count: number): boolean {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = 0;
    if (linesOf(this.#bytes) !== count) return false;
    while (this.#at < bytes.length) if (!this.#putLine()) return false;
    return true;
  }

  #putLine(): boolean {
    const key = this.#number();
    const seenAt = this.#time();
    // As old as the row where the line says nothing. Most lists tell the routes with the number.
    const routesAt = this.#bytes[this.#at] === fieldEnd ? this.#nothing(seenAt) : this.#time();
    const firstOwn = this.#at;
    for (let left = own.length; left > 0; left -= 1) this.#at = this.#bytes.indexOf(fieldEnd, this.#at) + 1;
    const first = this.#at;
    const end = this.#endOfLine();
    const known = routesAt === neverRead ? this.#unread : this.#read;
    let told = known.find(this.#bytes, first, end);
    if (told === undefined) {
      const texts = this.#bytes.toString('utf8', first, end).split(String.fromCharCode(fieldEnd));
      if (texts.length !== shared.length) return false;
      told = this.#index.idsOf(rowOf(texts, routesAt));
      known.add(this.#bytes, first, end, told);
    }
    const slot = this.#index.append(key, told, seenAt, routesAt);
    if (own.length > 0) this.#putOwn(slot, firstOwn);
    return true;
  }

  #number(): number {
    const bytes = this.#bytes;
    const first = this.#at;
    const end = first + usualDigits;
    let key = 0;
    let at = first;
    for (; at < end; at += 1) {
      const digit = (bytes[at] ?? 0) - zero;
      if (digit < 0 || digit > 9) break;
      key = key * 10 + digit;
    }
    if (at < end || bytes[end] !== fieldEnd || key < leastOfUsual) return this.#otherNumber(first);
    this.#at = end + 1;
    return key;
  }

  /** A number of another length. */
  #otherNumber(first: number): number {
    const end = this.#bytes.indexOf(fieldEnd, first);
    const number = this.#bytes.toString('latin1', first, end);
    if (!isPhoneNumber(number)) throw notANumber();
    this.#at = end + 1;
    return keyOf(number);
  }

  /** Unix milliseconds: a whole number, unless the file is damaged. */
  #time(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    const isNegative = bytes[at] === minus;
    if (isNegative) at += 1;
    let time = 0;
    for (; bytes[at] !== fieldEnd && at < bytes.length; at += 1) {
      const digit = (bytes[at] ?? 0) - zero;
      time = digit >= 0 && digit <= 9 ? time * 10 + digit : Number.NaN;
    }
    this.#at = at + 1;
    return isNegative ? -time : time;
  }

  #nothing(instead: number): number {
    this.#at += 1;
    return instead;
  }

  /** Where the line ends; the next one begins after it. */
  #endOfLine(): number {
    const bytes = this.#bytes;
    let end = this.#at;
    while (end < bytes.length && bytes[end] !== rowEnd) end += 1;
    this.#at = end + 1;
    return end;
  }

  #putOwn(slot: number, first: number): void {
    let at = first;
    for (const [, field] of own) {
      const end = this.#bytes.indexOf(fieldEnd, at);
      const text = told(field, this.#bytes.toString('utf8', at, end));
      if (text !== null) this.#index.putText(slot, field as StoredColumn, text);
      at = end + 1;
    }
  }
}

function linesOf(bytes: Uint8Array): number {
  let lines = 1;
  for (let end = bytes.indexOf(rowEnd); end >= 0; end = bytes.indexOf(rowEnd, end + 1)) lines += 1;
  return lines;
}

function rowOf(texts: readonly string[], routesAt: number): IndexedNumber {
  const row = Object.fromEntries(shared.map(([, field], place) => [field, told(field, texts[place] ?? '')]));
  return asRead({ ...row, routesAt } as unknown as IndexedNumber);
}

/** A text of a line as a row has it. */
function told(field: keyof IndexedNumber, text: string): string | null {
  if (!isWhenTold(field)) return text;
  return text === '' ? null : text.slice(1);
}

function notANumber(): DamageError {
  return new DamageError('a number of the list is none');
}
