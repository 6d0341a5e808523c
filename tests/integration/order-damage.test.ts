import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listBackups } from '../../src-main/platform/storage/backups.ts';
import { BuyRig, until } from './buy-rig.ts';
import { openRecord } from './journal-rows.ts';

let rig: BuyRig;
let file: string;

beforeEach(async () => {
  // A second purchase of the same number would be paid a second time.
  rig = await BuyRig.start({ owned: 20, available: 2000, routes: 8, chargesTwice: true });
  file = path.join(rig.folder.path, 'accounts', rig.account.id, 'journal.db');
});
afterEach(() => rig.close());

const paid = () => rig.sandbox.ledger().purchases.map(({ number }) => number);

const unlocked = () =>
  until(
    () => rig.app.call('accounts.get', {}),
    ({ accounts }) => accounts[0]?.keys === 'keychain',
  );

/** An order that waits, with `before` of its numbers bought. */
async function waiting(count: number, before: number): Promise<{ id: number; numbers: string[] }> {
  rig.sandbox.setFaults(['purchase:latency:1:150']);
  const order = await rig.begin(count);
  await until(
    () => rig.app.call('orders.get', { id: order.id }),
    ({ counts }) => counts.bought >= before,
  );
  await rig.app.call('orders.pause', { id: order.id });
  await rig.ended(order.id, ['paused']);
  rig.sandbox.setFaults([]);
  return order;
}

test('an order from a backup that is older than its purchases pays for nothing twice', async () => {
  const { id, numbers } = await waiting(12, 2);
  await rig.quit();
  const [old] = listBackups(file);
  await rig.launch();
  await unlocked();
  await rig.app.call('orders.resume', { id });
  expect((await rig.ended(id, ['done'])).counts.bought).toBe(12);
  await rig.quit();
  for (const backup of listBackups(file)) if (backup.name !== old?.name) rmSync(backup.path);
  writeFileSync(file, Buffer.alloc(40_000, 7));

  await rig.launch();
  const told = await until(
    () => rig.app.call('app.notices', {}),
    (notices) => notices.length > 0,
  );
  expect(told.map(({ text }) => text).join()).toMatch(
    /record of this account .* was damaged .* Everything up to /,
  );
  const order = await rig.order(id);
  expect(order).toMatchObject({ phase: 'paused', waiting: { code: 'mended' } });
  expect(order.counts.planned).toBeGreaterThanOrEqual(3);
  await unlocked();
  await rig.app.call('orders.resume', { id });
  expect((await rig.ended(id, ['done'])).counts.bought).toBe(12);
  expect(paid().sort()).toEqual([...numbers].sort());
});

test('a number that is in the cart again, by a backup that is older than its purchase, is looked up and not paid twice', async () => {
  // What is for sale and what is owned are told late.
  rig.sandbox.account.sell = () => true;
  const [number = ''] = await rig.fillCart(1);
  await rig.quit();
  const [old] = listBackups(file);
  const list = path.join(path.dirname(file), 'numbers.db');
  copyFileSync(list, `${list}.before`);
  await rig.launch();
  await unlocked();
  expect((await rig.ended((await rig.buy()).id, ['done'])).counts.bought).toBe(1);
  await rig.quit();
  for (const backup of listBackups(file)) if (backup.name !== old?.name) rmSync(backup.path);
  writeFileSync(file, Buffer.alloc(40_000, 7));
  for (const suffix of ['-wal', '-shm']) rmSync(list + suffix, { force: true });
  copyFileSync(`${list}.before`, list);
  rig.sandbox.setFaults(['owned:503:1']);

  await rig.launch();
  await unlocked();
  expect((await rig.cartItems()).map((item) => item.number)).toEqual([number]);
  const order = await rig.ended((await rig.buy()).id);
  expect(order).toMatchObject({ phase: 'done', counts: { bought: 0, refused: 1 } });
  expect(paid()).toEqual([number]);
});

test('an order that runs while damage shows waits for the person, and pays for nothing twice', async () => {
  await rig.quit();
  // A record that is longer than what SQLite keeps in memory: it is read from the disk again and again.
  const database = new DatabaseSync(file);
  const numbersOf = JSON.stringify(Array.from({ length: 200 }, (_, at) => String(12_065_550_000 + at)));
  database.exec('BEGIN');
  const insert = database.prepare(
    "INSERT INTO activity (at, kind, text, outcome, numbers, count) VALUES (?, 'order', 'words', 'ok', ?, 200)",
  );
  for (let at = 0; at < 1_200; at += 1) insert.run(at, numbersOf);
  database.exec('COMMIT');
  database.close();
  await openRecord(file).close();
  await rig.launch();
  await unlocked();
  rig.sandbox.setFaults(['purchase:latency:1:60']);
  const { id, numbers } = await rig.begin(12);
  await until(
    () => rig.app.call('orders.get', { id }),
    ({ counts }) => counts.bought >= 2,
  );
  const told: string[] = [];
  rig.app.application.subscribe((event, payload) => {
    if (event === 'notice') told.push((payload as { text: string }).text);
  });
  const handle = openSync(file, 'r+');
  const { size } = statSync(file);
  writeSync(handle, Buffer.alloc(size - 4_096, 7), 0, size - 4_096, 4_096);
  closeSync(handle);
  const everything = { text: 'words', offset: 0, limit: 50 } as const;
  await expect(rig.app.call('activity.list', everything)).rejects.toMatchObject({
    error: { code: 'storage' },
  });
  await until(
    () => Promise.resolve(told),
    (texts) => texts.length > 0,
  );
  expect(told.join()).toContain('record of this account');
  expect(readdirSync(path.dirname(file)).some((name) => name.includes('corrupt'))).toBe(true);
  // What was written since the start is in the log, and the rest in the backup.
  expect((await rig.app.call('activity.list', everything)).total).toBe(1_200);
  const order = await rig.ended(id, ['paused']);
  expect(order.items.map(({ number }) => number)).toEqual([...numbers].sort());
  expect(paid().length).toBeLessThan(12);
  rig.sandbox.setFaults([]);
  await rig.app.call('orders.resume', { id });
  expect((await rig.ended(id, ['done'])).counts.bought).toBe(12);
  expect(paid().sort()).toEqual([...numbers].sort());
});
