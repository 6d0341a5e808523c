import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Inputs } from '../../src-main/contract/contract.ts';
import { leftOutWords } from '../../src-main/contract/left-out.ts';
import type { NumberRow } from '../../src-main/contract/numbers.ts';
import { otherCountries } from '../../src-main/contract/phone.ts';
import type { Imported, PlanView } from '../../src-main/contract/routing.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { exportColumns } from '../../src-renderer/features/numbers/columns.ts';
import { toCsv } from '../../src-renderer/lib/csv.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';
import { planOf } from './plan-rig.ts';

/** Numbers of other countries in an account of API v2, from the list to the undo of a change. */
const sort = { column: 'number', direction: 'asc' } as const;
const [london, oslo] = ['442079460101', '4722345678'];
// What the sandbox makes, and what is hard to tell apart from a North American number.
const foreign = [london, oslo, '61255500101', '493023125101', '2065550', '99912065550142'].toSorted();
const american = ['14722345678', '18885550177', '12065550142'];

let sandbox: Sandbox;
let folder: ReturnType<typeof temporaryFolder>;
const keychain = memoryKeychain();
let app: RunningApplication;

async function open(): Promise<void> {
  app = await startApplication(folder.path, keychain, false, {}, undefined, undefined);
}

beforeEach(async () => {
  sandbox = await startSandbox({
    ...{ owned: 40, available: 30, foreignNumbers: 3, routes: 8, seed: 21, secretKey: 's' },
  });
  for (const number of [...foreign, ...american])
    if (sandbox.account.find(number) < 0) sandbox.account.own(number);
  folder = temporaryFolder();
  await open();
  const { accessKey, v2Url: baseUrl } = sandbox;
  await app.call('accounts.signIn', {
    ...{ label: 'A', accessKey, secretKey: 's', baseUrl, api: 'v2', remember: 'keychain' },
  });
  await app.status((status) => status.completedAt !== null);
  await app.call('routes.refresh', {});
});
afterEach(async () => {
  await app.application.close();
  await sandbox.close();
  folder.remove();
});

const query = async (text: string, more: Partial<Inputs['numbers.query']> = {}) =>
  (await app.call('numbers.query', { text, sort, offset: 0, limit: 500, ...more })).rows;
const numbersOf = async (text: string) => (await query(text)).map(({ number }) => number);
const truth = (number: string) => {
  const place = sandbox.account.find(number);
  return (['primary', 'failover'] as const).map((side) => {
    const id = sandbox.account.routeIdAt(place, side);
    return id === null ? '' : sandbox.account.routes.byId(id)?.alias;
  });
};

