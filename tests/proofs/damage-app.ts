import { copyFileSync, existsSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import type { Notice } from '../../src-main/contract/app.ts';
import type { NumbersWindow } from '../../src-main/contract/numbers.ts';
import type { Settings } from '../../src-main/contract/settings.ts';
import type { SyncStatus } from '../../src-main/contract/sync.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { startApplication } from '../integration/app-rig.ts';

/** A sync of this list takes a second; a machine with much else to do is no fault of the file. */
const limitMs = 90_000;
/** A list that is begun anew after a pass is fetched again at once: at rest for so long, no pass follows any more. */
const restMs = 250;
const byNumber = { column: 'number', direction: 'asc' } as const;

export type Seen = {
  readonly accounts: string[];
  readonly numbers: string[];
  readonly settings: Settings;
  readonly told: string[];
  /** The window says beside the list that it is not complete. */
  readonly partial: boolean;
};
export type ProofSandbox = Sandbox & { owned(): string[] };
export type ProofApp = Awaited<ReturnType<typeof openTheApp>>;

/** The carrier of the fixture's account, with all the numbers that its list has, and more. */
export async function theSandbox(list: string, scratch: string): Promise<ProofSandbox> {
  const options = {
    owned: 300,
    available: 400,
    routes: 8,
    seed: 41,
    accessKey: '80001234',
    secretKey: 'proof',
  };
  const sandbox = await startSandbox(options);
  const { account } = sandbox;
  for (const suffix of ['', '-wal'])
    if (existsSync(list + suffix)) copyFileSync(list + suffix, scratch + suffix);
  const database = new DatabaseSync(scratch);
  const kept = database.prepare('SELECT number FROM number').all() as { number: string }[];
  database.close();
  const more = Array.from({ length: 2_000 }, (_, at) => String(14_252_000_000 + at * 13));
  for (const number of [...kept.map((row) => row.number), ...more])
    if (account.find(number) < 0) account.own(number);
  return {
    ...sandbox,
    owned: () => Array.from({ length: account.ownedCount }, (_, place) => account.ownedAt(place)),
  };
}

/** The application as a host starts it, and what a person sees of it. */
export async function openTheApp(folder: string, sandbox: ProofSandbox) {
  const app = await startApplication(folder, {
    check: () => Promise.resolve(null),
    get: () => Promise.resolve(sandbox.secretKey),
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  });
  const told: string[] = [];
  const note = (notices: readonly Notice[]) => {
    told.push(...notices.map(({ text }) => text));
  };
  app.application.subscribe((event, payload) => {
    if (event === 'notice') note([payload as Notice]);
  });
  note(await app.call('app.notices', {}));

  const status = async (wanted: (now: SyncStatus) => boolean): Promise<SyncStatus> => {
    const until = performance.now() + limitMs;
    for (;;) {
      const now = await app.call('sync.status', {});
      if (wanted(now)) return now;
      if (performance.now() > until)
        throw new Error(`the sync is not at rest after ${limitMs / 1000} s: ${JSON.stringify(now)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  return {
    /** Everything a person could look at: what cannot be shown rejects. */
    async look(): Promise<Seen> {
      const accounts = await app.call('accounts.get', {});
      await app.call('orders.list', { offset: 0, limit: 99 });
      await app.call('plans.list', { offset: 0, limit: 50 });
      await app.call('tags.names', {});
      await app.call('activity.list', { text: '', offset: 0, limit: 50 });
      const numbers: string[] = [];
      for (let offset = 0; ; offset += 500) {
        const window: NumbersWindow = await app.call('numbers.query', {
          ...{ text: '', sort: byNumber, offset, limit: 500 },
        });
        numbers.push(...window.rows.map((row) => row.number));
        if (window.rows.length < 500) break;
      }
      return {
        accounts: accounts.accounts.map(({ id, label, accessKey }) => `${label} ${accessKey} ${id}`),
        settings: await app.call('settings.get', {}),
        ...{ numbers, told: [...new Set(told)] },
        partial: (await app.call('sync.status', {})).partial,
      };
    },

    /** One pass that ends after this was asked, and a list at rest. */
    async sync(): Promise<void> {
      const asked = Date.now();
      const atRest = (now: SyncStatus) =>
        now.phase === 'idle' && now.error === null && now.completedAt !== null;
      let last: number | null = null;
      for (;;) {
        const { completedAt } = await status(atRest);
        if (completedAt !== null && completedAt >= asked && completedAt === last) return;
        last = completedAt;
        // Asked in the last moment of a pass, it is that pass.
        if (completedAt !== null && completedAt < asked) await app.call('sync.start', {});
        else await new Promise((resolve) => setTimeout(resolve, restMs));
      }
    },

    /** Tags a stretch of the list. */
    async tag(word: string, from: number, to: number): Promise<void> {
      const numbers = sandbox.owned().sort().slice(from, to);
      for (let at = 0; at < numbers.length; at += 500) {
        const source = { kind: 'numbers', numbers: numbers.slice(at, at + 500) } as const;
        await app.call('tags.change', { source, add: [word], remove: [] });
      }
    },

    close: () => app.application.close(),
  };
}
