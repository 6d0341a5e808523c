import { describe, expect, test, vi } from 'vitest';
import { reasonWords, waitWords, type PlanReason } from '../../src-main/contract/job-words.ts';
import { failure } from '../../src-main/contract/errors.ts';
import { east, toEast } from './plan-rig.ts';
import { keyOf, notOverV1, overSecond, overV2 } from '../support/second-carrier.ts';
import { JournalRig } from './plan-journal-rig.ts';

const rig = new JournalRig();
/** What was begun before has reached the record, and the record has answered it: three questions have come back since. */
const answered = async () => {
  for (let question = 0; question < 3; question += 1) await rig.journal.plans.summary(0);
};
const calls = (name: string) =>
  Object.entries(rig.rig.sandbox.ledger().calls).reduce(
    (sum, [call, count]) => sum + (call.startsWith(name) ? count : 0),
    0,
  );
async function ready(count: number) {
  const numbers = await rig.numbers(count, '-primary:sbc-east');
  return { numbers, plan: await rig.draft({ kind: 'numbers', numbers, change: toEast }) };
}

describe('a plan whose last word is being written', () => {
  test('is stopped by a stop that arrives then', async () => {
    const { plan } = await ready(12);
    rig.rig.sandbox.setFaults(['*:401:1']);
    const paused = rig.hold('plans.setPhase', plan.id, 'paused');
    await rig.plans.apply(plan.id, plan.revision);
    await paused.reached;
    const stopped = rig.plans.stop(plan.id);
    await answered();
    paused.release();
    expect((await stopped).phase).toBe('done');
    expect((await rig.plans.get(plan.id)).counts).toMatchObject({ left: 12, planned: 0 });
    expect(rig.recorded.at(-1)?.text).toMatch(/12 not changed$/);
  });

  test('a stop that comes between the last number and that word leaves the rest', async () => {
    const { plan } = await ready(12);
    rig.rig.sandbox.setFaults(['*:401:1', 'details:latency:1:60']);
    await rig.plans.apply(plan.id, plan.revision);
    const counted = rig.hold('plans.hasOpen', plan.id);
    await counted.reached;
    const stopped = rig.plans.stop(plan.id);
    await answered();
    counted.release();
    await stopped;
    expect((await rig.until(plan.id, ({ phase }) => phase !== 'stopping')).phase).toBe('done');
  });

  test('is resumed by a resume that arrives then', async () => {
    const { plan } = await ready(12);
    rig.rig.sandbox.setFaults(['*:401:1']);
    const paused = rig.hold('plans.setPhase', plan.id, 'paused');
    await rig.plans.apply(plan.id, plan.revision);
    await paused.reached;
    rig.rig.sandbox.setFaults([]);
    const resumed = rig.plans.resume(plan.id);
    await answered();
    paused.release();
    await resumed;
    expect((await rig.until(plan.id, ({ phase }) => phase === 'done')).counts.done).toBe(12);
  });

  test('is waited for by a retry and by the next plan', async () => {
    const { numbers, plan } = await ready(2);
    const others = (await rig.numbers(6, '-primary:sbc-east')).slice(2);
    const next = await rig.draft({ kind: 'numbers', numbers: others, change: toEast });
    rig.rig.sandbox.setFaults(['setRoutes:500:1']);
    const done = rig.hold('plans.setPhase', plan.id, 'done');
    await rig.plans.apply(plan.id, plan.revision);
    await done.reached;
    rig.rig.sandbox.setFaults([]);
    const retried = rig.plans.retry(plan.id);
    await answered();
    const again = rig.hold('plans.setPhase', plan.id, 'done');
    done.release();
    await retried;
    await again.reached;
    const applied = rig.plans.apply(next.id, next.revision);
    await answered();
    again.release();
    await applied;
    expect((await rig.until(next.id, ({ phase }) => phase === 'done')).counts.done).toBe(4);
    expect((await rig.plans.get(plan.id)).counts.done).toBe(2);
    expect(numbers.map((number) => rig.pairOf(number)[0])).toEqual(['sbc-east', 'sbc-east']);
  });
});

