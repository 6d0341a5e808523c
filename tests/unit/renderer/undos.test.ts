import { expect, test } from 'vitest';
import type { PlanSummary } from '#main/contract/routing.ts';
import { UndoableChanges } from '#renderer/app/undoable-changes.ts';
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

test('a change that is taken back is told of again, and is not offered a second time', () => {
  const undos = new Undos();
  const changes = new UndoableChanges(undos, () => undefined);
  const told = (phase: string, undoable: number, kind = 'assign') => {
    changes.saw({ id: 7, ordinal: 1, kind, phase, undoable } as unknown as PlanSummary);
  };
  told('running', 3);
  expect(undos.take()).toBeNull();
  told('done', 15);
  told('done', 15);
  expect(undos.take()?.what).toBe('change 1');
  for (const left of [15, 7]) told('done', left);
  expect(undos.take()).toBeNull();
  // Resumed or tried again, it has ended anew.
  for (const phase of ['running', 'paused']) told(phase, 4);
  expect(undos.take()?.what).toBe('change 1');
  for (const phase of ['running', 'done']) told(phase, 4);
  told('done', 0);
  expect(undos.take()).toBeNull();
  told('running', 4, 'undo');
  told('done', 4, 'undo');
  expect(undos.take()).toBeNull();
});
