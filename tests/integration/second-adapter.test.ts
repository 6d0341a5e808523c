import { afterEach, describe, expect, test } from 'vitest';
import { askForMany } from '../../src-main/carrier/details.ts';
import { Failure, failure } from '../../src-main/contract/errors.ts';
import type { Inputs } from '../../src-main/contract/contract.ts';
import { reasonWords } from '../../src-main/contract/job-words.ts';
import { leftOutWords } from '../../src-main/contract/left-out.ts';
import { routeWords } from '../../src-main/contract/words.ts';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import type { Waits } from '../../src-main/app/context.ts';
import type { PlanView } from '../../src-main/contract/routing.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src-main/sandbox/server.ts';
import { keyOf, SecondCarrier, secondFeatures } from '../support/second-carrier.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';
import { until } from './buy-rig.ts';
import { makeRig, ownedLines, type Rig } from './rig.ts';

const toSet = (primary: string, failover: string) => ({
  primary: { route: primary },
  failover: { route: failover },
});
const byNumber = { column: 'number', direction: 'asc' } as const;

describe('a list that does not tell routes', () => {
  let rig: Rig;
  const start = async (options: SandboxOptions) => (rig = await makeRig(options, Date.now, 'second'));
  afterEach(async () => {
    await rig.close();
  });
  const carrier = () => {
    if (!rig.second) throw new Error('the rig has the usual adapter');
    return rig.second;
  };
  const found = async (text: string) => {
    const { matching } = await rig.inventory.query({ text, sort: byNumber, offset: 0, limit: 0 });
    return matching;
  };
  const all = async () =>
    (await rig.inventory.query({ text: '', sort: byNumber, offset: 0, limit: 500 })).rows;
  const readAll = async () => {
    const numbers = (await all()).map(({ number }) => number);
    const signal = new AbortController().signal;
    await askForMany(carrier(), numbers, {
      ...{ lanes: 3, signal },
      each: async (_, one, askedAt) => {
        if (!(one instanceof Failure)) await rig.inventory.applyFresh([one], askedAt);
      },
    });
  };
  const listRoutes = async () => {
    const { items } = await carrier().listRoutes({ cursor: null, limit: 50 });
    const labels = new Map(items.map(({ key, label }) => [key, label]));
    await rig.inventory.setListedRoutes({ labels, builtinIsNone: false });
  };

  test('is there at once, its routes unknown and no part of any audit, and knows them once they are read', async () => {
    await start({ owned: 120, routes: 6, seed: 4 });
    await rig.sync.start('manual');
    expect(rig.sync.status()).toMatchObject({ error: null, last: { added: 120, changed: 0, removed: 0 } });
    expect(carrier().calls).toMatchObject({ listOwned: 3, details: 0 });
    expect((await all())[0]).toMatchObject({ primary: null, failover: null, routesAt: null, billing: '' });
    await listRoutes();
    const counts = async () =>
      Promise.all(['routes:unread', 'failover:none', 'primary:none', 'audit:same'].map(found));
    expect(await counts()).toEqual([120, 0, 0, 0]);
    expect([await found('audit:missing-route'), await found('audit:single-use')]).toEqual([0, 0]);
    expect(await rig.inventory.pairs([rig.sandbox.account.ownedAt(0)])).toEqual(['unread']);
    await readAll();
    expect(carrier().calls.details).toBe(Math.ceil(120 / secondFeatures.detailsAtOnce));
    const rows = await all();
    const lines = rows.map((row) => `${row.number} ${row.primary ?? ''} ${row.failover || 'sip-reg'}`);
    expect(lines.sort()).toEqual(ownedLines(rig.sandbox));
    expect(rows.every(({ routesAt, seenAt }) => routesAt !== null && routesAt >= seenAt)).toBe(true);
    const [unread, none] = await counts();
    expect([unread, none]).toEqual([
      0,
      rows.filter((row) => !row.failover || row.failover === row.primary).length,
    ]);
    // What was read for the first time was no change, and the next listing takes nothing away.
    await rig.sync.start('manual');
    expect(rig.sync.status().last).toEqual({ added: 0, changed: 0, removed: 0 });
    expect((await all()).map(({ primary, failover, routesAt }) => [primary, failover, routesAt])).toEqual(
      rows.map(({ primary, failover, routesAt }) => [primary, failover, routesAt]),
    );
    // All of it is on disk.
    await rig.reopen();
    await listRoutes();
    expect((await all()).map(({ primary, routesAt }) => [primary, routesAt])).toEqual(
      rows.map(({ primary, routesAt }) => [primary, routesAt]),
    );
  });

  test('goes on after a cut where the part before said, with a cursor of its own', async () => {
    await start({ owned: 400, routes: 4 });
    const real = carrier().listOwned.bind(carrier());
    const asked: (string | null)[] = [];
    let left = 3;
    carrier().listOwned = (request) => {
      asked.push(request.cursor);
      left -= 1;
      return left < 0 ? Promise.reject(failure('offline', 'No network.', 'Wait.')) : real(request);
    };
    await rig.sync.start('manual');
    expect(rig.sync.status()).toMatchObject({ partial: true, received: 150, error: { code: 'offline' } });
    await rig.reopen();
    left = 100;
    await rig.sync.start('manual');
    expect(rig.sync.status()).toMatchObject({ error: null, received: 400, last: { added: 400 } });
    // The fourth part was asked for twice, those before it once.
    expect(asked).toHaveLength(9);
    expect(new Set(asked).size).toBe(8);
  });

  test('begins anew where the carrier has forgotten the place at which a cut reading would go on', async () => {
    await start({ owned: 400, routes: 4 });
    const real = carrier().listOwned.bind(carrier());
    let left = 3;
    const forgotten = new Set<string | null>();
    carrier().listOwned = (request) => {
      if (forgotten.has(request.cursor))
        return Promise.reject(failure('rejected', 'No such place.', 'Begin.'));
      left -= 1;
      if (left >= 0) return real(request);
      forgotten.add(request.cursor);
      return Promise.reject(failure('offline', 'No network.', 'Wait.'));
    };
    await rig.sync.start('manual');
    left = 100;
    await rig.sync.start('manual');
    expect(rig.sync.status()).toMatchObject({ error: { code: 'rejected' }, partial: true });
    forgotten.clear();
    const asked: (string | null)[] = [];
    const listed = carrier().listOwned.bind(carrier());
    carrier().listOwned = (request) => {
      asked.push(request.cursor);
      return listed(request);
    };
    await rig.sync.start('manual');
    expect(rig.sync.status()).toMatchObject({ error: null, received: 400, last: { added: 250 } });
    expect([asked[0], asked.length]).toEqual([null, 8]);
  });

  test('a label that changes is the same route: numbers keep it, and are found by the new one', async () => {
    await start({ owned: 30, routes: 4, seed: 2 });
    await rig.sync.start('manual');
    await listRoutes();
    await readAll();
    const [row] = await all();
    const label = row?.primary ?? '';
    const before = await found(`primary:"${label}"`);
    const labels = new Map([[keyOf(label), 'renamed']]);
    await rig.inventory.setListedRoutes({ labels, builtinIsNone: false });
    expect([await found('primary:renamed'), await found(`primary:"${label}"`)]).toEqual([before, 0]);
    expect((await all())[0]?.primary).toBe('renamed');
  });

  test('a change that took one of its two requests says which side is known to be set', async () => {
    await start({ owned: 5, routes: 6 });
    await carrier().listRoutes({ cursor: null, limit: 50 });
    const number = rig.sandbox.account.ownedAt(0) as PhoneNumber;
    const wanted = { primary: keyOf('sbc-east'), failover: null };
    carrier().beforePrimary = () => {
      throw failure('outcome-unknown', 'Cut.', 'Look.');
    };
    expect(await carrier().setRouting(number, wanted)).toMatchObject({
      ...{ failover: 'set', primary: 'unknown', error: { code: 'outcome-unknown' } },
    });
    carrier().beforePrimary = () => undefined;
    expect(await carrier().setRouting(number, wanted)).toEqual({
      primary: 'set',
      failover: 'set',
      error: null,
    });
    expect(rig.sandbox.account.pairAt(0)).toEqual(['sbc-east', 'sip-reg']);
  });
});