describe('trying again', () => {
  test('a second retry joins the first: the plan is never marked as paused', async () => {
    const { plan } = await ready(4);
    rig.rig.sandbox.setFaults(['setRoutes:500:1']);
    await rig.plans.apply(plan.id, plan.revision);
    expect((await rig.until(plan.id, ({ phase }) => phase === 'done')).counts.failed).toBe(4);
    rig.rig.sandbox.setFaults(['setRoutes:latency:1:60']);
    rig.told.length = 0;
    const both = await Promise.all([rig.plans.retry(plan.id), rig.plans.retry(plan.id)]);
    expect(both.map(({ phase }) => phase)).toEqual(['running', 'running']);
    expect((await rig.plans.retry(plan.id)).phase).toBe('running');
    expect((await rig.until(plan.id, ({ phase }) => phase !== 'running')).counts.done).toBe(4);
    expect(rig.told.map(({ phase }) => phase)).not.toContain('paused');
  });

  test('what the first try sent and was done late counts as changed by the plan, and is undone', async () => {
    const { numbers, plan } = await ready(1);
    const [number = ''] = numbers;
    const before = rig.pairOf(number);
    rig.rig.sandbox.setFaults(['setRoutes:500:1']);
    await rig.plans.apply(plan.id, plan.revision);
    await rig.until(plan.id, ({ phase }) => phase === 'done');
    rig.rig.sandbox.setFaults([]);
    // The carrier does it after all.
    const { account } = rig.rig.sandbox;
    account.setPair(account.find(number), east.primary, east.failover);
    await rig.plans.retry(plan.id);
    expect((await rig.until(plan.id, ({ phase }) => phase === 'done')).counts).toMatchObject({ done: 1 });
    const undo = await rig.draft({ kind: 'undo', plan: plan.id });
    await rig.plans.apply(undo.id, undo.revision);
    await rig.until(undo.id, ({ phase }) => phase === 'done');
    expect(rig.pairOf(number)).toEqual(before);
  });

  test('what was clearly refused and set by somebody else since is so already, not ours to undo', async () => {
    const { numbers, plan } = await ready(1);
    const [number = ''] = numbers;
    rig.rig.sandbox.setFaults(['setRoutes:400:1']);
    await rig.plans.apply(plan.id, plan.revision);
    expect((await rig.until(plan.id, ({ phase }) => phase === 'done')).counts.failed).toBe(1);
    rig.rig.sandbox.setFaults([]);
    const { account } = rig.rig.sandbox;
    account.setPair(account.find(number), east.primary, east.failover);
    await rig.plans.retry(plan.id);
    expect((await rig.until(plan.id, ({ phase }) => phase === 'done')).counts).toMatchObject({
      ...{ done: 0, same: 1 },
    });
  });

  test('what was given up and done late is undone with the rest, what never arrived is right already', async () => {
    const { numbers, plan } = await ready(3);
    const before = numbers.map((number) => rig.pairOf(number));
    await rig.plans.apply(plan.id, plan.revision);
    await rig.until(plan.id, ({ phase }) => phase === 'done');
    // Two of them as they are when no answer was ever clear: one arrived, one did not.
    const [late = '', lost = ''] = numbers;
    const given = {
      status: 'failed',
      reason: { code: 'text', detail: 'Given up after 6 attempts.' },
    } as const;
    await rig.journal.plans.mark(plan.id, [
      { number: late, ...given },
      { number: lost, ...given },
    ]);
    const { account } = rig.rig.sandbox;
    const [primary = '', failover = ''] = before[1] ?? [];
    account.setPair(account.find(lost), primary, failover);
    const undo = await rig.draft({ kind: 'undo', plan: plan.id });
    expect(undo).toMatchObject({ total: 2, alreadyRight: 1, problems: 0 });
    await rig.plans.apply(undo.id, undo.revision);
    await rig.until(undo.id, ({ phase }) => phase === 'done');
    expect(numbers.map((number) => rig.pairOf(number))).toEqual(before);
  });

  test('what may have been done is offered for an undo, and what was changed elsewhere since is listed by it', async () => {
    const { numbers, plan } = await ready(2);
    const [late = '', moved = ''] = numbers;
    const before = rig.pairOf(late);
    rig.rig.sandbox.setFaults(['setRoutes:500:1', 'setRoutes:latency:1:100']);
    await rig.plans.apply(plan.id, plan.revision);
    await rig.until(plan.id, ({ counts }) => counts.sending === 2);
    const { account } = rig.rig.sandbox;
    account.setPair(account.find(moved), 'main-office', 'main-office');
    const given = await rig.until(plan.id, ({ phase }) => phase === 'done');
    expect(given).toMatchObject({ counts: { done: 0, failed: 1, changed: 1 }, undoable: 2 });
    rig.rig.sandbox.setFaults([]);
    account.setPair(account.find(late), east.primary, east.failover);
    const undo = await rig.draft({ kind: 'undo', plan: plan.id });
    expect(undo).toMatchObject({ total: 1, problems: 1 });
    const { problems } = await rig.journal.drafts.planProblems({ id: undo.id, offset: 0, limit: 9 });
    // As it is stored: by the key of the route.
    const { routes } = rig.rig.sandbox.account;
    const id = routes.idAt(routes.placeOf('main-office')) ?? '';
    const key = overV2 ? id : overSecond ? keyOf('main-office') : 'main-office';
    expect(problems).toEqual([
      {
        ...{ line: 0, number: moved },
        why: { code: 'changed-since', detail: { primary: key, failover: key } },
      },
    ]);
    await rig.plans.apply(undo.id, undo.revision);
    await rig.until(undo.id, ({ phase }) => phase === 'done');
    expect(rig.pairOf(late)).toEqual(before);
  });

  test('only what failed is sent again, not what was stopped', async () => {
    const { plan } = await ready(50);
    rig.rig.sandbox.setFaults(['setRoutes:400:1', 'setRoutes:latency:1:40']);
    await rig.plans.apply(plan.id, plan.revision);
    await rig.until(plan.id, ({ counts }) => counts.failed > 0);
    await rig.plans.stop(plan.id);
    const { counts } = await rig.until(plan.id, ({ phase }) => phase === 'done');
    expect(counts.left).toBeGreaterThan(0);
    rig.rig.sandbox.setFaults([]);
    await rig.plans.retry(plan.id);
    const after = await rig.until(plan.id, ({ phase }) => phase === 'done');
    expect(after.counts).toMatchObject({ done: counts.failed, left: counts.left, failed: 0 });
  });
});

