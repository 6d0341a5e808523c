import { expect, test } from 'vitest';
import type { AppError, ErrorCode, Result } from '#main/contract/errors.ts';
import { nextTry } from '#renderer/lib/sync-words.ts';
import { KeyForm } from '#renderer/features/accounts/key-form.svelte.ts';

const failed = (code: ErrorCode): Result<unknown> => {
  const error: AppError = { code, message: 'No.', action: 'Again.', retryable: true };
  return { ok: false, error };
};
function filled(): KeyForm {
  const form = new KeyForm();
  form.begin('80001234');
  form.secretKey = 'secret';
  return form;
}

test.each([
  'offline',
  'timeout',
  'foreign-answer',
  'wrong-clock',
  'carrier-down',
  'keychain',
  'invalid-input',
] as const)('after %s the secret is still in its field', async (code) => {
  const form = filled();
  expect(await form.send(() => Promise.resolve(failed(code)))).toBe(false);
  expect([form.secretKey, form.busy, form.refused, form.error?.code]).toEqual(['secret', false, false, code]);
});

test('a secret that the carrier refused, or took, leaves the window', async () => {
  const refused = filled();
  await refused.send(() => Promise.resolve(failed('wrong-keys')));
  expect([refused.secretKey, refused.accessKey, refused.refused]).toEqual(['', '80001234', true]);
  const taken = filled();
  expect(await taken.send(() => Promise.resolve({ ok: true, value: null }))).toBe(true);
  expect([taken.secretKey, taken.error]).toEqual(['', null]);
});

test('keys are sent once, however often the button is pressed meanwhile', async () => {
  const form = filled();
  const sent: unknown[] = [];
  const waiting = Promise.withResolvers<Result<unknown>>();
  const call = (keys: unknown) => {
    sent.push(keys);
    return waiting.promise;
  };
  const first = form.send(call);
  expect(await form.send(call)).toBe(false);
  waiting.resolve({ ok: true, value: null });
  expect(await first).toBe(true);
  expect(sent).toEqual([{ accessKey: '80001234', secretKey: 'secret', remember: 'keychain' }]);
});

test.each([
  [{ phase: 'listing', nextAt: null }, 'Trying again now…'],
  [{ phase: 'idle', nextAt: null }, 'It is not tried again by itself.'],
  [{ phase: 'idle', nextAt: 4_000 }, 'It is tried again in a moment.'],
  [{ phase: 'idle', nextAt: 40_000 }, 'It is tried again in 40 seconds.'],
  [{ phase: 'idle', nextAt: 280_000 }, 'It is tried again in 5 minutes.'],
] as const)('%o is said as it is planned', (sync, text) => {
  expect(nextTry(sync, 0)).toBe(text);
});
