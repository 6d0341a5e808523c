import type { ElectronApplication } from '@playwright/test';

type Asked = { source: string; arg: unknown };

/**
 * Makes `evaluate` of the main process reliable while that process is busy. Playwright waits for an answer through a
 * promise that nothing in the process holds on to: a garbage collection in that moment loses the answer ("Resulting
 * promise was garbage collected"). Here the process holds the promise itself until it is settled, so nothing is asked
 * twice and nothing is lost.
 */
export function holdAnswers(electron: ElectronApplication): void {
  const plain = electron.evaluate.bind(electron);
  const held = (ask: unknown, arg?: unknown): Promise<unknown> =>
    plain(
      (modules, { source, arg: given }: Asked) => {
        const process = globalThis as unknown as { answers?: Set<Promise<unknown>> };
        const answers = (process.answers ??= new Set());
        const answer = new Promise((resolve, reject) => {
          setImmediate(() => {
            try {
              const run = new Function(`return (${source})`)() as (...args: unknown[]) => unknown;
              resolve(run(modules, given));
            } catch (error) {
              reject(error instanceof Error ? error : new Error(String(error)));
            }
          });
        });
        answers.add(answer);
        const forget = () => answers.delete(answer);
        answer.then(forget, forget);
        return answer;
      },
      { source: String(ask), arg } satisfies Asked,
    );
  Object.assign(electron, { evaluate: held });
}