test('a stopped plan looks up what was on its way and sends nothing', async () => {
  const { plan } = await ready(3);
  rig.rig.sandbox.setFaults(['setRoutes:500:1', 'details:401:1']);
  const [item] = await rig.journal.plans.claim(plan.id, 1);
  if (!item) throw new Error('the plan is empty');
  const { number, before, to } = item;
  await rig.journal.plans.setPhase(plan.id, 'running', null);
  await rig.journal.plans.mark(plan.id, [{ number, status: 'sending', reason: null, before, to }]);
  await rig.journal.plans.mark(plan.id, [{ number, status: 'unknown', reason: null }]);
  await rig.journal.plans.setPhase(plan.id, 'paused', { code: 'closed', detail: null });
  rig.rig.sandbox.setFaults([]);
  const sent = calls('setRoutes');
  await rig.plans.stop(plan.id);
  const done = await rig.until(plan.id, ({ phase }) => phase === 'done');
  expect(done.counts).toMatchObject({ left: 3, done: 0 });
  expect(calls('setRoutes')).toBe(sent);
});

test('a plan that was being stopped when the process died sends nothing more when it is resumed', async () => {
  const { plan } = await ready(4);
  const [first] = (
    await rig.journal.plans.planItems({ id: plan.id, status: null, offset: 0, limit: 1 })
  ).items.map(({ number }) => number);
  await rig.journal.plans.setPhase(plan.id, 'running', null);
  await rig.journal.plans.mark(plan.id, [{ number: first ?? '', status: 'sending', reason: null }]);
  await rig.journal.plans.stop(plan.id);
  await rig.plans.load();
  expect((await rig.plans.get(plan.id)).counts).toMatchObject({ unknown: 1, left: 3 });
  await rig.plans.resume(plan.id);
  const ended = await rig.until(plan.id, ({ phase }) => phase === 'done');
  expect(ended.counts).toMatchObject({ left: 4, planned: 0, done: 0 });
});

