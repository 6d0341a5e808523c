import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FlowrouteV1 } from '../../src-main/carrier/flowroute/v1/adapter.ts';
import type { Slice } from '../../src-main/carrier/carrier.ts';
import type { OwnedNumber } from '../../src-main/contract/model.ts';
import { openInventory } from '../../src-main/inventory/inventory.ts';
import { createSync } from '../../src-main/inventory/sync/sync.ts';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox-process.ts';
import { keepMemorySmall } from '../../src-main/app/memory.ts';
import { figure, timed, watchThread, type Bench, type Figure } from './measure.ts';

const workerUrl = new URL('../../src-main/app/storage-worker.ts', import.meta.url);

/**
 * A first sync, from asking for page 1 to the finished pass on disk. The baseline asks for page after page with the
 * same client and keeps nothing: it does less, and one thing at a time.
 */
export const sync: Bench = async ({ quick }) => {
  const owned = quick ? 4_000 : 20_000;
  const runs = quick ? 1 : 5;
  const figures = [];
  for (const latency of quick ? [30] : [0, 30, 100]) {
    const sandbox = await startSandboxProcess(['--owned', `${owned}`, '--latency', `${latency}`]);
    try {
      const ours: number[] = [];
      const loop: number[] = [];
      for (let run = 0; run < runs; run += 1) {
        ours.push(await firstSync(sandbox, owned));
        loop.push(await pageAfterPage(sandbox, owned));
      }
      const name = `first sync of ${owned.toLocaleString('en-US')} at ${latency} ms`;
      figures.push(figure(name, 'ms', ours, { 'page after page': loop }));
      const perSecond = (times: readonly number[]) => times.map((ms) => owned / (ms / 1000));
      figures.push(figure(`the same, numbers per second`, '/s', perSecond(ours)));
      figures.push(
        figure(
          `the same, pages per second`,
          '/s',
          perSecond(ours).map((rate) => rate / 200),
        ),
      );
    } finally {
      await sandbox.stop();
    }
  }
  for (const latency of quick ? [] : [0, 30]) figures.push(...(await million(latency)));
  return figures;
};

/** A million numbers once, with somebody typing and sorting all the while. The loop reads the first 300 pages and is scaled. */
async function million(latency: number): Promise<Figure[]> {
  const owned = 1_000_000;
  const sandbox = await startSandboxProcess(['--owned', `${owned}`, '--latency', `${latency}`]);
  try {
    // As the application runs.
    keepMemorySmall();
    const typing: number[] = [];
    const longest = watchThread();
    const took = await firstSync(sandbox, owned, typing);
    const busy = longest();
    const loop = (await pageAfterPage(sandbox, 60_000)) * (owned / 60_000);
    const name = `first sync of 1,000,000 at ${latency} ms`;
    return [
      figure(name, 'ms', [took], { 'page after page': [loop] }),
      figure(`${name}, numbers per second`, '/s', [owned / (took / 1000)]),
      figure(`${name}, a query meanwhile`, 'ms', typing),
      figure(`${name}, longest time the main thread was busy, by the clock`, 'ms', [busy.clock]),
      figure(`${name}, longest time the main thread was busy, of its own`, 'ms', [busy.own]),
    ];
  } finally {
    await sandbox.stop();
  }
}

const connect = ({ url, accessKey, secretKey }: SandboxProcess) =>
  new FlowrouteV1({ baseUrl: url, keys: { accessKey, secretKey } });

async function firstSync(sandbox: SandboxProcess, owned: number, typing?: number[]): Promise<number> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-bench-'));
  const carrier = connect(sandbox);
  const silent = { log: () => undefined, onChange: () => undefined, onStatus: () => undefined };
  const inventory = await openInventory({ ...silent, file: path.join(folder, 'numbers.db'), workerUrl });
  const pass = await createSync({ ...silent, carrier: () => carrier, inventory, everyMinutes: () => 0 });
  try {
    const running = timed(() => pass.start('manual'));
    let ended = false;
    void running.finally(() => (ended = true));
    for (let at = 0; typing && !ended; at += 1) {
      const input = {
        text: `${(at * 37) % 1000}`,
        sort: { column: at % 5 === 0 ? 'primary' : 'number', direction: 'asc' },
        offset: 0,
        limit: 300,
      } as const;
      typing.push(await timed(() => inventory.query(input)));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const took = await running;
    const { error, last } = pass.status();
    if (error || last?.added !== owned) throw new Error(`the sync did not bring ${owned} numbers`);
    return took;
  } finally {
    await pass.close();
    await inventory.close();
    carrier.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads pages until `wanted` numbers have come. */
async function pageAfterPage(sandbox: SandboxProcess, wanted: number): Promise<number> {
  const carrier = connect(sandbox);
  let received = 0;
  const took = await timed(async () => {
    for (let cursor: string | null = null, more = true; more && received < wanted; more = cursor !== null) {
      const answer: Slice<OwnedNumber> = await carrier.listOwned({ cursor, limit: 200 });
      received += answer.items.length;
      cursor = answer.next;
    }
  });
  carrier.close();
  if (received !== wanted) throw new Error(`the loop saw ${received} of ${wanted} numbers`);
  return took;
}
