/**
 * The application alone, as a host runs it: tells its memory after a start (and the sync that follows it), then after every
 * further pass with questions asked all the while. Nothing is collected for it.
 */
import type { SyncStatus } from '../../src-main/contract/sync.ts';
import { application, call, say, unlocked, until } from '../proofs/proof-app.ts';
import { watched } from './host-watch.ts';

const [passes = '0', queries = '0'] = process.argv.slice(3);

/** After two seconds of peace, as between two keys of a person. */
async function told(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  say(await watched());
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
await told();
for (let pass = 0; pass < Number(passes); pass += 1) {
  await call('sync.start', {});
  const ended = completed(last);
  for (let at = 0; at < Number(queries); at += 1) {
    const text = `${(at * 7919) % 10_000}`.slice(0, 1 + (at % 4));
    const column = at % 20 === 0 ? 'primary' : 'number';
    await call('numbers.query', { text, sort: { column, direction: 'asc' }, offset: 0, limit: 300 });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  last = (await ended) ?? 0;
  await told();
}
await application.close();
