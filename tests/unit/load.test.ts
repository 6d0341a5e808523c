import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ListedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import { KnownBytes } from '../../src-main/inventory/index/known-bytes.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';
import { DamageError } from '../../src-main/platform/storage/sqlite.ts';
import { anyForeign } from '../support/any-number.ts';

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
  const byNumber = { column: 'number', direction: 'asc' } as const;
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

  test('has numbers of every length, agrees with its file, and goes on with a pass that was cut short', () => {
    const numbers = fc.uniqueArray(
      fc.oneof(
        anyForeign,
        fc.nat(999).map((end) => String(999_999_999_999_000 + end)),
        fc.nat(99).map((end) => String(12_065_550_000 + end)),
      ),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(numbers, fc.nat(60), (all, cut) => {
        rmSync(file, { force: true });
        let store = opened();
        const { id } = store.beginPass(1);
        const items = all.map((number): ListedNumber => ({
          number: number as PhoneNumber,
          billing: '',
          routes: { primary: route('pbx-1'), failover: route('fax') },
        }));
        store.putPage(id, { page: 1, isLast: false, next: null }, items.slice(0, cut), 5);
        store.close();
        store = opened();
        expect(store.unfinishedPass(0)?.id).toBe(id);
        store.putPage(id, { page: 2, isLast: true, next: null }, items.slice(cut), 5);
        store.finishPass(id, 6);
        // Throws where the list in the file is not the one that is shown.
        for (const _ of store.checking() ?? []) void _;
        const before = rowsOf(store);
        expect(before.map(({ number }) => number)).toEqual(all.toSorted());
        const { numbers: told } = store.matching({
          text: '',
          sort: byNumber,
          offset: 0,
          limit: 100,
          snapshot: 'new',
        });
        expect(told).toEqual(all.toSorted());
        store.close();
        const again = opened();
        expect(rowsOf(again)).toEqual(before);
        again.close();
      }),
      { numRuns: 40 },
    );
  });

  test.each(['02065550142', '206555', '1206555014', '2065550142123456', '20655501a2', ''])(
    'is damaged where %j stands for a number',
    (number) => {
      readAgain([{ number: '12065550142' as PhoneNumber, billing: '', routes: null }], 5);
      const database = new DatabaseSync(file);
      database.prepare('UPDATE number SET number = ?').run(number);
      database.close();
      expect(opened).toThrow(DamageError);
    },
  );

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
