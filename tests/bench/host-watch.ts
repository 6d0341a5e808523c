/**
 * Loaded into a host before its own code (`--import`): writes down when its main thread was busy without a pause, and its
 * heap and those of its workers, into the file BENCH_WATCH, at least once a second and at its end.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { isMainThread, type Worker } from 'node:worker_threads';

export type Watched = {
  /** Unix milliseconds of the beginning; milliseconds by the clock, and of the thread's own. */
  readonly blocks: { readonly at: number; readonly clock: number; readonly own: number }[];
  readonly residentMb: number;
  readonly mainHeapMb: number;
  /** Heaps of all workers together, and what they hold outside of them: the index is there. */
  readonly workerHeapMb: number;
  readonly workerOutsideMb: number;
};

const mb = (bytes: number) => bytes / 2 ** 20;
const workers = new Set<Worker>();
const threads = createRequire(import.meta.url)('node:worker_threads') as { Worker: typeof Worker };
threads.Worker = class extends threads.Worker {
  constructor(...given: ConstructorParameters<typeof Worker>) {
    super(...given);
    workers.add(this);
    this.once('exit', () => workers.delete(this));
  }
};
syncBuiltinESMExports();

const blocks: Watched['blocks'] = [];

/** Memory as it is: nothing is collected for it. */
export async function watched(): Promise<Watched> {
  const heaps = await Promise.all([...workers].map((worker) => worker.getHeapStatistics().catch(() => null)));
  const sum = (what: 'used_heap_size' | 'external_memory') =>
    mb(heaps.reduce((total, heap) => total + (heap?.[what] ?? 0), 0));
  return {
    blocks,
    residentMb: mb(process.memoryUsage.rss()),
    mainHeapMb: mb(process.memoryUsage().heapUsed),
    workerHeapMb: sum('used_heap_size'),
    workerOutsideMb: sum('external_memory'),
  };
}

const file = process.env['BENCH_WATCH'];
// Workers load this as well: two threads that put the file in place would take it from each other, and that ends a worker.
if (file && isMainThread) {
  let last = performance.now();
  let cpu = process.threadCpuUsage();
  setInterval(() => {
    const now = performance.now();
    if (now - last > 15) {
      const { user, system } = process.threadCpuUsage(cpu);
      blocks.push({ at: performance.timeOrigin + last, clock: now - last - 5, own: (user + system) / 1000 });
    }
    last = now;
    cpu = process.threadCpuUsage();
  }, 5).unref();
  setInterval(() => {
    void watched().then((now) => {
      // Whoever reads it finds all of it, whenever that is.
      writeFileSync(`${file}.new`, JSON.stringify(now));
      renameSync(`${file}.new`, file);
    });
  }, 500).unref();
}
