/** The application alone, as a host runs it: tells its memory, then syncs and is asked as in half an hour of work. */
import type { SyncStatus } from '../../src-main/contract/views.ts';
import { application, call, say, unlocked, until } from '../proofs/proof-app.ts';

const [passes = '0', queries = '0'] = process.argv.slice(3);
const residentMb = () => Math.round(process.memoryUsage.rss() / 2 ** 20);
/** After garbage was let go: a second of peace, and a collection where Node was started for it. */
async function settled(): Promise<number> {
  for (let turn = 0; turn < 4; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return residentMb();
}
/** The end of a pass that ended after this moment (Unix milliseconds). */
const completed = (after: number) =>
  until(async () => {
    const status = await call<SyncStatus>('sync.status', {});
    return status.phase === 'idle' && (status.completedAt ?? 0) > after ? status.completedAt : null;
  });

const begun = Date.now();
await unlocked();
let last = (await completed(begun)) ?? 0;
await call('numbers.query', {
  text: '206',
  sort: { column: 'number', direction: 'asc' },
  offset: 0,
  limit: 300,
});
say({ residentMb: await settled() });
for (let pass = 0; pass < Number(passes); pass += 1) {
  await call('sync.start', {});
  const ended = completed(last);
  for (let at = 0; at < Number(queries) / Number(passes); at += 1) {
    const text = `${(at * 7919) % 10_000}`.slice(0, 1 + (at % 4));
    const column = at % 20 === 0 ? 'primary' : 'number';
    await call('numbers.query', { text, sort: { column, direction: 'asc' }, offset: 0, limit: 300 });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  last = (await ended) ?? 0;
}
say({ residentMb: await settled() });
await application.close();
