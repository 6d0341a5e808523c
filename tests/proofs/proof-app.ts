/**
 * The application inside a process that a proof may kill: data folder in argv[2], secret in PROOF_SECRET, and in PROOF_SETTLE_MS
 * how long it waits between two looks after a lost answer.
 */
import { createApplication } from '../../src-main/app/application.ts';

const secret = process.env['PROOF_SECRET'] ?? '';

/** Tells the proof something: one line of JSON. */
export const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);

export const application = await createApplication({
  dataDir: process.argv[2] ?? '',
  host: 'browser',
  version: '0.0.0-proof',
  workerUrl: new URL('../../src-main/app/storage-worker.ts', import.meta.url),
  demo: false,
  log: () => undefined,
  // What is proved is the order of things: shorter waits bring more of it into a minute.
  waits: { backoffMs: 50, settleMs: Number(process.env['PROOF_SETTLE_MS'] ?? '300'), againMs: 100 },
  keychain: {
    check: () => Promise.resolve(null),
    get: () => Promise.resolve(secret),
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  },
});

export async function call<T>(method: string, input: object): Promise<T> {
  const result = await application.dispatch(method, input);
  if (!result.ok) throw new Error(`${method}: ${result.error.message}`);
  return result.value as T;
}

/** Asks again until there is an answer. */
export async function until<T>(ask: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const value = await ask().catch(() => null);
    if (value !== null) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The key has come when the account says so: before, nothing can be resumed. */
export const unlocked = () =>
  until(async () => {
    const { accounts } = await call<{ accounts: { keys: string }[] }>('accounts.get', {});
    return accounts[0]?.keys === 'keychain' ? true : null;
  });
