let last = { time: Date.now(), mono: performance.now() };

/**
 * The time in whole Unix milliseconds, for how old something is: it never goes back while the process runs. Otherwise a
 * clock that is set back would make an old price look new. The wall clock is used because it goes on while the computer sleeps; the
 * monotonic clock makes sure that the time never goes back.
 */
export function steadyNow(): number {
  const mono = performance.now();
  last = { time: Math.max(Date.now(), last.time + mono - last.mono), mono };
  return Math.floor(last.time);
}
