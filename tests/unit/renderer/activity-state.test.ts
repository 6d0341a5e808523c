import { beforeEach, expect, test } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import { ActivityState } from '../../../src-renderer/features/activity/activity.svelte.ts';

let asked: { method: string; input: Record<string, unknown> }[];
let activity: ActivityState;
const settled = () => new Promise((resolve) => setTimeout(resolve));
const texts = () =>
  asked.filter(({ method }) => method === 'activity.list').map(({ input }) => input['text']);

beforeEach(() => {
  asked = [];
  activity = new ActivityState(
    createClient({
      invoke(method, input) {
        asked.push({ method, input: input as Record<string, unknown> });
        const value = method === 'activity.list' ? { total: 3, entries: [] } : [];
        return Promise.resolve({ ok: true, value });
      },
      subscribe: () => () => undefined,
    }),
  );
});

test('what is still being typed is not asked for, and is not taken for no filter once it is wrong', async () => {
  activity.start();
  await settled();
  for (const text of ['k', 'ki', 'kind', 'kind:', 'kind:o', 'kind:order', 'kind:order '])
    activity.setText(text);
  await settled();
  // Words on their way to a key are words.
  expect(texts().at(-1)).toBe('kind:order ');
  expect(texts().filter((text) => text === '')).toHaveLength(2);
  activity.setText('kind:order outcome:');
  await settled();
  expect([activity.query, activity.problem?.unfinished]).toEqual(['kind:order', true]);
  activity.setText('kind:order outcome:nonsense');
  await settled();
  expect(texts().at(-1)).toBe('kind:order outcome:nonsense');
  expect(activity.problem).toMatchObject({ token: 'outcome:nonsense', unfinished: false });
});

test('coming back asks for the same again, and suggestions wait for the entries', async () => {
  activity.setText('change:7');
  const end = activity.start();
  await settled();
  end();
  asked = [];
  activity.start();
  const suggested = activity.suggest('change:7', 'ki');
  await suggested;
  expect(asked.map(({ method, input }) => [method, input['text']])).toEqual([
    ['activity.list', 'change:7'],
    ['activity.suggest', 'change:7'],
  ]);
});