async function until(id: number, ready: (plan: PlanView) => boolean): Promise<PlanView> {
  for (;;) {
    const plan = await app.call('plans.get', { id });
    if (ready(plan)) return plan;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const compared = ({ checking, checkedAt, waiting }: PlanView) =>
  checking === null && (checkedAt !== null || waiting !== null);
const draft = async (source: Inputs['plans.draft']['source']) =>
  until((await app.call('plans.draft', { source })).id, compared);
const apply = async (id: number) => {
  await app.applyPlan(id);
  return until(id, ({ phase }) => phase === 'done' || phase === 'paused');
};
async function imported(text: string): Promise<PlanView> {
  const result: Imported = await app.call('plans.import', {
    name: 'moves.csv',
    base64: Buffer.from(text).toString('base64'),
  });
  return until(planOf(result).id, compared);
}
/** A file as the export dialog writes it, each number by itself and as it is shown. */
function exported(rows: readonly NumberRow[], names: readonly string[]): string {
  const columns = exportColumns(() => 'national').filter(({ name }) => names.includes(name));
  return toCsv([columns.map(({ name }) => name), ...rows.map((row) => columns.map(({ cell }) => cell(row)))]);
}

describe('numbers of other countries', () => {
  test('are listed among the others in the order of their digits, and found by any of them', async () => {
    const all = await numbersOf('');
    expect(all).toEqual(all.toSorted());
    expect(all).toHaveLength(sandbox.account.ownedCount);
    expect((await app.call('sync.status', {})).odd).toEqual({ count: 0, some: [] });
    expect(await numbersOf('country:other')).toEqual(foreign);
    expect(await numbersOf('+44')).toEqual([london]);
    expect(await numbersOf('0044 20 7946 0101')).toEqual([london]);
    expect(await numbersOf('+44 (0)20 7946 0101')).toEqual([london]);
    expect(await numbersOf('79460101')).toEqual([london]);
    // The digits of a North American number stand inside one of another country; behind a plus sign they begin it.
    expect(await numbersOf('1 206 555 0142')).toEqual(['12065550142', '99912065550142']);
    expect(await numbersOf('+1 206 555 0142')).toEqual(['12065550142']);
    expect(await numbersOf('npa:206 555')).toContain('12065550142');
    expect(await numbersOf('npa:206 -starts:1')).toEqual([]);
    expect(await numbersOf('state:wa -starts:1')).toEqual([]);
    expect(await numbersOf('norway')).toEqual([oslo]);
    expect(await numbersOf('npa:888')).toContain('18885550177');
    const [row] = await query(london);
    expect(row).toMatchObject({ state: '', area: 'United Kingdom' });
    const down = await query('', { sort: { column: 'number', direction: 'desc' } });
    expect(down.map(({ number }) => number)).toEqual(all.toReversed());
  });

  test('have a group of their own beside area codes and states', async () => {
    for (const by of ['npa', 'state'] as const) {
      const { groups } = await app.call('numbers.groups', { text: '', by, offset: 0 });
      expect(groups.at(-1)).toEqual({ value: otherCountries, count: foreign.length });
      const closed = groups.slice(0, -1).map(({ value }) => value);
      const rows = await query('', { sort: { ...sort, group: by }, closed });
      expect(rows.map(({ number }) => number)).toEqual(foreign);
    }
  });

  test('are told of, tagged, pointed at routes and back, and found in the activity', async () => {
    const { row, fetchedAt } = await app.call('numbers.details', { number: london });
    expect([row.number, row.primary, fetchedAt === null]).toEqual([london, 'sip-reg', false]);
    await app.call('tags.change', {
      ...{ source: { kind: 'numbers', numbers: [london, oslo] }, add: ['abroad'], remove: [] },
    });
    expect(await numbersOf('tag:abroad')).toEqual([london, oslo]);
    const before = [london, oslo].map(truth);
    const change = { primary: { route: 'sbc-east' }, failover: { route: 'fax' } } as const;
    const plan = await draft({ kind: 'query', text: 'tag:abroad', change });
    expect(plan).toMatchObject({ total: 2, problems: 0 });
    expect(await apply(plan.id)).toMatchObject({ phase: 'done', counts: { done: 2, failed: 0 } });
    expect([london, oslo].map(truth)).toEqual([
      ['sbc-east', 'fax'],
      ['sbc-east', 'fax'],
    ]);
    expect(await numbersOf('primary:sbc-east failover:fax country:other')).toEqual([london, oslo]);
    // The journal keeps them over a restart.
    await app.application.close();
    await open();
    await expect.poll(() => numbersOf('tag:abroad')).toEqual([london, oslo]);
    const { items } = await app.call('plans.items', { id: plan.id, status: null, offset: 0, limit: 10 });
    expect(items.map(({ number }) => number)).toEqual([london, oslo]);
    const undo = await draft({ kind: 'undo', plan: plan.id });
    expect(await apply(undo.id)).toMatchObject({ phase: 'done', counts: { done: 2, failed: 0 } });
    expect([london, oslo].map(truth)).toEqual(before);
    const { entries } = await app.call('activity.list', { text: 'kind:routes', offset: 0, limit: 10 });
    expect(entries.some(({ numbers }) => numbers.includes(london))).toBe(true);
  });

  test('come back from an export without a change, however their numbers are written', async () => {
    await Promise.all((await numbersOf('')).map((number) => app.call('numbers.details', { number })));
    const rows = await query('');
    for (const name of ['number', 'formatted']) {
      const text = exported(rows, [name, 'primary', 'failover']);
      expect(text).toContain(`'+${oslo},`);
      const plan = await imported(text);
      expect(plan, name).toMatchObject({ total: 0, alreadyRight: rows.length, problems: 0 });
    }
  });

  test('are read in a file in every form, and what is none is left out with a reason', async () => {
    const file = [
      'number,primary',
      '0044 20 7946 0101,fax',
      '+47 22 34 56 78,fax',
      '61255500101,fax',
      '4930 2312 5101,fax',
      // North American, as ever; the account has both this number and Oslo's.
      '472 234 5678,fax',
      '+206 5550,fax',
      '+44 20,fax',
      '+44 20 7946 0101 0101,fax',
      '2065550,fax',
      '+44 20 7946 0999,fax',
      // Ten digits that may be either of them.
      '4722345678,fax',
      '+2906001 +2906002,fax',
    ];
    const plan = await imported(file.join('\r\n'));
    const { items } = await app.call('plans.items', { id: plan.id, status: null, offset: 0, limit: 20 });
    expect(items.map(({ number }) => number).toSorted()).toEqual(
      [london, oslo, '61255500101', '493023125101', '14722345678', '2065550'].toSorted(),
    );
    const { rows } = await app.call('plans.rows', { id: plan.id, problems: true, offset: 0, limit: 20 });
    expect(rows.map(({ line, leftOut }) => `${line}: ${leftOut && leftOutWords(leftOut)}`)).toEqual([
      '8: A number of another country has 7 to 15 digits, the code of its country first.',
      '9: A number of another country has 7 to 15 digits, the code of its country first.',
      '10: This is no phone number, such as 12065550142 or +442079460958.',
      '11: The list has no such number of this account. If it is new, sync and try again.',
      '12: This may be +1 472-234-5678 or +4722345678, which this account has: write it with a plus sign and the code of its country.',
      '13: There are several numbers in this cell: write each on a line of its own.',
    ]);
  });

  test('are kept as a set when they are pasted, and their primary routes are counted', async () => {
    const kept = await app.call('numbers.keep', { numbers: [london, oslo, '442079460999', '12065550142'] });
    expect(kept).toMatchObject({ count: 4, owned: 3 });
    expect(await numbersOf(`numbers:${kept.id}`)).toEqual(['12065550142', london, oslo].toSorted());
    const offered = await app.call('numbers.suggest', { text: '', typed: 'country:' });
    expect(offered.map(({ token, count }) => [token, count])).toContainEqual([
      'country:other',
      foreign.length,
    ]);
    expect(offered.map(({ token }) => token)).toContain('country:gb');
  });
});
