import { afterEach, expect, test } from 'vitest';
import { leftOutWords } from '../../src-main/contract/left-out.ts';
import type { Features } from '../../src-main/contract/features.ts';
import { failure } from '../../src-main/contract/errors.ts';
import { reasonWords } from '../../src-main/contract/job-words.ts';
import type { PlanView } from '../../src-main/contract/routing.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { keyOf, SecondCarrier, secondFeatures } from '../support/second-carrier.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';
import { until } from './buy-rig.ts';

/** Routes of which each is keyed by what the other one is called. What is typed is always a label. */
const crossed = (label: string) =>
  label === 'sbc-east' ? 'fax' : label === 'fax' ? 'sbc-east' : keyOf(label);

const features: Features = { ...secondFeatures, creatableTypes: ['HOST', 'URI'] };

let sandbox: Sandbox;
let app: RunningApplication;
let second: SecondCarrier;
const folder = temporaryFolder();
const keychain = memoryKeychain();

afterEach(async () => {
  await app.application.close();
  await sandbox.close();
  folder.remove();
});

async function open(listing = true): Promise<void> {
  app = await startApplication(folder.path, keychain, false, {}, undefined, {
    features,
    over(carrier) {
      second = new SecondCarrier(carrier, crossed, features);
      if (listing) return second;
      // It knows its routes, and tells them to nobody.
      void second.listRoutes({ cursor: null, limit: 50 });
      second.listRoutes = () => Promise.reject(failure('carrier-down', 'Not now.', 'Wait.'));
      return second;
    },
  });
}

async function start(): Promise<void> {
  sandbox = await startSandbox({ owned: 60, available: 400, routes: 8, seed: 21, secretKey: 's' });
  await open();
  const { accessKey, url: baseUrl } = sandbox;
  await app.call('accounts.signIn', {
    ...{ label: 'A', accessKey, secretKey: 's', baseUrl, remember: 'keychain' },
  });
  await app.status((status) => status.completedAt !== null);
  await app.call('routes.refresh', {});
}

const planOf = (id: number) => () => app.call('plans.get', { id });
const compared = (plan: PlanView) =>
  plan.checking === null && (plan.checkedAt !== null || plan.waiting !== null);
const numbersOf = (count: number) => Array.from({ length: count }, (_, at) => sandbox.account.ownedAt(at));
const truth = (numbers: readonly string[]) =>
  numbers.map((number) => sandbox.account.pairAt(sandbox.account.find(number)).join(' '));

async function apply(id: number): Promise<PlanView> {
  await until(planOf(id), compared);
  await app.applyPlan(id);
  return until(planOf(id), ({ phase }) => phase === 'done' || phase === 'paused');
}
async function assign(numbers: readonly string[], primary: string, failover: string | null): Promise<number> {
  const to = (route: string | null) => (route === null ? ('keep' as const) : { route });
  const change = { primary: to(primary), failover: to(failover) };
  const draft = await app.call('plans.draft', { source: { kind: 'numbers', numbers: [...numbers], change } });
  await apply(draft.id);
  return draft.id;
}

test('a label that is the key of another route sets, imports and finds the route that is called so', async () => {
  await start();
  const numbers = numbersOf(6);
  const before = truth(numbers);
  const plan = await assign(numbers, 'sbc-east', 'fax');
  // What is shown of a plan is what people call the routes.
  const { groups } = await app.call('plans.get', { id: plan });
  expect(groups.map(({ after }) => after)).toEqual(
    groups.map(() => ({ primary: 'sbc-east', failover: 'fax' })),
  );
  expect(groups.map(({ before }) => `${before.primary} ${before.failover || 'sip-reg'}`).sort()).toEqual(
    [...new Set(before)].sort(),
  );
  const { items } = await app.call('plans.items', { id: plan, status: null, offset: 0, limit: 10 });
  expect(
    items.map(({ beforePrimary, beforeFailover }) => `${beforePrimary} ${beforeFailover || 'sip-reg'}`),
  ).toEqual(items.map(({ number }) => before[numbers.indexOf(number)]));
  expect(items.map(({ primary, failover }) => `${primary} ${failover}`)).toEqual(
    items.map(() => 'sbc-east fax'),
  );
  expect(truth(numbers)).toEqual(numbers.map(() => 'sbc-east fax'));
  const rows = await app.call('numbers.rows', { numbers });
  expect(rows.map((row) => `${row?.primary ?? ''} ${row?.failover ?? ''}`)).toEqual(truth(numbers));
  const undo = await app.call('plans.draft', { source: { kind: 'undo', plan } });
  await apply(undo.id);
  expect(truth(numbers)).toEqual(before);
  const text = `number,primary,failover\n${numbers[0] ?? ''},fax,sbc-east\n`;
  const base64 = Buffer.from(text).toString('base64');
  const imported = await app.call('plans.import', { name: 'a.csv', base64 });
  if (imported.kind !== 'plan') throw new Error('the columns are plain');
  const { rows: lines } = await app.call('plans.rows', {
    id: imported.plan.id,
    problems: false,
    offset: 0,
    limit: 9,
  });
  expect(lines.map(({ after }) => after)).toEqual([{ primary: 'fax', failover: 'sbc-east' }]);
  await apply(imported.plan.id);
  expect(truth(numbers.slice(0, 1))).toEqual(['fax sbc-east']);
});

