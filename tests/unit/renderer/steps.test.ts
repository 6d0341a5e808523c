import { expect, test } from 'vitest';
import { Steps } from '../../../src-renderer/lib/steps.svelte.ts';

const click = (detail: number) => new MouseEvent('click', { detail });

test('a step that is under way is not begun again, and another one does not wait for it', async () => {
  const steps = new Steps();
  const done: string[] = [];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const apply = steps.on('apply', async () => {
    done.push('apply');
    await promise;
  });
  apply(click(1));
  expect(steps.busy).toBe(true);
  apply(click(1));
  await steps.run('pause', async () => done.push('pause'));
  expect(done).toEqual(['apply', 'pause']);
  resolve(undefined);
  await expect.poll(() => steps.busy).toBe(false);
  apply(click(1));
  expect(done).toEqual(['apply', 'pause', 'apply']);
});

test('the second click of a double one does nothing, whatever button is there by then', async () => {
  const steps = new Steps();
  const done: string[] = [];
  await steps.run('pause', async () => done.push('pause'));
  steps.on('resume', async () => done.push('resume'))(click(2));
  steps.on('resume', async () => done.push('resume'))(click(3));
  expect(done).toEqual(['pause']);
});

test('keys press a button too, and a step that failed keeps none from the next', async () => {
  const steps = new Steps();
  await expect(steps.run('pause', () => Promise.reject(new Error('offline')))).rejects.toThrow('offline');
  expect(steps.busy).toBe(false);
  let resumed = 0;
  steps.on('resume', async () => (resumed += 1))(click(0));
  expect(resumed).toBe(1);
});
