/** Resolves with `work`, or rejects with `late` after `ms`: somebody waits for it. What is on its way is not called back. */
export async function inTime<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(
    () => {
      timer.reject(late());
    },
    Math.max(0, ms),
  );
  try {
    return await Promise.race([work, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}
