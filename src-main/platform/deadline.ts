import { cancelled } from './cancel.ts';

/**
 * Resolves with `work`, or rejects with `late` after `ms`: somebody waits for it. With a signal, rejects with `cancelled` when
 * that is aborted. What is on its way is not called back.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  ms: number,
  late: () => Error,
  signal?: AbortSignal,
): Promise<T> {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(
    () => {
      timer.reject(late());
    },
    Math.max(0, ms),
  );
  const stop = () => {
    timer.reject(cancelled());
  };
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    return await Promise.race([work, timer.promise]);
  } finally {
    clearTimeout(timeout);
    signal?.removeEventListener('abort', stop);
  }
}
