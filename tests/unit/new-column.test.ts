import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ColumnEntry } from '../../src-main/contract/column-table.ts';
import type { OwnedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import type { NumberColumn, NumberRow } from '../../src-main/contract/numbers.ts';
import type { IndexedNumber } from '../../src-main/inventory/index/indexed-number.ts';
import { NumberIndex } from '../../src-main/inventory/index/number-index.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';
import type { Migration } from '../../src-main/platform/storage/sqlite.ts';
import { exportColumns, numberCells } from '../../src-renderer/features/numbers/columns.ts';

// A column is added here as CONTRIBUTING.md says: an entry and a migration. Everything else has to follow from them.
vi.mock('../../src-main/contract/column-table.ts', async (original) => {
  const nickname: ColumnEntry = {
    ...{ title: 'Nickname', type: 'text', stored: 'when-told', many: true, menu: { place: 9 } },
    query: { key: 'nickname', also: ['nick'], words: true },
    cell: { priority: 3, minWidth: 80, grow: 1 },
    export: { name: 'nickname' },
  };
  const real = await original<{ columnTable: object }>();
  return { ...real, columnTable: { ...real.columnTable, nickname } };
});
vi.mock('../../src-main/inventory/migrations/index.ts', async (original) => {
  const { numberMigrations } = await original<{ numberMigrations: readonly Migration[] }>();
  const sql = 'ALTER TABLE number ADD COLUMN nickname TEXT';
  return { numberMigrations: [...numberMigrations, { version: numberMigrations.length + 1, sql }] };
});

type Named = NumberRow & { readonly nickname: string | null };
const nickname = 'nickname' as NumberColumn;

let folder = '';
let store: NumberStore;
let page = 0;

function opened(): NumberStore {
  const again = new NumberStore(path.join(folder, 'numbers.db'));
  for (const _ of again.load()) void _;
  return again;
}

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-column-'));
  store = opened();
  store.beginPass(1);
  page = 0;
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the carrier tells of four numbers; undefined for a listing that tells nothing of the column. */
function told(names: readonly (string | undefined)[], at: number): void {
  const route = { key: 'pbx-1', type: 'HOST' };
  const items = names.map((name, place): OwnedNumber => ({
    ...{ number: number(place) as PhoneNumber, billing: 'VPRI' },
    routes: { primary: route, failover: route },
    ...(name === undefined ? {} : { nickname: name }),
  }));
  page += 1;
  store.putPage(1, { page, isLast: false, next: null }, items, at);
}

const number = (place: number) => `1206555000${place}`;
const ask = (text: string, column: NumberColumn = 'number') =>
  (
    store.query({ text, sort: { column, direction: 'asc' }, offset: 0, limit: 100 }).rows as readonly Named[]
  ).map((row) => `${row.number.at(-1) ?? ''} ${String(row.nickname)}`);

test('a new column is stored, shown, found, put in order and read again', () => {
  told(['Reception', undefined, '', 'West\u001fwing'], 10);
  const all = ['0 Reception', '1 null', '2 ', '3 West\u001fwing'];
  for (const again of [false, true]) {
    if (again) {
      store.close();
      store = opened();
    }
    expect(ask('')).toEqual(all);
    expect(ask('nick:cept')).toEqual(['0 Reception']);
    expect(ask('reception')).toEqual(['0 Reception']);
    expect(ask('nickname:none')).toEqual(['2 ']);
    // What was not read yet is neither one that says nothing nor one that says something else.
    expect(ask('nickname:unread')).toEqual(['1 null']);
    expect(ask('-nickname:none')).toEqual(['0 Reception', '3 West\u001fwing']);
    expect(ask('-nickname:cept')).toEqual(['2 ', '3 West\u001fwing']);
    expect(ask('-nickname:unread')).toEqual(['0 Reception', '2 ', '3 West\u001fwing']);
    expect(ask('', nickname)).toEqual(['1 null', '2 ', '0 Reception', '3 West\u001fwing']);
  }
});

test('a listing that does not tell it takes nothing away, one that does changes it, and the first rows have it too', () => {
  told(['Reception', 'Fax'], 10);
  told([undefined, 'Fax 2'], 20);
  expect(ask('')).toEqual(['0 Reception', '1 Fax 2']);
  expect(ask('nickname:fax')).toEqual(['1 Fax 2']);
  store.close();
  store = new NumberStore(path.join(folder, 'numbers.db'));
  const sort = { column: 'number', direction: 'asc' } as const;
  const first = store.early('numbers.query', [{ text: '', sort, offset: 0, limit: 10 }]);
  expect(first).toMatchObject({ rows: [{ nickname: 'Reception' }, { nickname: 'Fax 2' }] });
});

test('it may say something else of every number', () => {
  const index = new NumberIndex();
  const most = 70_000;
  const row = {
    ...{ primary: 'a', primaryType: 'HOST', failover: 'b', failoverType: 'HOST' },
    seenAt: 1,
    routesAt: 1,
  };
  const numberAt = (at: number) => String(12_060_000_000 + at);
  for (let at = 0; at < most; at += 1)
    index.put({ ...row, number: numberAt(at), billing: 'VPRI', nickname: `n${at}` } as IndexedNumber);
  for (const at of [0, 65_535, 65_536, most - 1])
    expect(index.rowAt(index.slotOf(numberAt(at)) ?? -1)).toMatchObject({ nickname: `n${at}` });
});

test('it has a cell and a place in an export', () => {
  told(['Reception', undefined], 10);
  const [named, unread] = store.rows([number(0), number(1)]) as [NumberRow, NumberRow];
  const cell = numberCells.find(({ key }) => key === nickname);
  const shown = { format: 'digits', now: 0 } as const;
  expect(cell).toMatchObject({ title: 'Nickname', priority: 3, minWidth: 80, grow: 1 });
  expect([cell?.text(named, shown), cell?.text(unread, shown)]).toEqual(['Reception', 'not read yet']);
  const column = exportColumns(() => 'digits').find(({ name }) => name === 'nickname');
  expect([column?.cell(named), column?.cell(unread)]).toEqual(['Reception', '']);
});
