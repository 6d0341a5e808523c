import { expect, test } from 'vitest';
import { startSandbox } from '../../src-main/sandbox/server.ts';
import { PlanRig } from './plan-rig.ts';

const rig = new PlanRig();
const page = { offset: 0, limit: 20 };

test('every row of a file is shown with its line, its cells as read and what will happen', async () => {
  const [a = '', b = '', c = ''] = await rig.numbers(3, '-primary:sbc-east -primary:main-office');
  const right = rig.pairOf(b)[0];
  const file = [
    'DID Number,Primary Route Name,Failover Route,note',
    `+${a},nowhere,,"two`,
    'lines"',
    `${a}.0,sbc-east,`,
    `${b},${right},`,
    `${c},sbc-east,fax`,
    'nonsense,fax,',
    '',
    `${a},main-office,`,
  ];
  const plan = await rig.import(file.join('\r\n'));
  expect(plan).toMatchObject({ total: 2, alreadyRight: 1, problems: 3, rows: 6, counts: { right: 1 } });
  const { rows, matching } = await rig.app.call('plans.rows', { id: plan.id, problems: false, ...page });
  expect(matching).toBe(6);
  expect(rows.map((row) => [row.line, row.number, row.primary, row.failover, row.outcome])).toEqual([
    [2, `+${a}`, 'nowhere', '', 'problem'],
    [4, `${a}.0`, 'sbc-east', '', 'planned'],
    [5, b, right, '', 'right'],
    [6, c, 'sbc-east', 'fax', 'planned'],
    [7, 'nonsense', 'fax', '', 'problem'],
    [9, a, 'main-office', '', 'problem'],
  ]);
  const [primary, failover] = rig.pairOf(a);
  expect(rows[1]).toMatchObject({ before: { primary, failover }, after: { primary: 'sbc-east', failover } });
  const problems = { id: plan.id, problems: true };
  const left = await rig.app.call('plans.rows', { ...problems, ...page });
  expect(left.rows.map(({ line, text }) => `${line}: ${text}`)).toEqual([
    '2: There is no route "nowhere".',
    '7: This is not a North American number, such as 12065550142.',
    '9: The number stands on line 4 already: this line is left out.',
  ]);
  const second = await rig.app.call('plans.rows', { ...problems, offset: 1, limit: 1 });
  expect([second.matching, ...second.rows.map(({ line }) => line)]).toEqual([3, 7]);

  await rig.apply(plan.id);
  const after = await rig.app.call('plans.rows', { id: plan.id, problems: false, ...page });
  expect(after.rows.map(({ outcome }) => outcome)).toEqual([
    ...['problem', 'done', 'right', 'done', 'problem', 'problem'],
  ]);
});

test('a number that the carrier does not have any more is named by its line', async () => {
  const [gone = '', kept = ''] = await rig.numbers(2, '-primary:sbc-east');
  rig.sandbox.account.disown(gone);
  const plan = await rig.import(`number,primary\n${kept},sbc-east\n${gone},sbc-east\n`);
  expect(plan).toMatchObject({ total: 1, problems: 1 });
  const { rows } = await rig.app.call('plans.rows', { id: plan.id, problems: true, ...page });
  expect(rows).toMatchObject([{ line: 3, number: gone, outcome: 'problem', before: null }]);
  expect(rows[0]?.text).toMatch(/does not have the number/);
});

test('numbers that were right can be listed, and come back when they are moved before they are compared again', async () => {
  const [right = ''] = await rig.numbers(1, 'primary:sbc-east');
  const [wrong = ''] = await rig.numbers(1, '-primary:sbc-east');
  const [, failover = ''] = rig.pairOf(right);
  const plan = await rig.draft({
    kind: 'numbers',
    numbers: [right, wrong],
    change: { primary: 'sbc-east', failover: null },
  });
  const listed = async () => {
    const { items } = await rig.app.call('plans.items', { id: plan.id, status: 'right', ...page });
    return items.map(({ number, status }) => [number, status]);
  };
  expect(await listed()).toEqual([[right, 'right']]);
  const all = await rig.app.call('plans.items', { id: plan.id, status: null, ...page });
  expect(all.matching).toBe(2);
  expect(plan.groups.reduce((sum, group) => sum + group.count, 0)).toBe(1);
  rig.setElsewhere(right, 'pbx-1', failover);
  await rig.app.call('plans.check', { id: plan.id });
  const again = await rig.until(plan.id, ({ checking }) => checking === null);
  expect(again).toMatchObject({ total: 2, alreadyRight: 0, flagged: 1 });
  expect(await listed()).toEqual([]);
  expect((await rig.apply(plan.id)).counts).toMatchObject({ done: 2, right: 0 });
});

test('plans are listed page by page, with how many there are and how many are open', async () => {
  const [number = ''] = await rig.numbers(1, '-primary:sbc-east');
  const change = { primary: 'sbc-east', failover: null };
  const ids: number[] = [];
  for (let made = 0; made < 5; made += 1) {
    ids.unshift((await rig.draft({ kind: 'numbers', numbers: [number], change })).id);
  }
  await rig.apply(ids[4] ?? 0);
  const first = await rig.app.call('plans.list', { offset: 0, limit: 2 });
  expect([first.total, first.open, ...first.plans.map(({ id }) => id)]).toEqual([5, 4, ...ids.slice(0, 2)]);
  const rest = await rig.app.call('plans.list', { offset: 2, limit: 500 });
  expect(rest.plans.map(({ id }) => id)).toEqual(ids.slice(2));
});

test('a file that comes before the first sync is through is told so, and not that its numbers are unknown', async () => {
  const other = await startSandbox({ owned: 300, available: 10, routes: 8, seed: 22, secretKey: 's' });
  try {
    other.setFaults(['owned:latency:1:1500']);
    const { accessKey, url: baseUrl } = other;
    const keys = { accessKey, secretKey: 's', baseUrl, remember: 'session' } as const;
    await rig.app.call('accounts.signIn', { label: 'B', ...keys });
    const number = other.account.ownedAt(0);
    const base64 = Buffer.from(`number,primary\n${number},sbc-east\n`).toString('base64');
    const early = await rig.app.call('plans.import', { name: 'early.csv', base64 });
    const { rows } = await rig.app.call('plans.rows', { id: early.id, problems: true, ...page });
    expect(rows[0]?.text).toMatch(/^The list is not complete yet/);
    other.setFaults([]);
    await rig.synced();
    const late = await rig.app.call('plans.import', { name: 'late.csv', base64 });
    expect(late.problems).toBe(0);
  } finally {
    await other.close();
  }
});
