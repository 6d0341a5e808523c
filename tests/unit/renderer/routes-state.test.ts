import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import type { ImportFile } from '../../../src-main/contract/importing.ts';
import type { Imported } from '../../../src-main/contract/routing.ts';
import type { MethodName } from '../../../src-main/contract/contract.ts';
import type { PlanSummary, PlanView } from '../../../src-main/contract/routing.ts';
import { planItemStatuses } from '../../../src-main/contract/plan-statuses.ts';
import { RoutesState } from '../../../src-renderer/features/routes/routes.svelte.ts';

type Asked = { method: MethodName; input: Record<string, unknown> };
const gone = {
  ok: false,
  error: { code: 'not-found', message: 'There is no such plan.', action: '', retryable: false },
} as const;
const settled = () => new Promise((resolve) => setTimeout(resolve));
let asked: Asked[];
let listeners: ((plan: PlanSummary) => void)[];
let stored: PlanView[];
/** What the next answers wait for. */
let gate: Promise<void>;
let routes: RoutesState;
let imported: Imported;
/** The routes that a query finds. */
let listed: readonly { label: string; primaryCount: number }[] = [];

function planOf(id: number, change: Partial<PlanView> = {}): PlanView {
  const counts = Object.fromEntries(planItemStatuses.map((state) => [state, 0])) as PlanView['counts'];
  return {
    ...{
      id,
      ordinal: id,
      createdAt: 1,
      kind: 'assign',
      title: `Plan ${id}`,
      phase: 'draft',
      waiting: null,
      stopped: false,
      checkedAt: 5,
    },
    ...{
      checking: null,
      counts,
      total: 1_000,
      alreadyRight: 0,
      problems: 0,
      flagged: 0,
      undoable: 0,
      perSecond: 0,
    },
    ...{ groups: [], groupCount: 0, revision: 0, rows: 0, twice: 0, file: null },
    ...change,
  };
}

function answer(method: MethodName, input: Record<string, unknown>): unknown {
  const { offset = 0, limit = 0 } = input as { offset?: number; limit?: number };
  switch (method) {
    case 'plans.list': {
      const plans = stored.toSorted((a, b) => b.id - a.id).slice(offset, offset + limit);
      const open = stored.filter(({ phase }) => phase !== 'done').length;
      return { total: stored.length, open, matching: stored.length, offset, plans };
    }
    case 'plans.items':
    case 'plans.rows': {
      const one = { number: '12065550142', line: offset };
      const left = Math.max(0, Math.min(limit, 450 - offset));
      return { matching: 450, items: Array(left).fill(one), rows: Array(left).fill(one) };
    }
    case 'routes.window': {
      if (input['text'] !== '') return { matching: listed.length, offset, rows: listed };
      const rows = Array.from({ length: Math.max(0, Math.min(limit, 1_300 - offset)) }, (_, at) => ({
        label: `route ${offset + at}`,
      }));
      return { matching: 1_300, offset, rows };
    }
    case 'plans.import':
      return imported;
    case 'plans.problems':
      return {
        matching: 1,
        problems: [{ line: 0, number: '12065550142', why: { code: 'text', detail: 'gone' } }],
      };
    default:
      return stored.find(({ id }) => id === input['id']) ?? { findings: [], rows: [] };
  }
}

beforeEach(() => {
  [asked, listeners, stored] = [[], [], []];
  gate = Promise.resolve();
  const client = createClient({
    async invoke(method, input) {
      asked.push({ method, input: input as Record<string, unknown> });
      const value = answer(method, input as Record<string, unknown>);
      const isThere = method !== 'plans.get' || stored.some(({ id }) => id === (input as PlanView).id);
      await gate;
      if (!isThere) return gone;
      return { ok: true, value };
    },
    subscribe(event, listener) {
      if (event === 'plans') listeners.push(listener as (plan: PlanSummary) => void);
      return () => undefined;
    },
  });
  routes = new RoutesState(client);
});
const calls = (method: MethodName) => asked.filter((one) => one.method === method);
function tell(plan: PlanView): void {
  // An event has no kinds of change.
  const summary: Record<string, unknown> = { ...plan };
  delete summary['groups'];
  delete summary['groupCount'];
  delete summary['revision'];
  delete summary['rows'];
  delete summary['twice'];
  stored = [...stored.filter(({ id }) => id !== plan.id), plan];
  for (const listener of listeners) listener(summary as unknown as PlanSummary);
}