/** A plan that was stopped, and whose first number may have been sent: the carrier could not say. Then the process died. */
async function stoppedInDoubt() {
  const { plan } = await ready(4);
  const [item] = await rig.journal.plans.claim(plan.id, 1);
  if (!item) throw new Error('the plan is empty');
  const { number, before, to } = item;
  await rig.journal.plans.setPhase(plan.id, 'running', null);
  await rig.journal.plans.mark(plan.id, [{ number, status: 'sending', reason: null, before, to }]);
  await rig.journal.plans.stop(plan.id);
  await rig.journal.plans.mark(plan.id, [{ number, status: 'unknown', reason: null }]);
  await rig.plans.load();
  return { plan, number };
}

test.each(['elsewhere', 'half', 'no-such-code'] as const)(
  'a number whose reason (%s) has lost its data is shown with the others',
  async (code) => {
    const { plan } = await ready(2);
    const [item] = await rig.journal.plans.claim(plan.id, 1);
    if (!item) throw new Error('the plan is empty');
    const reason = { code, detail: null } as unknown as PlanReason;
    await rig.journal.plans.mark(plan.id, [{ number: item.number, status: 'changed', reason }]);
    const asked = { id: plan.id, status: null, offset: 0, limit: 9 } as const;
    const { items } = await rig.plans.items(asked);
    expect(items.map((one) => reasonWords(one.reason))).toContain('What is kept of this cannot be read.');
    expect(items).toHaveLength(2);
  },
);

test('a stopped plan sends what is not known of it never again, however often it is resumed', async () => {
  const { plan } = await stoppedInDoubt();
  const sent = calls('setRoutes');
  rig.rig.sandbox.setFaults(['details:503:1']);
  await rig.plans.resume(plan.id);
  await rig.plans.settled();
  expect(await rig.plans.get(plan.id)).toMatchObject({
    phase: 'paused',
    stopped: true,
    counts: { unknown: 1 },
  });
  rig.rig.sandbox.setFaults([]);
  await rig.plans.load();
  await rig.plans.resume(plan.id);
  const ended = await rig.until(plan.id, ({ phase }) => phase === 'done');
  expect(ended.counts).toMatchObject({ left: 4, unknown: 0, done: 0 });
  expect(calls('setRoutes')).toBe(sent);
});

