/**
 * The application alone, as a host runs it: tells its memory after a start (and the sync that follows it), then after every
 * further pass with questions asked all the while. Each time it waits until memory has come to rest: after a pass the index is there
 * twice while it is put in order. Nothing is collected for it.
 */
import type { SyncStatus } from '../../src-main/contract/sync.ts';
import { application, call, say, unlocked, until } from '../proofs/proof-app.ts';
import { watched, type Watched } from './host-watch.ts';

const [passes = '0', queries = '0'] = process.argv.slice(3);

/** Memory is at rest when so many looks, so far apart (ms), differ by no more than this share; it is given so many at most. */
const looks = 8;
const lookEveryMs = 500;
const mostChange = 0.02;
const mostLooks = 120;

/** Waits for rest and tells what there is then. Memory that does not come to rest is told as it is, and that it did not. */
async function told(): Promise<void> {
  const seen: Watched[] = [];
  const atRest = () => {
    const last = seen.slice(-looks).map(({ residentMb }) => residentMb);
    return last.length === looks && Math.max(...last) - Math.min(...last) <= mostChange * Math.max(...last);
  };
  while (!atRest() && seen.length < mostLooks) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    seen.push(await watched());
  }
  if (!atRest()) console.error(`memory was not at rest after ${(mostLooks * lookEveryMs) / 1_000} s`);
  say(seen.at(-1));
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
