import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FlowrouteV1 } from '../../src-main/carrier/flowroute/v1/adapter.ts';
import type { Slice } from '../../src-main/carrier/carrier.ts';
import type { OwnedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import { openInventory, type Inventory } from '../../src-main/inventory/inventory.ts';
import { createSync } from '../../src-main/inventory/sync/sync.ts';
import { Plans } from '../../src-main/routing/plans.ts';
import { Routes } from '../../src-main/routing/routes.ts';
import { openJournal } from '../../src-main/journal/open.ts';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox-process.ts';
import { figure, Missed, timed, type Bench } from './measure.ts';

const workerUrl = new URL('../../src-main/app/storage-worker.ts', import.meta.url);
const silent = { log: () => undefined, onChange: () => undefined, onStatus: () => undefined };
const faults = ['setRoutes:500:0.05', 'setRoutes:cut-after:0.02'];
/** How much longer than the pacing alone a change may take. */
const mostOfPacing = 1.5;
const east = { primary: 'sbc-east', failover: 'fax' };
const toEast = { primary: { route: east.primary }, failover: { route: east.failover } };

/**
 * A bulk change from "apply" to the last number confirmed and written down. The baseline is what the pacing alone
 * dictates: the same two requests per number (read it, set it) through the same pacing, against the same faults, tried
 * again until they succeed, with nothing looked up, decided or kept. At the end the app's list and the carrier's account must
 * agree on every pair.
 */
export const bulkRoutes: Bench = async ({ quick }) => {
  const count = quick ? 500 : 5_000;
  const ours: number[] = [];
  const pacing: number[] = [];
  for (let run = 0; run < (quick ? 1 : 3); run += 1) {
    const sandbox = await startSandboxProcess(['--owned', `${count}`, '--routes', '8', '--latency', '30']);
    try {
      await sandbox.setFaults(faults);
      pacing.push(await requestsAlone(sandbox, count));
    } finally {
      await sandbox.stop();
    }
    const second = await startSandboxProcess(['--owned', `${count}`, '--routes', '8', '--latency', '30']);
    try {
      ours.push(await changeAll(second, count));
    } finally {
      await second.stop();
    }
  }
  const measured = figure(`routes of ${count.toLocaleString('en-US')} numbers at 30 ms`, 'ms', ours, {
    'pacing alone': pacing,
  });
  const [alone] = measured.baselines;
  const most = (alone?.median ?? 0) * mostOfPacing;
  if (measured.median > most)
    throw new Missed(`${measured.median} ms are more than ${mostOfPacing} × the pacing alone: ${most} ms`);
  return [measured];
};

const connect = ({ url, accessKey, secretKey }: SandboxProcess) =>
  new FlowrouteV1({ baseUrl: url, keys: { accessKey, secretKey } });

async function changeAll(sandbox: SandboxProcess, count: number): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-bench-'));
  const carrier = connect(sandbox);
  const inventory = await openInventory({ ...silent, file: path.join(folder, 'numbers.db'), workerUrl });
  const file = await openJournal({ ...silent, file: path.join(folder, 'journal.db'), workerUrl });
  const sync = await createSync({ ...silent, carrier: () => carrier, inventory, everyMinutes: () => 0 });
  const shared = { journal: file.stores, inventory, carrier: () => carrier, record: () => Promise.resolve() };
  const routes = new Routes({ ...shared, features: carrier.features, onRoutes: () => undefined });
  const plans = new Plans({
    ...shared,
    routes,
    syncNow: (signal) => sync.fresh(signal),
    onPlan: () => undefined,
    onGone: () => undefined,
    log: silent.log,
  });
  try {
    await sync.start('manual');
    const { id } = await plans.drafts.make({ kind: 'query', text: '', change: toEast });
    await plans.settled();
    const { total, revision } = await plans.get(id);
    await sandbox.setFaults(faults);
    const took = await timed(async () => {
      await plans.apply(id, revision);
      await plans.settled();
    });
    const { phase, counts } = await plans.get(id);
    if (phase !== 'done' || counts.done !== total || total < count / 2)
      throw new Error('the plan did not change all');
    await agree(inventory, sandbox, count);
    // Numbers that were right already were not asked for: their share is added, so that both sides change `count`.
    return (took * count) / total;
  } finally {
    await plans.close();
    await sync.close();
    await file.close();
    await inventory.close();
    carrier.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every number has the new pair, for the app and for the carrier. */
async function agree(inventory: Inventory, { ledgerUrl }: SandboxProcess, count: number): Promise<void> {
  const text = await (await fetch(new URL('/__sandbox/owned', ledgerUrl))).text();
  const owned = text.trimEnd().split('\n').sort();
  const listed: string[] = [];
  const sort = { column: 'number', direction: 'asc' } as const;
  while (listed.length < count) {
    const { rows } = await inventory.query({ text: '', sort, offset: listed.length, limit: 500 });
    if (rows.length === 0) break;
    listed.push(...rows.map((row) => `${row.number} ${row.primary} ${row.failover}`));
  }
  const wrong = owned.filter((line) => !line.endsWith(` ${east.primary} ${east.failover}`)).length;
  if (owned.length !== count || wrong > 0) throw new Missed(`the carrier has ${wrong} numbers otherwise`);
  if (owned.join() !== listed.sort().join()) throw new Missed('the list and the carrier do not agree');
}

async function requestsAlone(sandbox: SandboxProcess, count: number): Promise<number> {
  const carrier = connect(sandbox);
  const numbers: PhoneNumber[] = [];
  for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
    const answer: Slice<OwnedNumber> = await carrier.listOwned({ cursor, limit: 200 });
    numbers.push(...answer.items.map((item) => item.number));
    cursor = answer.next;
  }
  if (numbers.length !== count) throw new Error('the list is not whole');
  const lane = async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      await carrier.getOwned(number);
      for (let set = false; !set;)
        set = await carrier.setRoutes(number, east).then(
          () => true,
          () => false,
        );
    }
  };
  const took = await timed(() => Promise.all(Array.from({ length: 32 }, lane)));
  carrier.close();
  return took;
}