test('a number that was sent without a clear answer, and planned again, is looked up by a stop and not said to be unsent', async () => {
  const { plan } = await ready(3);
  const [first, second] = await rig.journal.plans.claim(plan.id, 1);
  if (!first || !second) throw new Error('the plan is too short');
  await rig.journal.plans.setPhase(plan.id, 'running', null);
  for (const { number, before, to } of [first, second]) {
    await rig.journal.plans.mark(plan.id, [{ number, status: 'sending', reason: null, before, to }]);
    await rig.journal.plans.mark(plan.id, [{ number, status: 'planned', reason: null }]);
  }
  await rig.journal.plans.setPhase(plan.id, 'paused', { code: 'paused', detail: null });
  // The first request was done late, the second one never.
  const { account } = rig.rig.sandbox;
  account.setPair(account.find(first.number), east.primary, east.failover);
  const sent = calls('setRoutes');
  await rig.plans.stop(plan.id);
  const ended = await rig.until(plan.id, ({ phase }) => phase === 'done');
  expect(ended.counts).toMatchObject({ done: 1, left: 2 });
  expect(calls('setRoutes')).toBe(sent);
  const asked = { id: plan.id, status: 'left', offset: 0, limit: 9 } as const;
  const { items } = await rig.journal.plans.planItems(asked);
  expect(items.map(({ reason }) => reason?.code)).toContain('stopped-unchanged');
});

test('what is not known of a stopped plan that was set aside is looked up before what failed is tried again', async () => {
  const { plan, number } = await stoppedInDoubt();
  const last = (await rig.journal.plans.itemsThatAre(plan.id, 'left')).at(-1)?.number ?? '';
  await rig.journal.plans.mark(plan.id, [{ number: last, status: 'failed', reason: null }]);
  await rig.plans.setAside(plan.id);
  const sent = calls('setRoutes');
  await rig.plans.retry(plan.id);
  const looked = await rig.until(plan.id, ({ phase }) => phase === 'done');
  expect([looked.counts.failed, looked.counts.unknown, calls('setRoutes')]).toEqual([1, 0, sent]);
  await rig.plans.retry(plan.id);
  const ended = await rig.until(plan.id, ({ phase, counts }) => phase === 'done' && counts.failed === 0);
  expect(ended.counts).toMatchObject({ done: 1, left: 3 });
  expect((await rig.journal.plans.item(plan.id, number))?.status).toBe('left');
});

test('an activity that cannot be written leaves the plan done', async () => {
  const { plan } = await ready(2);
  rig.onRecord = () => {
    throw new Error('the disk is full');
  };
  await rig.plans.apply(plan.id, plan.revision);
  await rig.plans.settled();
  expect(await rig.plans.get(plan.id)).toMatchObject({ phase: 'done', waiting: null, counts: { done: 2 } });
});

test('a change whose beginning cannot be written down is said to whoever applied it, and sends nothing', async () => {
  const { plan } = await ready(2);
  const full = failure('storage', 'The disk is full.', 'Free some space.');
  const allow = rig.watched.refuse('plans.setPhase', full);
  await expect(rig.plans.apply(plan.id, plan.revision)).rejects.toMatchObject({ code: 'storage' });
  await rig.plans.settled();
  allow();
  expect(await rig.plans.get(plan.id)).toMatchObject({ phase: 'draft', counts: { planned: 2 } });
  expect(calls('setRoutes')).toBe(0);
  await rig.plans.apply(plan.id, plan.revision);
  expect((await rig.until(plan.id, ({ phase }) => phase === 'done')).counts.done).toBe(2);
});