test('what is said of a number that was changed elsewhere names routes as people do', async () => {
  await start();
  const [number = ''] = numbersOf(1);
  const change = { primary: { route: 'sbc-east' }, failover: { route: 'sbc-east' } };
  const draft = await app.call('plans.draft', { source: { kind: 'numbers', numbers: [number], change } });
  await until(planOf(draft.id), compared);
  sandbox.account.setPair(sandbox.account.find(number), 'fax', 'sip-reg');
  await app.applyPlan(draft.id);
  const done = await until(planOf(draft.id), ({ phase }) => phase === 'done' || phase === 'paused');
  expect(done.counts.changed).toBe(1);
  const { items } = await app.call('plans.items', { id: draft.id, status: null, offset: 0, limit: 1 });
  expect(reasonWords(items[0]?.reason ?? null)).toBe('It has fax, then none now: left as it is.');
});

test('a type of route that the API cannot make is refused', async () => {
  await start();
  const made = app.call('routes.create', { name: 'new', type: 'PSTN', value: '12065550100' });
  await expect(made).rejects.toMatchObject({ code: 'invalid-input' });
});

test('after a start the labels are those that were listed, before the carrier is asked again', async () => {
  await start();
  await app.application.close();
  await open(false);
  await app.status((status) => status.completedAt !== null);
  const window = await app.call('routes.window', {
    ...{ text: 'sbc-east', offset: 0, limit: 10 },
    sort: { column: 'name', direction: 'asc' },
  });
  expect(window.rows.map(({ key, label }) => [label, key])).toContainEqual(['sbc-east', 'fax']);
  const numbers = numbersOf(4);
  await assign(numbers, 'sbc-east', 'sbc-east');
  expect(truth(numbers)).toEqual(numbers.map(() => 'sbc-east sbc-east'));
});

test('a route that was made and is not listed yet takes the place of no other one', async () => {
  await start();
  const [one = ''] = numbersOf(1);
  // Its name is the key of a route; the list of before is all there is.
  const key = keyOf('main-office');
  const list = second.listRoutes.bind(second);
  let listings = 0;
  second.listRoutes = (request) => {
    listings += 1;
    if (listings > 1) return Promise.reject(failure('carrier-down', 'Not now.', 'Wait.'));
    return list(request);
  };
  await app.call('routes.create', { name: key, type: 'HOST', value: 'sip.example.com' });
  const draft = app.call('plans.draft', {
    source: { kind: 'numbers', numbers: [one], change: { primary: { route: key }, failover: 'keep' } },
  });
  await expect(draft).rejects.toThrow();
  const window = await app.call('routes.window', {
    ...{ text: 'main-office', offset: 0, limit: 10 },
    sort: { column: 'name', direction: 'asc' },
  });
  expect(window.rows.map((row) => [row.label, row.key])).toEqual([['main-office', key]]);
});

test('what is to have no failover again is planned again', async () => {
  await start();
  const numbers = numbersOf(60)
    .filter((number) => truth([number])[0]?.endsWith(' sip-reg'))
    .slice(0, 3);
  const before = truth(numbers);
  const plan = await assign(numbers, 'sbc-east', 'fax');
  const undo = await app.call('plans.draft', { source: { kind: 'undo', plan } });
  second.beforePrimary = () => {
    throw failure('rejected', 'No.', 'Look.');
  };
  await apply(undo.id);
  second.beforePrimary = () => undefined;
  const again = await app.call('plans.draft', { source: { kind: 'again', plan: undo.id } });
  const { total, alreadyRight, problems } = await until(planOf(again.id), compared);
  expect([total + alreadyRight, problems]).toEqual([numbers.length, 0]);
  await app.applyPlan(again.id);
  await until(planOf(again.id), ({ phase }) => phase === 'done' || phase === 'paused');
  expect(truth(numbers)).toEqual(before);
});

test('a file says "none" for no failover, as an export does; a primary route there has to be', async () => {
  await start();
  const [a = '', b = ''] = numbersOf(2);
  await assign([a, b], 'sbc-east', 'fax');
  const text = `number,primary,failover\n${a},,none\n${b},none,fax\n`;
  const base64 = Buffer.from(text).toString('base64');
  const imported = await app.call('plans.import', { name: 'a.csv', base64 });
  if (imported.kind !== 'plan') throw new Error('the columns are plain');
  const { problems } = await app.call('plans.problems', { id: imported.plan.id, offset: 0, limit: 9 });
  expect(problems.map(({ number, why }) => [number, leftOutWords(why)])).toEqual([
    [b, 'Only the failover can be none.'],
  ]);
  await apply(imported.plan.id);
  expect(truth([a, b])).toEqual(['sbc-east sip-reg', 'sbc-east fax']);
});
