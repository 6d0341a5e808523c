/**
 * The application alone in a process that may be killed at any moment. Its one account is signed in already; the
 * secret comes through the environment in place of a keychain. Prints one line of JSON for whatever happens.
 */
import { createApplication } from '../../src-main/app/application.ts';
import type { NumbersWindow } from '../../src-main/contract/numbers.ts';
import type { SyncStatus } from '../../src-main/contract/sync.ts';

const [dataDir = ''] = process.argv.slice(2);
const secret = process.env['PROOF_SECRET'] ?? '';
const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);

const shown = Promise.withResolvers<undefined>();

const application = await createApplication({
  dataDir,
  host: 'browser',
  version: '0.0.0-proof',
  workerUrl: new URL('../../src-main/app/storage-worker.ts', import.meta.url),
  demo: false,
  log: (line) => {
    say({ log: line });
  },
  keychain: {
    check: () => Promise.resolve(null),
    // Only when the list was shown: what it shows then cannot come from the network.
    get: () => shown.promise.then(() => secret),
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(),
  },
});
let before: SyncStatus['phase'] = 'idle';
application.subscribe((event, payload) => {
  if (event !== 'sync') return;
  const status = payload as SyncStatus;
  if (before === 'idle' && status.phase === 'listing') say({ began: true });
  if (before !== 'idle' && status.phase === 'idle' && !status.error) say({ completed: status.last });
  if (status.phase === 'listing') say({ received: status.received });
  before = status.phase;
});
const lines: string[] = [];
for (let offset = 0; ; offset += 500) {
  const sort = { column: 'number', direction: 'asc' };
  const result = await application.dispatch('numbers.query', { text: '', sort, offset, limit: 500 });
  if (!result.ok) {
    say({ failed: result.error });
    break;
  }
  const { rows } = result.value as NumbersWindow;
  for (const row of rows) lines.push(`${row.number} ${row.primary} ${row.failover}`);
  if (rows.length < 500) break;
}
say({ opened: lines });
shown.resolve(undefined);
process.once('SIGTERM', () => {
  void application.close().then(() => process.exit(0));
});
