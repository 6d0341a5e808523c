import { describe, expect, test } from 'vitest';
import { waitWords } from '../../src-main/contract/job-words.ts';
import type { JobItem, StepContext } from '../../src-main/jobs/kind.ts';
import { send, SmallRig, type SmallJob } from './jobs-rig.ts';

type Answer = 'yes' | 'no' | 'odd' | 'funds';
type Sent = { readonly number: string; readonly answer: (answer: Answer) => void };

/** A kind whose requests a test answers, one by one. */
function asking(rig: SmallRig) {
  const sent: Sent[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  rig.step = async (item: JobItem, context: StepContext<SmallJob>) => {
    const { number } = item;
    const answered = await send(item, context, () => {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      sent.push({ number, answer: resolve });
      for (const one of waiting) if (sent.length >= one.count) one.resolve();
      return promise;
    });
    const mark = (status: string) => ({
      number,
      status,
      reason: answered && ({ code: 'text', detail: answered } as const),
      clear: true,
    });
    switch (answered) {
      case null:
        return { mark: null, next: 'at once' };
      case 'yes':
        return { mark: { number, status: 'done', reason: null }, row: 'yes' };
      case 'no':
        return { mark: mark('refused'), row: 'refused' };
      case 'odd':
        context.alarm();
        return { mark: mark('refused'), row: 'odd' };
      case 'funds':
        context.alarm();
        return { mark: mark('planned'), hold: { wait: { code: 'text', detail: 'No funds.' } } };
    }
  };
  return {
    sent,
    /** Resolves when so many requests have left in all. */
    async left(count: number): Promise<void> {
      if (sent.length >= count) return;
      const { promise, resolve } = Promise.withResolvers<undefined>();
      waiting.push({
        count,
        resolve: () => {
          resolve(undefined);
        },
      });
      await promise;
    },
    /** Whatever may leave has left by then. */
    async quiet(): Promise<number> {
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return sent.length;
    },
  };
}

describe('lanes', () => {
  test('of a kind that sets what can be set twice are all at work at once, and never more', async () => {
    const rig = new SmallRig();
    const { sent, left, quiet } = asking(rig);
    rig.make(1, 12);
    const done = rig.run(1);
    await left(4);
    expect(await quiet()).toBe(4);
    for (let at = 0; at < 12; at += 1) {
      await left(Math.min(12, at + 1));
      sent[at]?.answer('yes');
    }
    expect(await done).toMatchObject({ phase: 'done', counts: { done: 12 } });
  });

  test('their number can be set', async () => {
    const rig = new SmallRig({}, { lanes: 2 });
    const { quiet, sent } = asking(rig);
    rig.make(1, 2);
    const done = rig.run(1);
    expect(await quiet()).toBe(2);
    for (const one of sent) one.answer('yes');
    await done;
  });

  test('of a kind that costs money open after the first yes', async () => {
    const rig = new SmallRig({ careful: true });
    const { sent, left, quiet } = asking(rig);
    rig.make(1, 9);
    const done = rig.run(1);
    await left(1);
    expect(await quiet()).toBe(1);
    sent[0]?.answer('yes');
    await left(5);
    expect(await quiet()).toBe(5);
    for (let at = 1; at < 9; at += 1) {
      await left(at + 1);
      sent[at]?.answer('yes');
    }
    expect(await done).toMatchObject({ phase: 'done', counts: { done: 9 } });
  });
});

describe('after an answer that is no yes, of a kind that costs money', () => {
  /** Four requests on their way. */
  async function four(count = 12) {
    const rig = new SmallRig({ careful: true });
    const asked = asking(rig);
    rig.make(1, count);
    const done = rig.run(1);
    await asked.left(1);
    asked.sent[0]?.answer('yes');
    await asked.left(5);
    return { rig, done, ...asked };
  }

  test('about funds nothing new leaves, and what was about to is planned again', async () => {
    const { rig, done, sent, quiet } = await four();
    // Two others are about to leave: their marks are being written when the answer comes.
    const writing = Promise.withResolvers<undefined>();
    sent[1]?.answer('yes');
    sent[2]?.answer('yes');
    rig.slow.set('mark', writing.promise);
    await quiet();
    sent[3]?.answer('funds');
    await quiet();
    rig.slow.clear();
    writing.resolve(undefined);
    expect(await quiet()).toBe(5);
    sent[4]?.answer('yes');
    const ended = await done;
    expect(ended).toMatchObject({
      phase: 'paused',
      waiting: { detail: 'No funds.' },
      counts: { done: 4, planned: 8 },
    });
    expect(rig.store.claim(1, 1).every((item) => item.sent === 0)).toBe(true);
    expect(sent.length).toBe(5);
  });

  test('that is not understood nothing new leaves before it is settled, then one at a time until a yes', async () => {
    const { done, sent, left, quiet } = await four();
    sent[1]?.answer('odd');
    expect(await quiet()).toBe(5);
    for (const at of [2, 3, 4]) sent[at]?.answer('yes');
    // The last answers were a yes again.
    await left(8);
    for (let at = 5; at < 12; at += 1) {
      await left(at + 1);
      sent[at]?.answer('yes');
    }
    expect(await done).toMatchObject({ phase: 'done', counts: { refused: 1, done: 11 } });
  });

  test('a second one in a row makes it wait with the rest', async () => {
    const { done, sent, left, quiet } = await four();
    for (const at of [2, 3, 4]) sent[at]?.answer('yes');
    await left(8);
    sent[1]?.answer('odd');
    expect(await quiet()).toBe(8);
    sent[5]?.answer('odd');
    for (const at of [6, 7]) sent[at]?.answer('yes');
    expect(await done).toMatchObject({ phase: 'paused', counts: { refused: 2, done: 6, planned: 4 } });
    expect(sent.length).toBe(8);
  });
});

test('ten refusals in a row make any kind wait', async () => {
  const rig = new SmallRig();
  const { sent, left } = asking(rig);
  rig.make(1, 30);
  const done = rig.run(1);
  for (let at = 0; at < 10; at += 1) {
    await left(at + 1);
    sent[at]?.answer('no');
  }
  for (const one of sent.slice(10)) one.answer('no');
  const ended = await done;
  expect(ended.phase).toBe('paused');
  expect(waitWords(ended.waiting)).toMatch(/^10 numbers in a row were refused/);
  expect(ended.counts['planned']).toBeGreaterThanOrEqual(16);
});

test('marks that come while one is written share the next transaction', async () => {
  const rig = new SmallRig({ lanes: 32 });
  rig.step = async (item, context) => {
    await send(item, context, () => Promise.resolve());
    return { mark: { number: item.number, status: 'done', reason: null }, row: 'yes' };
  };
  rig.make(1, 320);
  expect(await rig.run(1)).toMatchObject({ phase: 'done', counts: { done: 320 } });
  expect(rig.calls.filter((name) => name === 'mark').length).toBeLessThan(100);
});

test('what happens is told a few times a second, and its end always', async () => {
  const rig = new SmallRig();
  rig.make(1, 200);
  await rig.run(1);
  expect(rig.told.length).toBeLessThan(20);
  expect(rig.told.at(-1)).toMatchObject({ phase: 'done', counts: { done: 200 } });
});

test('closing waits for a job that is just being begun, and nothing of it leaves', async () => {
  const rig = new SmallRig();
  const { quiet } = asking(rig);
  rig.make(1, 3);
  const looking = Promise.withResolvers<undefined>();
  rig.slow.set('summary', looking.promise);
  const begun = rig.begin(1);
  await quiet();
  let closed = false;
  const closing = rig.desk.close().then(() => (closed = true));
  await quiet();
  expect(closed).toBe(false);
  looking.resolve(undefined);
  await begun.catch(() => undefined);
  await closing;
  expect(await quiet()).toBe(0);
  expect(await rig.desk.get(1)).toMatchObject({ phase: 'paused', counts: { planned: 3 } });
});

test('one job of a kind runs at a time; who begins the same one joins', async () => {
  const rig = new SmallRig();
  const { sent, left } = asking(rig);
  rig.make(1, 1);
  rig.make(2, 1);
  const both = Promise.all([rig.begin(1), rig.begin(1)]);
  await expect(rig.begin(2)).rejects.toMatchObject({ code: 'rejected' });
  await both;
  await left(1);
  sent[0]?.answer('yes');
  await rig.desk.settled();
  expect(sent.length).toBe(1);
  expect(rig.noted).toEqual(['Job 1 ended']);
});

test('what ran when the process died waits, is told of, and what was being sent is not known', async () => {
  const rig = new SmallRig();
  rig.make(1, 3, 'running');
  rig.store.mark(1, [{ number: '10000', status: 'sending', reason: null }]);
  await rig.desk.load();
  expect(rig.told.at(-1)).toMatchObject({ phase: 'paused', counts: { unknown: 1, planned: 2 } });
});

test('a number that is settled is never written down as about to be sent', () => {
  const rig = new SmallRig();
  rig.make(1, 2, 'running');
  rig.store.mark(1, [{ number: '10000', status: 'done', reason: null }]);
  const sending = (number: string) => () => rig.store.mark(1, [{ number, status: 'sending', reason: null }]);
  expect(sending('10000')).toThrow('record on this computer changed');
  rig.store.setPhase(1, 'paused', null);
  expect(sending('10001')).toThrow('record on this computer changed');
});

test('a stop asks about what may have been sent, and a question that takes too long makes it wait', async () => {
  const rig = new SmallRig();
  const { promise: left, resolve: leaves } = Promise.withResolvers<undefined>();
  rig.step = async ({ number, sent }, context) => {
    if (sent === 0) {
      await context.sending({ number, status: 'sending', reason: null });
      return { mark: null, next: 'at once' };
    }
    leaves(undefined);
    const signal = context.looks();
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    return { mark: { number, status: 'unknown', reason: null }, calledOff: true };
  };
  rig.make(1, 6);
  await rig.begin(1);
  await left;
  await rig.desk.stop(1);
  await rig.desk.settled();
  const ended = await rig.desk.get(1);
  expect(ended.phase).toBe('paused');
  expect((ended.counts['unknown'] ?? 0) + (ended.counts['left'] ?? 0)).toBe(6);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a number that is tried again stays in its lane: no other one finds it among those not sent yet', async () => {
  const rig = new SmallRig({}, { againMs: 20 });
  rig.make(1, 6);
  rig.doubt(1, 4, 1);
  const again = '10000';
  let [attempts, atWork, most] = [0, 0, 0];
  rig.step = async ({ number }) => {
    const mark = { number, status: 'done', reason: null };
    if (number !== again) {
      // The others of those that may have been sent end when this one is planned anew.
      while (rig.store.item(1, again)?.status === 'unknown') await turn();
      return { mark, row: 'yes' };
    }
    attempts += 1;
    if (attempts === 1) return { mark: { ...mark, status: 'planned' }, next: 'again' };
    atWork += 1;
    most = Math.max(most, atWork);
    await new Promise((resolve) => setTimeout(resolve, 60));
    atWork -= 1;
    return { mark, row: 'yes' };
  };
  expect(await rig.run(1)).toMatchObject({ phase: 'done', counts: { done: 6 } });
  expect([attempts, most]).toEqual([2, 1]);
});

test('a stop asks about a number that another computer may have sent, too', async () => {
  const rig = new SmallRig();
  rig.make(1, 3);
  rig.doubt(1, 1, 0);
  const asked: string[] = [];
  rig.step = ({ number }, { stopping }) => {
    if (stopping) asked.push(number);
    return Promise.resolve({ mark: { number, status: 'refused', reason: null } });
  };
  await rig.desk.stop(1);
  await rig.desk.settled();
  expect(asked).toEqual(['10000']);
  expect(await rig.desk.get(1)).toMatchObject({ phase: 'done', counts: { refused: 1, left: 2 } });
});

test('what was stopped stays stopped when the application is closed before its last answers', async () => {
  const rig = new SmallRig();
  const { sent, left } = asking(rig);
  rig.make(1, 9);
  await rig.begin(1);
  await left(4);
  await rig.desk.stop(1);
  const closed = rig.desk.close();
  for (const one of sent) one.answer('yes');
  await closed;
  expect(await rig.desk.get(1)).toMatchObject({ phase: 'done', counts: { done: 4, left: 5 } });
});

test('a job whose end could not be written down waits for the person once that can be done again', async () => {
  const rig = new SmallRig();
  const { sent, left } = asking(rig);
  rig.make(1, 6);
  await rig.begin(1);
  await left(4);
  const full = Promise.reject(new Error('disk is full'));
  full.catch(() => undefined);
  for (const name of ['mark', 'setPhase', 'settleSending']) rig.slow.set(name, full);
  for (const one of sent) one.answer('yes');
  await rig.desk.settled();
  rig.slow.clear();
  expect(rig.desk.running).toBeNull();
  expect(await rig.desk.pause(1)).toMatchObject({ phase: 'paused', counts: { unknown: 4, planned: 2 } });
  rig.step = ({ number }) => Promise.resolve({ mark: { number, status: 'done', reason: null }, row: 'yes' });
  expect(await rig.run(1)).toMatchObject({ phase: 'done', counts: { done: 6 } });
});

test('a job that was stopped does not wait before what is left of it is written down', async () => {
  const rig = new SmallRig();
  const { sent, left } = asking(rig);
  rig.make(1, 6);
  await rig.begin(1);
  await left(4);
  await rig.desk.stop(1);
  const full = Promise.reject(new Error('disk is full'));
  full.catch(() => undefined);
  for (const name of ['mark', 'leave']) rig.slow.set(name, full);
  for (const one of sent) one.answer('yes');
  await rig.desk.settled();
  expect(await rig.desk.get(1)).toMatchObject({ phase: 'stopping', counts: { unknown: 4, planned: 2 } });
  rig.slow.clear();
  expect(await rig.desk.pause(1)).toMatchObject({ phase: 'paused', counts: { unknown: 4, left: 2 } });
});
