import type { PageFile } from './page-file.ts';

/** Rows as SQLite stores them (https://sqlite.org/fileformat2.html), read page by page. */
export type Value = null | number | bigint | string | Buffer;
export type Row = { readonly rowid: number | null; readonly values: readonly Value[] };
/** What a page of a tree holds: its rows, the pages below it, and whether something of it could not be read. */
export type ReadPage = { readonly rows: Row[]; readonly children: number[]; readonly lost: boolean };

/** Kinds of pages by their first byte. Trees of rows, and trees of keys: indexes, and tables without row ids. */
export const leafOfRows = 0x0d;
export const leafOfKeys = 0x0a;
const innerOfRows = 0x05;
const innerOfKeys = 0x02;
const fatal = new TextDecoder('utf-8', { fatal: true });

/** Reads one page of a tree of rows (`keys` false) or keys. Null when it is no such page. Never throws. */
export function readTreePage(file: PageFile, number: number, keys: boolean): ReadPage | null {
  const page = file.page(number);
  if (!page) return null;
  const start = number === 1 ? 100 : 0;
  const kind = page[start];
  const leaf = kind === (keys ? leafOfKeys : leafOfRows);
  if (!leaf && kind !== (keys ? innerOfKeys : innerOfRows)) return null;
  const cells = page.readUInt16BE(start + 3);
  const pointers = start + (leaf ? 8 : 12);
  const rows: Row[] = [];
  const children: number[] = [];
  let lost = pointers + cells * 2 > page.length;
  for (let cell = 0; cell < cells && !lost; cell += 1) {
    const at = page.readUInt16BE(pointers + cell * 2);
    try {
      if (at < pointers + cells * 2) throw new RangeError('a cell lies in the head');
      if (!leaf) children.push(page.readUInt32BE(at));
      if (leaf || keys) rows.push(readCell(file, page, leaf ? at : at + 4, keys));
    } catch {
      lost = true;
    }
  }
  if (!leaf) children.push(page.readUInt32BE(start + 8));
  return { rows, children, lost };
}

/** True for the pages of a tree of rows. */
export function isOfRows(kind: number): boolean {
  return kind === leafOfRows || kind === innerOfRows;
}

/** The first byte of a page says what it is. */
export function kindOfPage(file: PageFile, number: number): number {
  return file.page(number)?.[number === 1 ? 100 : 0] ?? 0;
}

function readCell(file: PageFile, page: Buffer, at: number, keys: boolean): Row {
  const [size, afterSize] = readVarint(page, at);
  const [rowid, begin] = keys ? [0n, afterSize] : readVarint(page, afterSize);
  const payload = readPayload(file, page, begin, Number(size), keys);
  return { rowid: keys ? null : Number(BigInt.asIntN(64, rowid)), values: readRecord(payload) };
}

/** What does not fit into its page goes on in a chain of others. */
function readPayload(file: PageFile, page: Buffer, begin: number, size: number, keys: boolean): Buffer {
  const usable = file.pageSize;
  const most = keys ? Math.floor(((usable - 12) * 64) / 255) - 23 : usable - 35;
  if (size > file.count * usable) throw new RangeError('longer than the file');
  if (size <= most) return exactly(page, begin, size);
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const fits = least + ((size - least) % (usable - 4));
  const local = fits <= most ? fits : least;
  const parts = [exactly(page, begin, local)];
  let next = page.readUInt32BE(begin + local);
  for (let left = size - local; left > 0;) {
    const more = file.page(next);
    if (!more) throw new RangeError('a part is not there');
    const part = exactly(more, 4, Math.min(left, usable - 4));
    parts.push(part);
    left -= part.length;
    next = more.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

function readRecord(bytes: Buffer): Value[] {
  const [head, first] = readVarint(bytes, 0);
  const values: Value[] = [];
  let at = first;
  let body = Number(head);
  if (body > bytes.length) throw new RangeError('a head longer than its record');
  while (at < Number(head)) {
    const [type, next] = readVarint(bytes, at);
    const [value, size] = readValue(bytes, body, Number(type));
    values.push(value);
    at = next;
    body += size;
  }
  if (at !== Number(head) || body !== bytes.length) throw new RangeError('a record of another length');
  return values;
}

function readValue(bytes: Buffer, at: number, type: number): [Value, number] {
  if (type === 0) return [null, 0];
  if (type === 8 || type === 9) return [type - 8, 0];
  if (type === 7) return [exactly(bytes, at, 8).readDoubleBE(0), 8];
  if (type < 7) {
    const size = [0, 1, 2, 3, 4, 6, 8][type] ?? 0;
    if (size < 8) return [exactly(bytes, at, size).readIntBE(0, size), size];
    const value = exactly(bytes, at, 8).readBigInt64BE(0);
    return [Number.isSafeInteger(Number(value)) ? Number(value) : value, 8];
  }
  if (type < 12) throw new RangeError('a type that is not used');
  const size = Math.floor((type - 12) / 2);
  const value = exactly(bytes, at, size);
  return [type % 2 === 0 ? value : fatal.decode(value), size];
}

function readVarint(bytes: Buffer, at: number): [bigint, number] {
  let value = 0n;
  for (let place = 0; place < 9; place += 1) {
    const byte = bytes.readUInt8(at + place);
    if (place === 8) return [(value << 8n) | BigInt(byte), at + 9];
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) return [value, at + place + 1];
  }
  return [value, at + 9];
}

function exactly(bytes: Buffer, at: number, size: number): Buffer {
  if (at + size > bytes.length) throw new RangeError('beyond the end');
  return bytes.subarray(at, at + size);
}
