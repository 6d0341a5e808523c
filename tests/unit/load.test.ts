import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ListedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import { KnownBytes } from '../../src-main/inventory/index/known-bytes.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';

describe('a list that is read again', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-load-'));
    file = path.join(folder, 'numbers.db');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const opened = () => {
    const store = new NumberStore(file);
    for (const _ of store.load()) void _;
    return store;
  };
  const rowsOf = (store: NumberStore, offset = 0) =>
    store.query({ text: '', sort: { column: 'number', direction: 'asc' }, offset, limit: 300 }).rows;
  const route = (key: string) => ({ key, type: 'HOST' });

  /** Stores numbers in one pass, and gives the rows before and after they were read from the file. */
  function readAgain(items: readonly ListedNumber[], askedAt: number) {
    rmSync(file, { force: true });
    const store = opened();
    const { id } = store.beginPass(1);
    store.putPage(id, { page: 1, isLast: true, next: null }, items, askedAt);
    const before = rowsOf(store);
    store.close();
    const again = opened();
    const after = rowsOf(again);
    again.close();
    return { before, after };
  }

  const awkward = fc.constantFrom(
    ...['\u001e', '\u001f', '\u001e12065550000\u001f1\u001f\u001fa\u001fHOST\u001fb\u001fHOST\u001fc'],
    ...['', '=', '\ufffd', 'é', '電話', '🙂', 'x'.repeat(300)],
  );
  const name = fc.array(fc.oneof(awkward, fc.string({ unit: 'grapheme' }))).map((parts) => parts.join(''));

  test('is as it was stored, whatever its texts are and whenever it was read', () => {
    const item = fc.record({
      billing: name,
      routes: fc.option(fc.record({ primary: name.map(route), failover: name.map(route) })),
    });
    const times = fc.oneof(fc.integer({ min: 1 }), fc.constant(-5), fc.constant(1_790_000_000_000));
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 40 }), times, (some, at) => {
        const items = some.map((one, place): ListedNumber => ({
          ...one,
          number: String(12_065_550_000 + place * 7) as PhoneNumber,
        }));
        const { before, after } = readAgain(items, at);
        expect(after).toEqual(before);
        expect(after).toHaveLength(items.length);
      }),
      { numRuns: 60 },
    );
  });

  test('keeps what many rows say alike apart from part to part of it', () => {
    const kinds = ['pbx-1', 'pbx-2', '電話', 'x'.repeat(90)];
    const store = opened();
    const { id } = store.beginPass(1);
    const count = 25_000;
    const items = Array.from({ length: count }, (_, at): ListedNumber => {
      const [primary = '', failover = ''] = [kinds[at % 3], kinds[(at + 1) % 4]];
      const number = String(12_065_000_000 + at) as PhoneNumber;
      return { number, billing: 'VPRI', routes: { primary: route(primary), failover: route(failover) } };
    });
    store.putPage(id, { page: 1, isLast: true, next: null }, items, 5);
    store.close();
    const again = opened();
    const told = items.map((item) => again.row(item.number));
    again.close();
    expect(told.map((row) => [row?.number, row?.primary, row?.failover])).toEqual(
      items.map(({ number, routes }) => [number, routes?.primary?.key, routes?.failover?.key]),
    );
  });
});

describe('values by pieces of bytes', () => {
  test('are found for the same bytes and for no others, also when the bytes they were added from are gone', () => {
    const pieces = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 1_000, size: 'max' });
    fc.assert(
      fc.property(pieces, (texts) => {
        const known = new KnownBytes<string>();
        const metBefore = texts.map((text) => {
          const bytes = Buffer.from(`-${text}-`);
          const found = known.find(bytes, 1, bytes.length - 1);
          known.add(bytes, 1, bytes.length - 1, text);
          bytes.fill(0);
          return found;
        });
        expect(metBefore).toEqual(texts.map(() => undefined));
        const found = texts.map((text) => known.find(Buffer.from(`${text}!`), 0, Buffer.byteLength(text)));
        expect(found).toEqual(texts);
      }),
      { numRuns: 30 },
    );
  });
});
