import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createApplication } from '../../src-main/application.ts';
import type { PlanSummary } from '../../src-main/contract/routing.ts';
import { memoryKeychain } from '../integration/app-rig.ts';
import { startSandboxProcess } from '../support/sandbox-process.ts';
import { figure, timed, type Bench } from './measure.ts';

const workerUrl = new URL('../../src-main/storage/worker.ts', import.meta.url);

/**
 * A file of rows through the contract into a draft that can be looked at, and how long the main process is busy
 * without a pause on the way. The baseline only splits the text at line ends and commas.
 */
export const csv: Bench = async ({ quick }) => {
  const rows = quick ? 5_000 : 100_000;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-bench-'));
  const sandbox = await startSandboxProcess(['--owned', `${rows}`, '--routes', '8']);
  const application = await createApplication({
    ...{
      dataDir: folder,
      host: 'browser',
      version: '0.0.0-bench',
      workerUrl,
      demo: false,
      log: () => undefined,
    },
    keychain: memoryKeychain(),
  });
  const call = async <T>(method: string, input: object) => {
    const result = await application.dispatch(method, input);
    if (!result.ok) throw new Error(result.error.message);
    return result.value as T;
  };
  try {
    const { accessKey, secretKey, url: baseUrl } = sandbox;
    await call('accounts.signIn', { label: 'B', accessKey, secretKey, baseUrl, remember: 'session' });
    const input = { text: '', sort: { column: 'number', direction: 'asc' }, limit: 10_000 };
    const matching = (offset: number) =>
      call<{ total: number; numbers: string[] }>('numbers.matching', { ...input, offset });
    while ((await matching(0)).total < rows) await new Promise((resolve) => setTimeout(resolve, 100));
    const all: string[] = [];
    while (all.length < rows) all.push(...(await matching(all.length)).numbers);
    const lines = all.map((number) => `+${number},sbc-east,fax`);
    const text = `number,primary,failover\r\n${lines.join('\r\n')}\r\n`;
    const base64 = Buffer.from(text).toString('base64');
    /** The comparison with the carrier goes on behind a preview: it ends before the next run begins. */
    const forget = async () => {
      for (;;) {
        const [plan] = await call<PlanSummary[]>('plans.list', {});
        if (!plan) return;
        if (plan.checking === null) await call('plans.discard', { id: plan.id });
        else await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const ours: number[] = [];
    const split: number[] = [];
    const busy: number[] = [];
    for (let run = 0; run < (quick ? 1 : 5); run += 1) {
      const longest = watch();
      ours.push(
        await timed(async () => {
          const plan = await call<{ id: number; total: number; alreadyRight: number }>('plans.import', {
            name: 'b',
            base64,
          });
          if (plan.total + plan.alreadyRight !== rows) throw new Error('rows are missing');
          await call('plans.items', { id: plan.id, status: null, offset: 0, limit: 200 });
        }),
      );
      busy.push(longest());
      await forget();
      split.push(await timed(() => text.split('\r\n').map((line) => line.split(','))));
    }
    const name = `preview of ${rows.toLocaleString('en-US')} rows`;
    return [
      figure(name, 'ms', ours, { 'split alone': split }),
      figure('longest time the main process was busy', 'ms', busy),
    ];
  } finally {
    await application.close();
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Returns the function that ends the watch and tells the longest gap between two turns of the event loop. */
function watch(): () => number {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 5);
    last = now;
  }, 5);
  return () => {
    clearInterval(timer);
    return longest;
  };
}