describe('plans and orders over it', () => {
  let sandbox: Sandbox;
  let app: RunningApplication;
  let second: SecondCarrier;
  const folder = temporaryFolder();
  const keychain = memoryKeychain();
  let readsBehind = false;
  const launch = async (waits: Partial<Waits> = {}) => {
    const over = (carrier: ConstructorParameters<typeof SecondCarrier>[0]) => {
      second = new SecondCarrier(carrier);
      second.readsBehind = readsBehind;
      return second;
    };
    app = await startApplication(folder.path, keychain, false, waits, undefined, {
      ...{ features: secondFeatures, over },
    });
  };
  const start = async (options: SandboxOptions = {}, waits: Partial<Waits> = {}) => {
    sandbox = await startSandbox({
      owned: 60,
      available: 400,
      routes: 8,
      seed: 21,
      secretKey: 's',
      ...options,
    });
    await launch(waits);
    const { accessKey, url: baseUrl } = sandbox;
    await app.call('accounts.signIn', {
      label: 'A',
      accessKey,
      secretKey: 's',
      baseUrl,
      remember: 'keychain',
    });
    await app.status((status) => status.completedAt !== null);
  };
  afterEach(async () => {
    readsBehind = false;
    await app.application.close();
    await sandbox.close();
    folder.remove();
  });
  const planOf = (id: number) => () => app.call('plans.get', { id });
  const compared = (plan: PlanView) =>
    plan.checking === null && (plan.checkedAt !== null || plan.waiting !== null);
  const numbersOf = (count: number) => Array.from({ length: count }, (_, at) => sandbox.account.ownedAt(at));

  test('the window is told what this API can do', async () => {
    await start();
    const { accounts } = await app.call('accounts.get', {});
    expect(accounts[0]?.features).toEqual(secondFeatures);
  });

  test('a draft is typed in labels, kept in keys, compared many at once, and nothing read first counts as changed', async () => {
    await start();
    const numbers = numbersOf(40);
    const before = { ...second.calls };
    const change = { primary: { route: 'SBC-EAST' }, failover: { route: 'fax' } } as const;
    const rejected = app.call('plans.draft', { source: { kind: 'numbers', numbers, change } });
    await expect(rejected).rejects.toThrow('no route');
    const draft = await app.call('plans.draft', {
      source: { kind: 'numbers', numbers, change: { ...change, primary: { route: 'sbc-east' } } },
    });
    const plan = await until(planOf(draft.id), compared);
    expect(plan).toMatchObject({ flagged: 0, problems: 0, waiting: null });
    expect(plan.total + plan.alreadyRight).toBe(40);
    expect(second.calls.details - before.details).toBe(Math.ceil(40 / secondFeatures.detailsAtOnce));
    // Not by another look at the whole list, which tells no routes.
    expect(second.calls.listOwned).toBe(before.listOwned);
  });

  test('how many numbers the uses of routes and the audit know nothing of is said', async () => {
    await start({ owned: 5 });
    await app.call('routes.refresh', {});
    const byName = { column: 'name', direction: 'asc' } as const;
    const unread = async () => {
      const window = { text: '', sort: byName, offset: 0, limit: 50 } as const;
      return [(await app.call('routes.window', window)).unread, (await app.call('routes.audit', {})).unread];
    };
    expect(await unread()).toEqual([5, 5]);
    for (const number of numbersOf(2)) await app.call('numbers.details', { number });
    expect(await unread()).toEqual([3, 3]);
  });

  test('routes are read by themselves, with each number asked for once, and nothing is told as new or changed by it', async () => {
    readsBehind = true;
    await start();
    const sort = { column: 'number', direction: 'asc' } as const;
    const window = (text: string) => app.call('numbers.query', { text, sort, offset: 0, limit: 500 });
    await until(
      () => window(''),
      ({ total, unread }) => total === 60 && unread === 0,
    );
    expect((await window('')).rows.every(({ primary }) => primary !== null)).toBe(true);
    // At most seven with one request; a part that was not full when its turn came is one more.
    expect(second.calls.details).toBeLessThanOrEqual(60 / secondFeatures.detailsAtOnce + 6);
    const notes = async () =>
      (await app.call('activity.list', { text: 'kind:sync', offset: 0, limit: 50 })).entries;
    // The sync that found them writes its note behind everything else.
    const before = await until(notes, ({ length }) => length > 0);
    await app.call('sync.start', {});
    await app.status(({ last }) => last?.added === 0);
    expect((await app.call('sync.status', {})).last).toEqual({ added: 0, changed: 0, removed: 0 });
    expect(await notes()).toEqual(before);
    expect((await window('')).unread).toBe(0);
  });

  test('routes of the rows that a window shows are read before those of all others', async () => {
    await start({ owned: 200 });
    const sort = { column: 'number', direction: 'desc' } as const;
    const window = { text: '', sort, offset: 0, limit: 20 };
    const shown = (await app.call('numbers.query', window)).rows.map(({ number }) => number);
    second.readsBehind = true;
    await app.call('sync.start', {});
    await until(
      () => app.call('numbers.query', { ...window, limit: 0 }),
      ({ unread }) => unread === 0,
    );
    expect(second.asked.slice(0, 20)).toEqual(shown);
    expect([second.asked.length, new Set(second.asked).size]).toEqual([200, 200]);
  });

  test('a file names routes by their labels', async () => {
    await start();
    const [a = '', b = ''] = numbersOf(2);
    const text = `number,primary,failover\n${a},sbc-east,fax\n${b},${keyOf('sbc-east')},\n`;
    const imported = await app.call('plans.import', {
      ...{ name: 'a.csv', base64: Buffer.from(text).toString('base64') },
    });
    if (imported.kind !== 'plan') throw new Error('the columns are plain');
    const plan = await until(planOf(imported.plan.id), compared);
    expect([plan.total + plan.alreadyRight, plan.problems]).toEqual([1, 1]);
  });

  test("a number of which half was done is finished, and not taken for somebody else's", async () => {
    await start();
    const numbers = numbersOf(3);
    const truth = () =>
      numbers.map((number) => sandbox.account.pairAt(sandbox.account.find(number)).join(' '));
    const before = truth();
    let cut = 2;
    second.beforePrimary = () => {
      cut -= 1;
      if (cut >= 0) throw failure('outcome-unknown', 'The connection was cut.', 'Look.');
    };
    const change = { primary: { route: 'sbc-east' }, failover: { route: 'fax' } } as const;
    const draft = await app.call('plans.draft', { source: { kind: 'numbers', numbers, change } });
    await until(planOf(draft.id), compared);
    await app.applyPlan(draft.id);
    const done = await until(planOf(draft.id), ({ phase }) => phase === 'done' || phase === 'paused');
    expect([done.phase, done.counts.changed, cut < 0]).toEqual(['done', 0, true]);
    expect(truth()).toEqual(numbers.map(() => 'sbc-east fax'));
    // The pair of before the first half is what an undo goes back to.
    const undo = await app.call('plans.draft', { source: { kind: 'undo', plan: draft.id } });
    await until(planOf(undo.id), compared);
    await app.applyPlan(undo.id);
    await until(planOf(undo.id), ({ phase }) => phase === 'done' || phase === 'paused');
    expect(truth()).toEqual(before);
  });

  test('a second request that is refused for good says which half was done, and why the other was not', async () => {
    await start({}, { againMs: 1 });
    const number =
      numbersOf(60).find((one) => sandbox.account.pairAt(sandbox.account.find(one))[1] !== 'fax') ?? '';
    const [kept] = sandbox.account.pairAt(sandbox.account.find(number));
    second.beforePrimary = () => {
      throw failure('rejected', 'This route is not for you.', 'Choose another one.');
    };
    const change = toSet('sbc-east', 'fax');
    const draft = await app.call('plans.draft', { source: { kind: 'numbers', numbers: [number], change } });
    await until(planOf(draft.id), compared);
    await app.applyPlan(draft.id);
    const done = await until(planOf(draft.id), ({ phase }) => phase === 'done' || phase === 'paused');
    expect([done.phase, done.counts.failed, done.undoable]).toEqual(['done', 1, 1]);
    const { items } = await app.call('plans.items', { id: draft.id, status: null, offset: 0, limit: 1 });
    const refusal = expect.objectContaining({ code: 'rejected', message: 'This route is not for you.' });
    expect(items[0]?.reason).toEqual({
      code: 'half-refused',
      detail: { primary: kept, failover: 'fax', refusal },
    });
    expect(reasonWords(items[0]?.reason ?? null)).toBe(
      `Only its failover was set: it has ${routeWords(kept ?? '')}, then fax now. This route is not for you.`,
    );
  });

  test.each(['rate-limited', 'cancelled'] as const)(
    'a second request that is %s is no try of the number',
    async (code) => {
      await start({}, { againMs: 1 });
      const [number = ''] = numbersOf(1);
      let left = 7;
      second.beforePrimary = () => {
        left -= 1;
        if (left >= 0) throw failure(code, 'Not now.', 'Wait.');
      };
      const change = toSet('sbc-east', 'fax');
      const draft = await app.call('plans.draft', { source: { kind: 'numbers', numbers: [number], change } });
      await until(planOf(draft.id), compared);
      await app.applyPlan(draft.id);
      const done = await until(planOf(draft.id), ({ phase }) => phase === 'done' || phase === 'paused');
      expect([done.phase, done.counts.done, done.counts.failed]).toEqual(['done', 1, 0]);
      expect(sandbox.account.pairAt(sandbox.account.find(number))).toEqual(['sbc-east', 'fax']);
    },
  );

  test('a change that is stopped between both requests of a number says so, shows what it has, and is undone', async () => {
    await start({}, { againMs: 1 });
    const number = numbersOf(60).find(
      (one) => sandbox.account.pairAt(sandbox.account.find(one))[1] !== 'fax',
    );
    const numbers = [number ?? ''];
    const pair = () => sandbox.account.pairAt(sandbox.account.find(numbers[0] ?? ''));
    const before = pair();
    const halves = Promise.withResolvers<undefined>();
    second.beforePrimary = () => {
      halves.resolve(undefined);
      throw failure('rate-limited', 'Too many requests.', 'Wait.');
    };
    const change = toSet('sbc-east', 'fax');
    const draft = await app.call('plans.draft', { source: { kind: 'numbers', numbers, change } });
    await until(planOf(draft.id), compared);
    await app.applyPlan(draft.id);
    await halves.promise;
    await app.call('plans.stop', { id: draft.id });
    const done = await until(planOf(draft.id), ({ phase }) => phase === 'done' || phase === 'paused');
    expect([done.phase, done.counts.failed, done.undoable]).toEqual(['done', 1, 1]);
    expect(pair()).toEqual([before[0], 'fax']);
    const { items } = await app.call('plans.items', { id: draft.id, status: null, offset: 0, limit: 1 });
    expect(items[0]?.reason).toEqual({ code: 'half', detail: { primary: before[0], failover: 'fax' } });
    const [row] = await app.call('numbers.rows', { numbers });
    expect([row?.primary, row?.failover]).toEqual(pair());
    second.beforePrimary = () => undefined;
    const undo = await app.call('plans.draft', { source: { kind: 'undo', plan: draft.id } });
    await until(planOf(undo.id), compared);
    await app.applyPlan(undo.id);
    await until(planOf(undo.id), ({ phase }) => phase === 'done' || phase === 'paused');
    expect(pair()).toEqual(before);
  });

  test.each([
    ['was paused', 'paused', 'half'],
    ['lost its keys', 'trouble', 'half'],
    ['lost its keys', 'trouble', 'whole'],
    ['ran', 'running', 'whole'],
  ])(
    'a change that %s (%s) between both requests of a number knows what it has when it is stopped: its %s pair',
    async (_, code, has) => {
      await start({}, { againMs: 1 });
      const pairOfNumber = (number: string) => sandbox.account.pairAt(sandbox.account.find(number));
      // The first request sets the failover: that is all where the primary is right already.
      const [number = ''] = numbersOf(60).filter((one) => {
        const [primary, failover] = pairOfNumber(one);
        return failover !== 'fax' && (primary === 'sbc-east') === (has === 'whole');
      });
      const [kept] = pairOfNumber(number);
      const sentFirst = Promise.withResolvers<undefined>();
      second.beforePrimary = () => {
        sentFirst.resolve(undefined);
        if (code === 'trouble') throw failure('wrong-keys', 'The keys are wrong.', 'Enter them.');
        throw failure('rate-limited', 'Too many requests.', 'Wait.');
      };
      const change = toSet('sbc-east', 'fax');
      const source = { kind: 'numbers' as const, numbers: [number], change };
      const { id } = await app.call('plans.draft', { source });
      await until(planOf(id), compared);
      await app.applyPlan(id);
      await sentFirst.promise;
      if (code === 'paused') await app.call('plans.pause', { id });
      const waiting = await until(planOf(id), ({ phase }) => phase === 'paused' || code === 'running');
      expect(waiting.waiting?.code ?? waiting.phase).toBe(code);
      await app.call('plans.stop', { id });
      const done = await until(planOf(id), ({ phase }) => phase === 'done');
      const { items } = await app.call('plans.items', { id, status: null, offset: 0, limit: 2 });
      const reason = { code: 'half', detail: { primary: kept, failover: 'fax' } };
      expect([items[0]?.status, items[0]?.reason, done.undoable]).toEqual(
        has === 'half' ? ['failed', reason, 1] : ['done', null, 1],
      );
      expect(pairOfNumber(number)).toEqual([kept, 'fax']);
      const [row] = await app.call('numbers.rows', { numbers: [number] });
      expect([row?.primary, row?.failover]).toEqual([kept, 'fax']);
    },
  );

  test('a number without a primary route is left out of a change that would keep it, and of an undo that would bring it back', async () => {
    await start();
    const [silent = '', other = ''] = numbersOf(2);
    second.withoutPrimary.add(silent);
    const draft = (source: Inputs['plans.draft']['source']) =>
      app.call('plans.draft', { source }).then(({ id }) => until(planOf(id), compared));
    const problemsOf = async (id: number) =>
      (await app.call('plans.problems', { id, offset: 0, limit: 9 })).problems.map(
        ({ number, why }) => `${number} ${leftOutWords(why)}`,
      );
    const numbers = [silent, other];
    const kept = await draft({
      ...{ kind: 'numbers', numbers },
      change: { primary: 'keep', failover: { route: 'fax' } },
    });
    expect(await problemsOf(kept.id)).toEqual([
      `${silent} It has no primary route, and none was chosen for it: choose both routes.`,
    ]);
    const both = await draft({ kind: 'numbers', numbers, change: toSet('sbc-east', 'fax') });
    expect([both.total + both.alreadyRight, both.problems]).toEqual([2, 0]);
    await app.applyPlan(both.id);
    await until(planOf(both.id), ({ phase }) => phase === 'done' || phase === 'paused');
    const undo = await draft({ kind: 'undo', plan: both.id });
    expect(await problemsOf(undo.id)).toEqual([
      `${silent} It had no primary route, and no request can take that back: choose a route instead.`,
    ]);
  });

  test('a number that lost its primary route since it was compared has failed, and is not sent a route without a key', async () => {
    await start();
    const [number = ''] = numbersOf(1);
    const change = { primary: 'keep', failover: 'none' } as const;
    const [first] = sandbox.account.pairAt(sandbox.account.find(number));
    sandbox.account.setPair(sandbox.account.find(number), first ?? '', 'fax');
    const draft = await app.call('plans.draft', { source: { kind: 'numbers', numbers: [number], change } });
    await until(planOf(draft.id), compared);
    second.withoutPrimary.add(number);
    await app.applyPlan(draft.id);
    const done = await until(planOf(draft.id), ({ phase }) => phase === 'done' || phase === 'paused');
    expect([done.phase, done.counts.failed, second.wanted]).toEqual(['done', 1, []]);
    expect(sandbox.account.pairAt(sandbox.account.find(number))).toEqual([first, 'fax']);
  });

  test('no failover is set for what is chosen on screen', async () => {
    await start();
    const numbers = numbersOf(4);
    const change = { primary: { route: 'sbc-east' }, failover: 'none' } as const;
    const draft = await app.call('plans.draft', { source: { kind: 'numbers', numbers, change } });
    expect(draft.title).toBe('Set primary to sbc-east, failover to none');
    await until(planOf(draft.id), compared);
    await app.applyPlan(draft.id);
    await until(planOf(draft.id), ({ phase }) => phase === 'done' || phase === 'paused');
    const rows = await app.call('numbers.rows', { numbers });
    expect(rows.map((row) => [row?.primary, row?.failover])).toEqual(numbers.map(() => ['sbc-east', '']));
  });

  test('a number that an order bought and half routed is finished after a restart', async () => {
    await start({ available: 4_000 }, { againMs: 1 });
    const { id: search } = await app.call('find.start', { text: 'npa:206', replaces: null });
    const window = { sort: byNumber, pattern: null, blockSize: 3, offset: 0, limit: 1 } as const;
    const { rows } = await until(
      () => app.call('find.window', { ...window, id: search }),
      ({ status }) => status.phase === 'done',
    );
    const number = rows[0]?.number ?? '';
    await app.call('cart.add', { numbers: [number] });
    second.beforePrimary = () => {
      throw failure('carrier-down', 'The carrier is busy.', 'Wait.');
    };
    const { token } = await app.call('orders.review', {});
    const routes = toSet('sbc-east', 'fax');
    const { id } = await app.call('orders.buy', { token, typedCount: null, routes });
    const order = () => app.call('orders.get', { id });
    await until(order, ({ phase }) => phase === 'paused');
    const pair = () => sandbox.account.pairAt(sandbox.account.find(number));
    expect(pair()).toEqual(['sip-reg', 'fax']);
    // By their labels, and not by the keys that it is sent with.
    expect(await order()).toMatchObject({ primary: 'sbc-east', failover: 'fax' });
    await app.application.close();
    await launch();
    await app.status((status) => status.completedAt !== null);
    await app.call('orders.resume', { id });
    const ended = await until(order, ({ phase }) => phase !== 'running');
    expect([ended.phase, ended.counts.bought, ended.unset]).toEqual(['done', 1, 0]);
    expect(pair()).toEqual(['sbc-east', 'fax']);
  });

  test('a plan is applied and undone in two requests a number', async () => {
    await start();
    const numbers = numbersOf(12);
    const truth = () =>
      numbers.map((number) => sandbox.account.pairAt(sandbox.account.find(number)).join(' '));
    const before = truth();
    const change = { primary: { route: 'sbc-east' }, failover: { route: 'fax' } } as const;
    const draft = await app.call('plans.draft', { source: { kind: 'numbers', numbers, change } });
    await until(planOf(draft.id), compared);
    await app.applyPlan(draft.id);
    const done = await until(planOf(draft.id), ({ phase }) => phase === 'done' || phase === 'paused');
    expect(done.phase).toBe('done');
    expect(truth()).toEqual(numbers.map(() => 'sbc-east fax'));
    const rows = await app.call('numbers.rows', { numbers });
    expect(rows.map((row) => `${row?.primary ?? ''} ${row?.failover ?? ''}`)).toEqual(truth());
    const undo = await app.call('plans.draft', { source: { kind: 'undo', plan: draft.id } });
    await until(planOf(undo.id), compared);
    await app.applyPlan(undo.id);
    await until(planOf(undo.id), ({ phase }) => phase === 'done' || phase === 'paused');
    expect(truth()).toEqual(before);
  });
});
