import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Cart } from '../../src-main/buying/cart.ts';
import { toOffer } from '../../src-main/buying/offers.ts';
import { orderLanes } from '../../src-main/buying/order-kind.ts';
import { Orders } from '../../src-main/buying/orders.ts';
import { FlowrouteV1 } from '../../src-main/carrier/flowroute/v1/adapter.ts';
import { openInventory } from '../../src-main/inventory/inventory.ts';
import { createSync } from '../../src-main/inventory/sync/sync.ts';
import { openJournal } from '../../src-main/journal/open.ts';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox-process.ts';
import { figure, Missed, timed, type Bench } from './measure.ts';

const workerUrl = new URL('../../src-main/app/storage-worker.ts', import.meta.url);
const silent = { log: () => undefined, onChange: () => undefined, onStatus: () => undefined };
const latencyMs = 200;
/** How many times faster than one number after another an order is to be. */
const leastGain = 3;

/**
 * An order from "Buy" to its last number written down, in as many lanes as the app uses. The baseline is the same order, of the
 * same engine, with one number at a time.
 */
export const orders: Bench = async ({ quick }) => {
  const count = quick ? 40 : 200;
  const ours: number[] = [];
  const alone: number[] = [];
  for (let run = 0; run < (quick ? 1 : 3); run += 1) {
    alone.push(await buyAll(count, 1));
    ours.push(await buyAll(count, orderLanes));
  }
  const measured = figure(`an order of ${count} numbers at ${latencyMs} ms`, 'ms', ours, {
    'one lane': alone,
  });
  if ((measured.ratio ?? 0) < leastGain)
    throw new Missed(`${measured.ratio} times as fast as one lane is less than ${leastGain}`);
  return [measured];
};

/** Milliseconds that an order of `count` numbers takes; every one of them is bought once, or it counts for nothing. */
async function buyAll(count: number, lanes: number): Promise<number> {
  const sandbox = await startSandboxProcess([
    ...['--owned', '10', '--available', `${2 * count}`, '--routes', '2', '--latency', `${latencyMs}`],
  ]);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-bench-'));
  const { url, accessKey, secretKey } = sandbox;
  const carrier = new FlowrouteV1({ baseUrl: url, keys: { accessKey, secretKey } });
  const inventory = await openInventory({ ...silent, file: path.join(folder, 'numbers.db'), workerUrl });
  const journal = await openJournal({ ...silent, file: path.join(folder, 'journal.db'), workerUrl });
  const sync = await createSync({ ...silent, carrier: () => carrier, inventory, everyMinutes: () => 0 });
  const shared = { journal: journal.stores, inventory, carrier: () => carrier };
  const cart = new Cart({ ...shared, onCart: () => undefined });
  const desk = new Orders({
    ...{ ...shared, cart, lanes, log: silent.log },
    orderLimit: () => Number.MAX_SAFE_INTEGER,
    noneAsFailover: false,
    listedRoutes: (names) => Promise.resolve(names),
    onOrder: () => undefined,
    record: () => Promise.resolve(),
  });
  try {
    await sync.start('manual');
    await desk.load();
    await desk.recover();
    const { items } = await carrier.searchAvailable({ contains: '', cursor: null, limit: 200 });
    await cart.add(items.slice(0, count).map(toOffer));
    const { token } = await desk.reviews.make();
    const took = await timed(async () => {
      await desk.buy({ token, typedCount: null, routes: null });
      await desk.settled();
    });
    const bought = await boughtBy(sandbox);
    if (bought.length !== count || new Set(bought).size !== count)
      throw new Error(`${bought.length} purchases of ${count} numbers`);
    return took;
  } finally {
    await desk.close();
    await cart.close();
    await sync.close();
    await journal.close();
    await inventory.close();
    carrier.close();
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The numbers of every purchase the carrier took money for. */
async function boughtBy({ ledgerUrl }: SandboxProcess): Promise<string[]> {
  const ledger = (await (await fetch(ledgerUrl)).json()) as { purchases: { number: string }[] };
  return ledger.purchases.map(({ number }) => number);
}