describe('a draft that is discarded', () => {
  test.each([
    ['one by one', 2, 'details'],
    // A list that tells no routes is no help to a comparison.
    ...(notOverV1 ? [] : ([['by a sync pass', 30, 'owned']] as const)),
  ] as const)('is not compared any further: %s', async (_, count, operation) => {
    const numbers = await rig.numbers(count, '-primary:sbc-east');
    rig.rig.sandbox.setFaults([`${operation}:latency:1:20000`]);
    const asked = rig.rig.sandbox.comes(operation);
    const { id } = await rig.plans.drafts.make({ kind: 'numbers', numbers, change: toEast });
    await asked;
    const discarded = performance.now();
    await rig.plans.drafts.discard(id);
    await rig.plans.settled();
    expect(performance.now() - discarded).toBeLessThan(15_000);
    expect(rig.rig.sync.status()).toMatchObject({ phase: 'idle', error: null });
    const before = calls('');
    await answered();
    expect(calls('')).toBe(before);
    // Nothing of it is left to trip over: the next draft is compared.
    rig.rig.sandbox.setFaults([]);
    expect((await rig.draft({ kind: 'numbers', numbers, change: toEast })).checkedAt).not.toBeNull();
  });

  test.skipIf(notOverV1)(
    'leaves the pass to another draft that waits for it, and to a person who asked for a sync',
    async () => {
      const numbers = await rig.numbers(30, '-primary:sbc-east');
      rig.rig.sandbox.setFaults(['owned:latency:1:150']);
      const asked = rig.rig.sandbox.comes('owned');
      const one = await rig.plans.drafts.make({ kind: 'numbers', numbers, change: toEast });
      const two = await rig.plans.drafts.make({ kind: 'numbers', numbers, change: toEast });
      await asked;
      await rig.plans.drafts.discard(one.id);
      await rig.plans.settled();
      expect((await rig.plans.get(two.id)).checkedAt).not.toBeNull();
      const askedAgain = rig.rig.sandbox.comes('owned');
      const three = await rig.plans.drafts.make({ kind: 'numbers', numbers, change: toEast });
      await askedAgain;
      const manual = rig.rig.sync.start('manual');
      const before = rig.rig.sync.status().completedAt ?? 0;
      await rig.plans.drafts.discard(three.id);
      await manual;
      expect(rig.rig.sync.status().completedAt).toBeGreaterThan(before);
    },
  );
});

describe('a carrier in trouble', () => {
  test.each(['setRoutes:503:1', 'setRoutes:429:1:0'])(
    'whose every change fails makes the plan wait, and nothing has failed: %s',
    async (fault) => {
      const { plan } = await ready(40);
      rig.rig.sandbox.setFaults([fault]);
      await rig.plans.apply(plan.id, plan.revision);
      const waits = await rig.until(plan.id, ({ phase }) => phase === 'paused' || phase === 'done');
      expect(waits.phase).toBe('paused');
      expect(waitWords(waits.waiting)).toMatch(
        /^5 numbers in a row had no clear answer.*Resume when it is better, or stop/,
      );
      expect(waits.counts).toMatchObject({ planned: 40, failed: 0 });
      rig.rig.sandbox.setFaults([]);
      await rig.plans.resume(plan.id);
      const done = await rig.until(plan.id, ({ phase }) => phase !== 'running');
      expect([done.phase, done.counts.done]).toEqual(['done', 40]);
    },
  );

  test('with a few numbers only: those come last, then have failed, and the rest is changed', async () => {
    const { numbers, plan } = await ready(40);
    const bad = numbers.slice(0, 2);
    const { carrier } = rig.rig;
    const sent = new Map<string, number>();
    const order: string[] = [];
    const setRoutes = carrier.setRoutes.bind(carrier);
    vi.spyOn(carrier, 'setRoutes').mockImplementation((number, names, options) => {
      order.push(number);
      if (!bad.includes(number)) return setRoutes(number, names, options);
      sent.set(number, (sent.get(number) ?? 0) + 1);
      return Promise.reject(failure('outcome-unknown', 'The carrier answered with error 500.', ''));
    });
    await rig.plans.apply(plan.id, plan.revision);
    const done = await rig.until(plan.id, ({ phase }) => phase === 'paused' || phase === 'done');
    expect([done.phase, done.counts.done, done.counts.failed]).toEqual(['done', 38, 2]);
    expect(bad.map((number) => sent.get(number))).toEqual([6, 6]);
    expect(bad).toContain(order.at(-1));
    const failed = await rig.journal.plans.planItems({
      ...{ id: plan.id, offset: 0, limit: 9 },
      status: 'failed',
    });
    expect(reasonWords(failed.items[0]?.reason ?? null)).toBe(
      'Given up after 3 attempts: The carrier answered with error 500.',
    );
  });
});
