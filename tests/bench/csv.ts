import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { waitWords } from '../../src-main/contract/job-words.ts';
import { createApplication } from '../../src-main/app/application.ts';
import type { Imported } from '../../src-main/contract/routing.ts';
import type { PlanRowsWindow, PlansWindow } from '../../src-main/contract/routing.ts';
import { memoryKeychain } from '../integration/app-rig.ts';
import { startSandboxProcess } from '../support/sandbox-process.ts';
import { figure, Missed, timed, type Bench } from './measure.ts';

const workerUrl = new URL('../../src-main/app/storage-worker.ts', import.meta.url);

/** What is asked of it, in milliseconds; beyond these the benchmark fails. */
const limits = { preview: 2_000, busy: 50, edit: 500 };

/**
 * A file of rows, one in ten of them with something wrong, through the contract into a preview of its first rows; and how
 * long the main process is busy without a pause, from there until all of it is compared with the carrier. The baseline only
 * splits the text at line ends and commas.
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
  /** Resolves when a draft is compared with the carrier. */
  const compared = async (id: number) => {
    for (;;) {
      const { plans } = await call<PlansWindow>('plans.list', { offset: 0, limit: 1 });
      const plan = plans.find((one) => one.id === id);
      if (plan?.checking === null) {
        if (plan.checkedAt === null) throw new Error(waitWords(plan.waiting));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  try {
    const { accessKey, secretKey, url: baseUrl } = sandbox;
    await call('accounts.signIn', { label: 'B', accessKey, secretKey, baseUrl, remember: 'session' });
    const input = { text: '', sort: { column: 'number', direction: 'asc' }, limit: 10_000 };
    const matching = (offset: number) =>
      call<{ total: number; numbers: string[] }>('numbers.matching', { ...input, offset });
    while ((await matching(0)).total < rows) await new Promise((resolve) => setTimeout(resolve, 100));
    const owned: string[] = [];
    while (owned.length < rows) owned.push(...(await matching(owned.length)).numbers);
    const text = `number,primary,failover\r\n${owned.map(rowOf).join('\r\n')}\r\n`;
    const wrong = owned.filter((_, at) => at % 10 === 9).length;
    const base64 = Buffer.from(text).toString('base64');
    const ours: number[] = [];
    const split: number[] = [];
    const reading: number[] = [];
    const comparing: number[] = [];
    const mapped: number[] = [];
    const oneCell: number[] = [];
    const forAll: number[] = [];
    for (let run = 0; run < (quick ? 1 : 5); run += 1) {
      const whileReading = watch();
      let id = 0;
      ours.push(
        await timed(async () => {
          const imported = await call<Imported>('plans.import', { name: 'b', base64 });
          if (imported.kind === 'columns') throw new Error('the columns are not clear');
          const { plan } = imported;
          const page = { id: plan.id, offset: 0, limit: 200 };
          const shown = await call<PlanRowsWindow>('plans.rows', { ...page, problems: false });
          const left = await call<PlanRowsWindow>('plans.rows', { ...page, problems: true });
          if (plan.total !== rows - wrong || plan.rows !== rows) throw new Error('rows are missing');
          if (shown.matching !== rows || left.matching !== wrong) throw new Error('rows are not shown');
          id = plan.id;
        }),
      );
      reading.push(whileReading());
      const whileComparing = watch();
      await compared(id);
      comparing.push(whileComparing());
      // The same file with columns that somebody chose, in the place of the draft before.
      mapped.push(
        await timed(async () => {
          const mapping = { header: true, number: 0, primary: 1, failover: 2 };
          const input = { name: 'b', base64, mapping, replaces: id };
          const imported = await call<Imported>('plans.import', input);
          if (imported.kind === 'columns') throw new Error('the columns are not clear');
          ({ id } = imported.plan);
          await call<PlanRowsWindow>('plans.rows', { id, offset: 0, limit: 200, problems: false });
        }),
      );
      await compared(id);
      const edited = (edit: object) =>
        timed(async () => {
          await call('plans.edit', { id, edit });
          await call<PlanRowsWindow>('plans.rows', { id, offset: 0, limit: 200, problems: false });
        });
      const first = wrong === 0 ? 0 : 11;
      oneCell.push(await edited({ kind: 'cell', line: first, column: 'primary', text: 'sbc-east' }));
      await compared(id);
      forAll.push(await edited({ kind: 'all', written: 'SBC-East', name: 'sbc-east' }));
      await call('plans.discard', { id });
      split.push(await timed(() => text.split('\r\n').map((line) => line.split(','))));
    }
    const name = `preview of ${rows.toLocaleString('en-US')} rows`;
    const figures = [
      figure(name, 'ms', ours, { 'split alone': split }),
      figure('longest time the main process was busy while reading', 'ms', reading),
      figure('longest time the main process was busy while comparing', 'ms', comparing),
    ];
    const [preview, ...busy] = figures.map(({ median }) => median);
    const more = [
      figure('the same with columns that were chosen', 'ms', mapped),
      figure('one cell changed, its page shown', 'ms', oneCell),
      figure('a route used for all rows that wrote the same, its page shown', 'ms', forAll),
    ];
    const edits = more.slice(1).map(({ median }) => median);
    const slow = (preview ?? 0) > limits.preview || (more[0]?.median ?? 0) > limits.preview * 1.1;
    if (slow || busy.some((time) => time > limits.busy) || edits.some((time) => time > limits.edit)) {
      const measured = [...figures, ...more].map((one) => `${one.name} ${one.median} ms`).join(', ');
      throw new Missed(
        `allowed are ${limits.preview} ms, ${limits.busy} ms and ${limits.edit} ms: ${measured}`,
      );
    }
    return [...figures, ...more];
  } finally {
    await application.close();
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Numbers as people write them; every tenth row has one of the things that go wrong. */
function rowOf(number: string, at: number, all: readonly string[]): string {
  const [npa, nxx, line] = [number.slice(1, 4), number.slice(4, 7), number.slice(7)];
  const written = [`+${number}`, number, `"(${npa}) ${nxx}-${line}"`, `${number}.0`, `${npa}.${nxx}.${line}`];
  const good = `${written[at % written.length]},sbc-east,fax`;
  if (at % 10 !== 9) return good;
  const wrong = [
    `${number},SBC-East,fax`,
    `${number},"no such route ${at}",`,
    `1.${number.slice(1, 6)}E+10,sbc-east,fax`,
    `${number.slice(0, 7)},sbc-east,fax`,
    `${all[at - 1] ?? ''},sbc-east,fax`,
    `,sbc-east,fax`,
    `${number},,`,
    `1999${nxx}${line},sbc-east,fax`,
  ];
  return wrong[((at - 9) / 10) % wrong.length] ?? good;
}

/**
 * Returns the function that ends the watch and tells the longest time (of the main thread itself, in milliseconds) between two
 * turns of the event loop. What other programs take of the processor meanwhile does not count.
 */
function watch(): () => number {
  const spent = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let last = spent();
  let longest = 0;
  const timer = setInterval(() => {
    const now = spent();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  return () => {
    clearInterval(timer);
    return longest;
  };
}