describe('a plan that runs', () => {
  test('is followed by what it tells: nothing is asked for until it ends', async () => {
    const running = (done: number) =>
      planOf(7, { phase: 'running', counts: { ...planOf(7).counts, done }, rows: 3 });
    stored = [running(0)];
    routes.start();
    await routes.plans.source.begin();
    await routes.open(7);
    await routes.listing.show(null);
    const before = asked.length;
    for (let done = 1; done <= 20; done += 1) tell(running(done));
    await settled();
    expect([routes.plan?.counts.done, routes.plans.rowAt(0)?.counts.done]).toEqual([20, 20]);
    expect(routes.plan?.rows).toBe(3);
    expect(asked.slice(before)).toEqual([]);
    tell(planOf(7, { phase: 'done', groupCount: 2 }));
    await settled();
    await settled();
    expect(calls('plans.get')).toHaveLength(2);
    expect([routes.plan?.phase, routes.plan?.groupCount, routes.planCount.open]).toEqual(['done', 2, 0]);
  });

  test('an answer that is older than what was told meanwhile does not bring the old state back', async () => {
    stored = [planOf(7)];
    routes.start();
    await routes.open(7);
    stored = [planOf(7, { phase: 'running' })];
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const applied = routes.apply(planOf(7));
    await settled();
    tell(planOf(7, { phase: 'done' }));
    open();
    await applied;
    await settled();
    expect(routes.plan?.phase).toBe('done');
  });

  test('the numbers that are listed follow once a second, on the page that is shown', async () => {
    vi.useFakeTimers();
    try {
      const running = (done: number) =>
        planOf(7, { phase: 'running', counts: { ...planOf(7).counts, done, planned: 1_000 - done } });
      stored = [running(0)];
      routes.start();
      await routes.open(7);
      await routes.listing.show('planned', 100);
      const before = calls('plans.items').length;
      for (let done = 1; done <= 10; done += 1) {
        tell(running(done));
        await vi.advanceTimersByTimeAsync(200);
      }
      const since = calls('plans.items').slice(before);
      expect(since.length).toBeLessThanOrEqual(2);
      expect(since[0]?.input).toMatchObject({ status: 'planned', offset: 100, limit: 100 });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what a plan lists', () => {
  test('a file opens line by line; its problems are rows too, those of another plan are not', async () => {
    stored = [planOf(7, { rows: 450, problems: 3 }), planOf(8, { problems: 1 })];
    await routes.open(7);
    expect([routes.listing.what, routes.listing.rows.view?.rows.length, routes.listing.matching]).toEqual([
      'rows',
      100,
      450,
    ]);
    await routes.listing.show('problems');
    expect(calls('plans.rows').at(-1)?.input).toEqual({ id: 7, problems: true, offset: 0, limit: 100 });
    await routes.open(8);
    expect([routes.listing.what, routes.listing.rows.view]).toEqual([null, null]);
    await routes.listing.show('problems');
    expect(routes.listing.problems.view?.rows).toHaveLength(1);
  });

  test('the last page is found, and a page that is gone gives way to the last there is', async () => {
    stored = [planOf(7)];
    await routes.open(7);
    await routes.listing.show('done');
    expect(routes.listing.lastOffset).toBe(400);
    await routes.listing.show('done', 800);
    expect([routes.listing.offset, routes.listing.items.view?.rows.length]).toEqual([400, 50]);
  });

  test('an answer to an older question is dropped', async () => {
    stored = [planOf(7)];
    await routes.open(7);
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    const first = routes.listing.show('failed');
    gate = Promise.resolve();
    await routes.listing.show('problems');
    open();
    await first;
    expect([routes.listing.what, routes.listing.matching]).toEqual(['problems', 1]);
  });
});

describe('a draft', () => {
  const draft = (change: Partial<PlanView>) => planOf(7, { phase: 'draft', checkedAt: 5, ...change });
  const comparing = draft({ checkedAt: null, checking: { done: 0, total: 1 } });

  test('cannot be applied before what it does now is on screen, and is applied as it is shown', async () => {
    stored = [comparing];
    routes.start();
    await routes.open(7);
    tell(draft({ revision: 3, groupCount: 2 }));
    expect([routes.plan?.checkedAt, routes.plan?.revision]).toEqual([null, 0]);
    await settled();
    await settled();
    expect(routes.plan).toMatchObject({ checkedAt: 5, revision: 3, groupCount: 2 });
    await routes.apply(draft({ revision: 3 }));
    expect(calls('plans.apply').map(({ input }) => input)).toEqual([{ id: 7, revision: 3 }]);
  });

  test('whose comparison ended while it was being asked for is asked for again', async () => {
    stored = [comparing];
    routes.start();
    await settled();
    let release: () => void = () => undefined;
    gate = new Promise((resolve) => (release = resolve));
    const opened = routes.open(7);
    tell(draft({ revision: 3, groupCount: 2 }));
    release();
    await opened;
    expect(routes.plan).toMatchObject({ checkedAt: 5, revision: 3, groupCount: 2 });
  });
});

test('one that was discarded elsewhere while another screen was open is not shown any more', async () => {
  stored = [planOf(7)];
  const leave = routes.start();
  await routes.open(7);
  leave();
  stored = [];
  routes.start();
  await settled();
  expect([routes.plan, routes.opened, routes.planCount.total]).toEqual([null, null, 0]);
});

describe('the list of plans', () => {
  test('is asked for once somebody looks at it; before, only how many there are is asked', async () => {
    stored = Array.from({ length: 230 }, (_, at) => planOf(at + 1, { phase: at < 10 ? 'paused' : 'done' }));
    routes.start();
    await settled();
    expect(calls('plans.list').map(({ input }) => input)).toEqual([{ offset: 0, limit: 0 }]);
    expect([routes.planCount, routes.plans.source.view]).toEqual([{ total: 230, open: 10 }, null]);
    await routes.plans.source.begin();
    expect([routes.plans.source.count, routes.plans.rowAt(0)?.id]).toEqual([230, 230]);
    routes.plans.source.show(200, 230);
    await routes.plans.source.answered();
    expect(routes.plans.rowAt(229)?.id).toBe(1);
    await routes.plans.source.begin();
    tell(planOf(231));
    await settled();
    expect([routes.plans.rowAt(0)?.id, routes.planCount]).toEqual([231, { total: 231, open: 11 }]);
  });

  test('keeps the cursor on its plan when a newer one comes, and finds the one that is open', async () => {
    stored = [planOf(1), planOf(2)];
    routes.start();
    await routes.plans.source.begin();
    routes.plans.point(1);
    expect(routes.plans.table.cursor).toBe(1);
    tell(planOf(3));
    await settled();
    expect([routes.plans.table.cursor, routes.plans.rowAt(2)?.id]).toEqual([2, 1]);
    // One that is not here yet has the cursor with the next answer.
    routes.plans.point(4);
    expect(routes.plans.table.cursor).toBe(2);
    tell(planOf(4));
    await settled();
    expect([routes.plans.table.cursor, routes.plans.rowAt(0)?.id]).toEqual([0, 4]);
  });

  test('asks by its query and its order; what is still being typed is left out', async () => {
    stored = [planOf(1)];
    await routes.plans.source.begin();
    const last = () => calls('plans.list').at(-1)?.input;
    routes.plans.setText('state:draft');
    expect(last()).toMatchObject({ text: 'state:draft', sort: { column: 'change', direction: 'desc' } });
    const before = calls('plans.list').length;
    routes.plans.setText('state:draft since:');
    expect([calls('plans.list').length, routes.plans.stale]).toEqual([before, true]);
    routes.plans.sortBy('numbers', false);
    routes.plans.sortBy('when', true);
    expect(last()).toMatchObject({
      text: 'state:draft',
      sort: { column: 'numbers', direction: 'asc', also: [{ column: 'when', direction: 'asc' }] },
    });
    await routes.plans.source.answered();
  });

  test('that could not be read is read again by "Try again"', async () => {
    stored = [planOf(1)];
    await routes.plans.source.begin();
    await routes.reload();
    expect(calls('plans.list')).toHaveLength(2);
  });
});

test('more routes than one window has are listed, each once and in their order', async () => {
  await routes.load();
  const names: (string | undefined)[] = [];
  for (let first = 0; first < 1_300; first += 100) {
    routes.source.show(first, first + 100);
    await settled();
    for (let at = first; at < first + 100; at += 1) names.push(routes.source.shownAt(at)?.label);
  }
  expect(names).toEqual(Array.from({ length: 1_300 }, (_, at) => `route ${at}`));
  expect(calls('routes.window').every(({ input }) => Number(input['limit']) <= 500)).toBe(true);
});

test('the details of a route stay while its row is not here, and follow what becomes of it', async () => {
  await routes.load();
  routes.shown = routes.source.shownAt(3) ?? null;
  routes.source.show(1_000, 1_030);
  await routes.source.answered();
  expect(routes.source.shownAt(3)).toBeUndefined();
  expect(routes.shown?.label).toBe('route 3');
  // None of the rows that are here tells how it is: it is asked for by its name.
  listed = [{ label: 'route 3', primaryCount: 7 }];
  await routes.load();
  expect(calls('routes.window').at(-1)?.input).toMatchObject({ text: '"route 3"' });
  expect(routes.shown).toMatchObject({ label: 'route 3', primaryCount: 7 });
  // One that is gone altogether is shown as it was, until it is closed.
  listed = [];
  await routes.load();
  expect(routes.shown).toMatchObject({ label: 'route 3', primaryCount: 7 });
});

test('a file whose columns are not clear is asked about, and its draft can be made anew with other columns', async () => {
  const columns = [
    { title: 'DID', samples: ['12065550142'], use: 'number' },
    { title: 'Route', samples: ['a'], use: null },
    { title: 'Route', samples: ['b'], use: null },
  ] as const;
  const file: ImportFile = { header: true, rows: 1, columns, question: 'Which?', remembered: false };
  imported = { kind: 'columns', file };
  expect(await routes.import('a.csv', 'QQ==')).toBeNull();
  expect([routes.asking?.file, routes.plan]).toEqual([file, null]);

  const plan = planOf(7, { kind: 'import', rows: 1, file: { ...file, question: null } });
  stored = [plan];
  imported = { kind: 'plan', plan };
  const mapping = { header: true, number: 0, primary: 1, failover: 2 };
  await routes.useColumns(mapping);
  expect([routes.asking, routes.plan?.id, routes.canChooseColumns(plan)]).toEqual([null, 7, true]);
  const imports = () => asked.filter(({ method }) => method === 'plans.import').map(({ input }) => input);
  expect(imports()[1]).toEqual({ name: 'a.csv', base64: 'QQ==', mapping });

  routes.chooseColumns(plan);
  const other = planOf(8, { kind: 'import', rows: 1, file });
  stored = [other];
  imported = { kind: 'plan', plan: other };
  await routes.useColumns({ ...mapping, primary: 2, failover: 1 });
  expect(imports()[2]).toMatchObject({ mapping: { primary: 2, failover: 1 }, replaces: 7 });
  // The file of another plan is not at hand.
  expect([routes.canChooseColumns(other), routes.canChooseColumns(plan)]).toEqual([true, false]);
  expect(routes.canChooseColumns({ ...other, phase: 'done' })).toBe(false);
});

test('"Try again" asks the carrier again where it was the carrier that gave no list', async () => {
  routes.start();
  await settled();
  await routes.reload();
  expect(calls('routes.refresh')).toHaveLength(0);
  const error = { code: 'carrier', message: 'No answer.', action: 'Try again.', retryable: true };
  stored = [{ ...planOf(0), id: undefined as unknown as number, error } as unknown as PlanView];
  await routes.refresh();
  expect(routes.error?.message).toBe('No answer.');
  stored = [];
  await routes.reload();
  expect([calls('routes.refresh').length, routes.error ?? null]).toEqual([2, null]);
});
