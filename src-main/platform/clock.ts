let last = { time: Date.now(), mono: performance.now() };

/**
 * The time in whole Unix milliseconds, for how old something is: it never goes back while the process runs. A clock that is set back
 * would make an old price new again. The clock of the wall counts while the computer sleeps; the other one cannot be set.
 */
export function steadyNow(): number {
  const mono = performance.now();
  last = { time: Math.max(Date.now(), last.time + mono - last.mono), mono };
  return Math.floor(last.time);
}
