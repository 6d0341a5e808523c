import { expect, test } from 'vitest';
import type { RestorePreview } from '../../../src-main/contract/backup.ts';
import type { Client } from '../../../src-main/contract/client.ts';
import type { Result } from '../../../src-main/contract/errors.ts';
import {
  overlapWords,
  settingWords,
  unfinishedWords,
} from '../../../src-renderer/features/settings/backup-words.ts';
import { BackupState, pieceBytes } from '../../../src-renderer/features/settings/backup.svelte.ts';

type Asked = { method: string; input: Record<string, unknown> };
const refusal = {
  ok: false,
  error: { code: 'storage', message: 'The disk is full.', action: 'Free some.', retryable: true },
} as const;

/** A client that answers from a table, and what it was asked. */
function clientOf(answers: Record<string, (input: Record<string, unknown>) => unknown>) {
  const asked: Asked[] = [];
  const client = {
    call(method: string, input: Record<string, unknown>): Promise<Result<unknown>> {
      asked.push({ method, input });
      const value = answers[method]?.(input) ?? null;
      return Promise.resolve(value === refusal ? refusal : { ok: true, value });
    },
    on: () => () => undefined,
  } as unknown as Client;
  return { client, asked };
}

const bytes = Uint8Array.from({ length: pieceBytes * 2 + 7 }, (_, place) => place % 251);
const base64 = (from: number, to: number) => Buffer.from(bytes.slice(from, to)).toString('base64');
const made = { id: 'b', name: 'n.backup', bytes: bytes.length, accounts: ['West'], leftOut: [] };

test('a backup is read piece by piece, saved whole, and its file in the app ended', async () => {
  const { client, asked } = clientOf({
    'backup.make': () => made,
    'backup.read': ({ offset }) => ({
      base64: base64(Number(offset), Number(offset) + pieceBytes),
      end: false,
    }),
  });
  const state = new BackupState(client);
  const saved: [string, Uint8Array][] = [];
  expect(await state.make((name, parts) => saved.push([name, Buffer.concat(parts)]))).toEqual(['West']);
  expect(saved).toHaveLength(1);
  expect([saved[0]?.[0], Buffer.compare(saved[0]?.[1] ?? new Uint8Array(), bytes)]).toEqual(['n.backup', 0]);
  expect(asked.map(({ method }) => method)).toEqual([
    ...['backup.make', 'backup.read', 'backup.read', 'backup.read', 'backup.end'],
  ]);
  expect(state.progress).toBeNull();
});

test('a piece that cannot be read saves nothing: half a backup would look like a whole one', async () => {
  const { client, asked } = clientOf({
    'backup.make': () => made,
    'backup.read': ({ offset }) => (offset === 0 ? { base64: base64(0, pieceBytes), end: false } : refusal),
  });
  const state = new BackupState(client);
  let saved = 0;
  expect(await state.make(() => (saved += 1))).toBeNull();
  expect([saved, state.error?.code, state.progress]).toEqual([0, 'storage', null]);
  expect(asked.at(-1)?.method).toBe('backup.end');
});

const preview = { madeAt: 1, version: '1', accounts: [], untouched: [], settings: [], replaceRefused: null };

test('a file is handed over in pieces that follow each other, then looked at', async () => {
  const pieces: Buffer[] = [];
  const { client, asked } = clientOf({
    'restore.begin': () => ({ id: 'r' }),
    'restore.add': (input) => {
      expect(input['offset']).toBe(Buffer.concat(pieces).length);
      pieces.push(Buffer.from(String(input['base64']), 'base64'));
      return null;
    },
    'restore.preview': (): RestorePreview => preview,
  });
  const state = new BackupState(client);
  await state.choose(new File([bytes], 'x.backup'));
  expect(Buffer.compare(Buffer.concat(pieces), bytes)).toBe(0);
  expect([state.preview, state.progress, state.error]).toEqual([preview, null, null]);
  expect(await state.apply('merge')).toBe(true);
  expect(asked.at(-1)).toEqual({ method: 'restore.apply', input: { id: 'r', way: 'merge' } });
  await state.forget();
  expect([state.preview, asked.at(-1)?.method]).toEqual([null, 'restore.end']);
});

test('an answer about a file that was given up is dropped', async () => {
  const late = Promise.withResolvers<Result<unknown>>();
  const client = {
    call: (method: string) =>
      method === 'restore.preview'
        ? late.promise
        : Promise.resolve({ ok: true, value: method === 'restore.begin' ? { id: 'r' } : null }),
    on: () => () => undefined,
  } as unknown as Client;
  const state = new BackupState(client);
  const chosen = state.choose(new File([bytes.slice(0, 5)], 'x.backup'));
  await expect.poll(() => state.progress?.what).toBe('checking');
  await state.forget();
  late.resolve({ ok: true, value: preview });
  await chosen;
  expect([state.preview, state.progress, state.name]).toEqual([null, null, '']);
});

test('words: one and many, nothing where nothing happens', () => {
  const none = { jobs: 0, unsent: 0, unclear: 0 };
  const same = { here: 3, there: 3, both: 3 };
  const all = {
    order: same,
    plan: same,
    tags: same,
    costs: same,
    activity: same,
    cart: same,
    searches: same,
  };
  expect(overlapWords(all, 'merge')).toEqual(['Nothing is added: all of it is here already']);
  const some = { ...all, order: { here: 2, there: 4, both: 3 }, tags: { here: 1_200, there: 0, both: 0 } };
  expect(overlapWords(some, 'merge')).toEqual(['1 order added']);
  expect(overlapWords({ ...all, tags: { here: 1_201, there: 2, both: 1 } }, 'replace')).toEqual([
    '1 tag of a number added, 1,200 tags of numbers of this computer gone',
  ]);
  expect(unfinishedWords({ order: none, plan: none })).toEqual([]);
  expect(unfinishedWords({ order: { jobs: 1, unsent: 2, unclear: 1 }, plan: { ...none, jobs: 1 } })).toEqual([
    '1 order was not finished when the backup was made. Nothing of it is sent from here: 2 numbers go into the cart, to be reviewed, 1 number is looked up first.',
    '1 change of routes was not finished. The rest can be planned anew, and is compared first.',
  ]);
  expect(settingWords({ name: 'orderLimit', here: '5000', there: '8000' })).toBe(
    'Limit of an order: $50.00 becomes $80.00',
  );
});
