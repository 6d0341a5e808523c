import { expect, test } from 'vitest';
import { Undos } from '#renderer/app/undos.ts';

test('the newest is taken back first, each once', () => {
  const undos = new Undos();
  const run = () => undefined;
  for (const what of ['tags', 'Change 1', 'Change 2', 'Change 1']) undos.push({ what, run });
  undos.drop('tags');
  expect([undos.take()?.what, undos.take()?.what, undos.take()]).toEqual(['Change 1', 'Change 2', null]);
  undos.push({ what: 'tags', run });
  undos.reset();
  expect(undos.take()).toBeNull();
});
