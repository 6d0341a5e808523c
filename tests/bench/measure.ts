import os from 'node:os';

export type Series = { readonly name: string; readonly median: number; readonly p95: number };
/** `ratio` is the first baseline's median over ours: how many times better we are. Null without a baseline. */
export type Figure = Series & {
  readonly unit: string;
  readonly baselines: readonly Series[];
  readonly ratio: number | null;
};
export type Bench = (options: BenchOptions) => Promise<Figure[]>;
/** `quick` is for a look while working: fewer runs and smaller sizes; figures in README never come from it. */
export type BenchOptions = { readonly quick: boolean };

export function series(name: string, samples: readonly number[]): Series {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { name, median: round(at(0.5)), p95: round(at(0.95)) };
}

export function figure(
  name: string,
  unit: string,
  samples: readonly number[],
  baselines: Readonly<Record<string, readonly number[]>> = {},
): Figure {
  const own = series(name, samples);
  const others = Object.entries(baselines).map(([label, values]) => series(label, values));
  const [first] = others;
  return { ...own, unit, baselines: others, ratio: first ? round(first.median / own.median) : null };
}

/** Milliseconds that a piece of work takes. */
export async function timed(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

export function machine(): string {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${os.cpus().length} × ${cpu?.model ?? 'CPU'}, ${memory} GB, ${os.platform()} ${os.arch()}, Node ${process.versions.node}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** A figure is worse than what is asked of it: the run fails, whoever asked for it. */
export class Missed extends Error {}

/** A host a benchmark needs is not on this machine: it is skipped. Whatever else goes wrong is a failure. */
export class MissingHost extends Error {}

/**
 * Returns the function that ends the watch and tells the longest time (ms) this thread was busy without a pause: by the
 * clock, which on a loaded machine is mostly the others' turn, and of its own.
 */
export function watchThread(): () => { readonly clock: number; readonly own: number } {
  let last = performance.now();
  let cpu = process.threadCpuUsage();
  let [clock, own] = [0, 0];
  const timer = setInterval(() => {
    const now = performance.now();
    const used = process.threadCpuUsage(cpu);
    clock = Math.max(clock, now - last - 5);
    own = Math.max(own, (used.user + used.system) / 1000);
    last = now;
    cpu = process.threadCpuUsage();
  }, 5);
  return () => {
    clearInterval(timer);
    return { clock, own };
  };
}
