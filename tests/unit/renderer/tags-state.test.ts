import { beforeEach, expect, test } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import { AppState, type Subject } from '../../../src-renderer/app/app.svelte.ts';
import { TagsState } from '../../../src-renderer/features/numbers/tags.svelte.ts';

const subject: Subject = { kind: 'numbers', numbers: ['12065550100', '12065550101'], outside: 1 };
const settled = () => new Promise((resolve) => setTimeout(resolve));
let asked: { method: string; input: unknown }[];
let release: (() => void) | null;
let app: AppState;
let tags: TagsState;
const changes = () => asked.filter(({ method }) => method === 'tags.change');

beforeEach(() => {
  asked = [];
  release = null;
  app = new AppState(
    createClient({
      async invoke(method, input) {
        asked.push({ method, input });
        if (method === 'tags.names') return { ok: true, value: [{ name: 'VIP', count: 3 }] };
        if (method === 'tags.undo') return { ok: true, value: { numbers: 2 } };
        if (release === null) await new Promise<void>((resolve) => (release = resolve));
        const { add } = input as { add: string[] };
        const created = add.filter((tag) => tag.toLowerCase() !== 'vip');
        return { ok: true, value: { numbers: 2, created, undo: 5 } };
      },
      subscribe: () => () => undefined,
    }),
  );
  tags = new TagsState(app);
  app.tagging = subject;
  tags.begin(subject);
});

test('the first Enter changes nothing: it says what the next one does, a new tag by its name', async () => {
  await settled();
  await tags.enter();
  expect(tags.asked).toBe('');
  tags.add = 'acoma, vip';
  await tags.enter();
  expect(changes()).toEqual([]);
  expect(tags.asked).toBe('2 numbers get the tag vip and the new tag acoma: press Enter again.');
  // Something else was typed: that was not chosen yet.
  tags.add = 'tacoma';
  expect(tags.asked).toBe('');
  await tags.enter();
  expect(changes()).toEqual([]);
  void tags.enter();
  await settled();
  release?.();
  await settled();
  expect(changes()).toHaveLength(1);
  expect([app.tagging, app.toasts.shown.at(-1)?.text]).toEqual([null, '2 numbers got the new tag tacoma.']);
  app.toasts.shown.at(-1)?.action?.run();
  await settled();
  expect(asked.at(-1)).toEqual({ method: 'tags.undo', input: { id: 5 } });
  expect(app.toasts.shown.at(-1)?.text).toBe('Tags of 2 numbers are as before.');
});

test('it says how many of the selection the filter hides, and begins empty for each subject', () => {
  expect(tags.about).toBe('1 of them not shown.');
  [tags.add, tags.remove] = ['given up', 'too'];
  tags.cancel();
  app.tagging = { kind: 'numbers', numbers: ['12065550100'] };
  tags.begin(app.tagging);
  expect([tags.add, tags.remove, tags.about]).toEqual(['', '', '']);
});

test('closed while it is on its way: what is open now stays, and the answer is said', async () => {
  tags.add = 'vip';
  tags.remove = 'old';
  void tags.save();
  await settled();
  const next: Subject = { kind: 'numbers', numbers: ['12065550102'] };
  app.tagging = next;
  tags.begin(next);
  tags.add = 'other';
  release?.();
  await settled();
  expect([app.tagging, tags.add, tags.busy]).toEqual([next, 'other', false]);
  expect(app.toasts.shown.at(-1)?.text).toBe('2 numbers got the tag vip, and lost the tag old.');
});
