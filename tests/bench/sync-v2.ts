import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Slice } from '../../src-main/carrier/carrier.ts';
import { detailsOf } from '../../src-main/carrier/details.ts';
import { FlowrouteV2 } from '../../src-main/carrier/flowroute/v2/adapter.ts';
import type { ListedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import { openInventory } from '../../src-main/inventory/inventory.ts';
import { RouteReader } from '../../src-main/inventory/sync/route-reader.ts';
import { createSync } from '../../src-main/inventory/sync/sync.ts';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox-process.ts';
import { figure, Missed, timed, type Bench, type Figure } from './measure.ts';

const workerUrl = new URL('../../src-main/app/storage-worker.ts', import.meta.url);
const latencyMs = 30;
/** How long finding out a ceiling may take. */
const mostLearningMs = 60_000;
const byNumber = { column: 'number', direction: 'asc' } as const;
/** Requests for 20,000 numbers at most; those of larger accounts in proportion. */
const most = { list: 110, manyDetails: 250, routeList: 130 };
const unit = 20_000;

/**
 * A first sync over API v2 and the reading of routes behind it, against a sandbox of its own process that answers after 30 ms. The
 * baseline of the list is one page after another with the same client, keeping nothing: it does less, and one thing at a time.
 * Requests are those that the sandbox counted, and more of them than are allowed end the bench with a failure, as does a list that is less
 * than six times as fast as its baseline. The share of a ceiling is taken where many numbers cannot be asked for at once and v1 is
 * gone, so that each number takes a request: details that the sandbox let through in 30 seconds, once the ceiling of 200 a second was
 * found out, over what it would have let through. In the same time a person asks for a number ten times.
 */
export const syncV2: Bench = async ({ quick }) => [
  ...(await lists(quick ? 4_000 : unit, quick ? 1 : 5)),
  ...(quick ? [] : await lists(5 * unit, 1)),
  ...(await share(quick ? 5 : 30)),
];

async function lists(owned: number, runs: number): Promise<Figure[]> {
  const sandbox = await startSandboxProcess(['--owned', `${owned}`, '--latency', `${latencyMs}`]);
  const name = `${owned.toLocaleString('en-US')} numbers at ${latencyMs} ms`;
  const times = { list: [] as number[], loop: [] as number[], first: [] as number[], routes: [] as number[] };
  const requests = { list: [] as number[], manyDetails: [] as number[], routeList: [] as number[] };
  try {
    for (let run = 0; run < runs; run += 1) {
      for (const tool of ['manyDetails', 'routeList'] as const) {
        await sandbox.setSwitches({ manyDetails: tool === 'manyDetails' ? 'on' : 'absent-path404' });
        const one = await readAccount(sandbox, owned);
        times.list.push(one.listMs);
        times.first.push(one.firstMs);
        if (tool === 'manyDetails') times.routes.push(one.routesMs);
        requests.list.push(one.list);
        requests[tool].push(one.routes);
      }
      times.loop.push(await pageAfterPage(sandbox, owned));
    }
  } finally {
    await sandbox.stop();
  }
  const list = figure(`list of ${name}`, 'ms', times.list, { 'page after page': times.loop });
  if (owned === unit && (list.ratio ?? 0) < 6)
    throw new Missed(`the list is ${list.ratio ?? 0} times as fast as its baseline, and not 6 times`);
  for (const [what, counts] of Object.entries(requests)) {
    const allowed = (most[what as keyof typeof most] * Math.max(owned, unit)) / unit;
    const worst = Math.max(...counts);
    if (worst > allowed) throw new Missed(`${what} of ${name}: ${worst} requests, and not ${allowed}`);
  }
  return [
    list,
    figure(`first rows of ${name}, routes being read meanwhile`, 'ms', times.first, {
      'end of the list': times.list,
    }),
    figure(`requests for the list of ${name}`, '', requests.list),
    figure(`requests more for their routes, many details at once`, '', requests.manyDetails),
    figure(`requests more for their routes, from the list of v1`, '', requests.routeList),
    figure(`all routes of ${name} after the list, many details at once`, 'ms', times.routes),
  ];
}

type Counts = {
  readonly classes: Record<'v1' | 'v2', Record<string, number>>;
  readonly calls: Record<string, number>;
};
const ledgerOf = async ({ ledgerUrl }: SandboxProcess) => (await (await fetch(ledgerUrl)).json()) as Counts;
const connect = ({ v2Url, accessKey, secretKey }: SandboxProcess) =>
  new FlowrouteV2({ baseUrl: v2Url, keys: { accessKey, secretKey } });

/** An empty list and its account, closed after `work`. `changed` is called when the list has. */
async function withList<T>(
  sandbox: SandboxProcess,
  work: (rig: {
    readonly carrier: FlowrouteV2;
    readonly inventory: Awaited<ReturnType<typeof openInventory>>;
    readonly reader: RouteReader;
    sync(): Promise<{ readonly added: number }>;
    onChange: (total: number) => void;
  }) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-bench-'));
  const carrier = connect(sandbox);
  const log = () => undefined;
  const file = path.join(folder, 'numbers.db');
  const inventory = await openInventory({
    ...{ file, workerUrl, log },
    onChange: ({ total }) => {
      rig.onChange(total);
      rig.reader.wake();
    },
  });
  const pass = await createSync({
    ...{ inventory, log, carrier: () => carrier, onStatus: log, everyMinutes: () => 0 },
  });
  const rig = {
    carrier,
    inventory,
    reader: new RouteReader({
      ...{ inventory, log, carrier: () => carrier, refreshes: () => true },
      listed: () => pass.status().completedAt !== null,
    }),
    onChange: (_: number): void => undefined,
    async sync() {
      await pass.start('manual');
      const { error, last } = pass.status();
      if (error || !last) throw new Error('the sync did not succeed', { cause: error });
      rig.reader.wake();
      return last;
    },
  };
  try {
    return await work(rig);
  } finally {
    await rig.reader.close();
    await pass.close();
    await inventory.close();
    carrier.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Syncs once, with the reader of routes behind it, until all routes are known. */
function readAccount(sandbox: SandboxProcess, owned: number) {
  return withList(sandbox, async (rig) => {
    const before = await ledgerOf(sandbox);
    const begun = performance.now();
    let firstMs = 0;
    rig.onChange = (total) => {
      if (total > 0 && firstMs === 0) firstMs = performance.now() - begun;
    };
    const { added } = await rig.sync();
    const listMs = performance.now() - begun;
    if (added !== owned) throw new Error(`the sync brought ${added} of ${owned} numbers`);
    while ((await rig.inventory.query({ text: '', sort: byNumber, offset: 0, limit: 0 })).unread !== 0)
      await sleep(20);
    const routesMs = performance.now() - begun - listMs;
    const after = await ledgerOf(sandbox);
    const counted = (api: 'v1' | 'v2', what: string) =>
      (after.classes[api][what] ?? 0) - (before.classes[api][what] ?? 0);
    const routes =
      counted('v2', 'details') +
      counted('v2', 'manyDetails') +
      counted('v2', 'listRoutes') +
      counted('v1', 'owned');
    return { listMs, firstMs, routesMs, list: counted('v2', 'owned'), routes };
  });
}

/** Reads the whole list with one request after another. */
async function pageAfterPage(sandbox: SandboxProcess, wanted: number): Promise<number> {
  const carrier = connect(sandbox);
  let received = 0;
  const took = await timed(async () => {
    for (let cursor: string | null = null, more = true; more; more = cursor !== null) {
      const answer: Slice<ListedNumber> = await carrier.listOwned({ cursor, limit: 200 });
      received += answer.items.length;
      cursor = answer.next;
    }
  });
  carrier.close();
  if (received !== wanted) throw new Error(`the loop saw ${received} of ${wanted} numbers`);
  return took;
}

/** What the background uses of 200 requests a second, and how long a person waits meanwhile. */
async function share(seconds: number): Promise<Figure[]> {
  const ceiling = 200;
  const sandbox = await startSandboxProcess([
    ...['--owned', '20000', '--latency', `${latencyMs}`],
    ...['--switch', 'v1Gone=404', '--switch', `rateLimit=details=${ceiling}`],
  ]);
  try {
    return await withList(sandbox, async (rig) => {
      const click = async (at: number) => {
        const number = numbers[at * 50] ?? '';
        return timed(() => detailsOf(rig.carrier, number as PhoneNumber));
      };
      await rig.sync();
      const { rows } = await rig.inventory.query({ text: '', sort: byNumber, offset: 0, limit: 500 });
      const numbers = rows.map(({ number }) => number);
      await rig.reader.close();
      const alone: number[] = [];
      for (let at = 0; at < 10; at += 1) alone.push(await click(at));
      const reader = new RouteReader({
        ...{ carrier: () => rig.carrier, inventory: rig.inventory, log: () => undefined },
        ...{ refreshes: () => true, listed: () => true },
      });
      rig.onChange = () => {
        reader.wake();
      };
      reader.wake();
      const begun = performance.now();
      const ceilingOf = () =>
        rig.carrier.pace().classes.find(({ name }) => name === 'details')?.ceiling ?? null;
      while (ceilingOf() === null && performance.now() - begun < mostLearningMs) await sleep(50);
      if (ceilingOf() === null)
        throw new Missed('the ceiling was not found out: this machine did not send so many requests');
      const learned = performance.now() - begun;
      // The refusal that told it has a pause.
      await sleep(2_000);
      const passed = async () => {
        const { calls } = await ledgerOf(sandbox);
        return {
          details: calls['details 200'] ?? 0,
          refused: calls['details 429'] ?? 0,
          at: performance.now(),
        };
      };
      const before = await passed();
      const clicks: number[] = [];
      const shares: number[] = [];
      let last = before;
      for (let second = 0; second < seconds; second += 1) {
        const asked = clicks.length < 10 ? [await click(second)] : [];
        clicks.push(...asked);
        await sleep(Math.max(0, before.at + (second + 1) * 1_000 - performance.now()));
        const now = await passed();
        shares.push(
          (100 * (now.details - last.details - asked.length)) / ((ceiling * (now.at - last.at)) / 1_000),
        );
        last = now;
      }
      await reader.close();
      const inAll = last.details - before.details - clicks.length;
      const whole = (100 * inAll) / ((ceiling * (last.at - before.at)) / 1_000);
      if (whole < 45 || whole > 50)
        throw new Missed(`the background used ${whole.toFixed(1)} % of the ceiling, and not 45 to 50 %`);
      return [
        figure('until the ceiling is found out', 'ms', [learned]),
        figure(`share of ${ceiling} requests a second that the background uses, over ${seconds} s`, '%', [
          whole,
        ]),
        figure('the same, second by second', '%', shares),
        figure('requests that were refused in that time', '', [last.refused - before.refused]),
        figure('a click of a person meanwhile', 'ms', clicks, { 'without a background': alone }),
      ];
    });
  } finally {
    await sandbox.stop();
  }
}
