import { expect, test } from 'vitest';
import { reasonWords } from '../../src-main/contract/job-words.ts';
import { leftOutWords } from '../../src-main/contract/left-out.ts';
import { startSandbox } from '../../src-main/sandbox/server.ts';
import { formatNumber } from '../../src-main/contract/phone.ts';
import { toCsv } from '../../src-renderer/lib/csv.ts';
import { PlanRig, planOf } from './plan-rig.ts';

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
    [7, 'nonsense', 'fax', '', 'problem'],
    [9, a, 'main-office', '', 'problem'],
    [4, `${a}.0`, 'sbc-east', '', 'planned'],
    [5, b, right, '', 'right'],
    [6, c, 'sbc-east', 'fax', 'planned'],
  ]);
  for (const offset of [0, 2, 4]) {
    const some = await rig.app.call('plans.rows', { id: plan.id, problems: false, offset, limit: 2 });
    expect(some.rows).toEqual(rows.slice(offset, offset + 2));
  }
  const byLine = await rig.app.call('plans.rows', { id: plan.id, problems: false, byLine: true, ...page });
  expect(byLine.rows.map((row) => row.line)).toEqual([2, 4, 5, 6, 7, 9]);
  const [primary, failover] = rig.pairOf(a);
  expect(rows[3]).toMatchObject({ before: { primary, failover }, after: { primary: 'sbc-east', failover } });
  const problems = { id: plan.id, problems: true };
  const left = await rig.app.call('plans.rows', { ...problems, ...page });
  expect(left.rows.map(({ line, leftOut }) => `${line}: ${leftOut && leftOutWords(leftOut)}`)).toEqual([
    '2: There is no route "nowhere".',
    '7: This is no phone number, such as 12065550142 or +442079460958.',
    '9: The number stands on line 4 already: this line is left out.',
  ]);
  const second = await rig.app.call('plans.rows', { ...problems, offset: 1, limit: 1 });
  expect([second.matching, ...second.rows.map(({ line }) => line)]).toEqual([3, 7]);

  await rig.apply(plan.id);
  const after = await rig.app.call('plans.rows', { id: plan.id, problems: false, ...page });
  expect(after.rows.map(({ outcome }) => outcome)).toEqual([
    ...['problem', 'problem', 'problem', 'done', 'right', 'done'],
  ]);
});

test('a number that the carrier does not have any more is named by its line', async () => {
  const [gone = '', kept = ''] = await rig.numbers(2, '-primary:sbc-east');
  rig.sandbox.account.disown(gone);
  const plan = await rig.import(`number,primary\n${kept},sbc-east\n${gone},sbc-east\n`);
  expect(plan).toMatchObject({ total: 1, problems: 1 });
  const { rows } = await rig.app.call('plans.rows', { id: plan.id, problems: true, ...page });
  expect(rows).toMatchObject([{ line: 3, number: gone, outcome: 'problem', before: null }]);
  expect(rows[0]?.leftOut).toEqual({ code: 'not-owned', detail: null });
});

test('numbers that were right can be listed, and come back when they are moved before they are compared again', async () => {
  const [right = ''] = await rig.numbers(1, 'primary:sbc-east');
  const [wrong = ''] = await rig.numbers(1, '-primary:sbc-east');
  const [, failover = ''] = rig.pairOf(right);
  const plan = await rig.draft({
    kind: 'numbers',
    numbers: [right, wrong],
    change: { primary: { route: 'sbc-east' }, failover: 'keep' },
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
  const change = { primary: { route: 'sbc-east' }, failover: 'keep' } as const;
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
    const early = planOf(await rig.app.call('plans.import', { name: 'early.csv', base64 }));
    const { rows } = await rig.app.call('plans.rows', { id: early.id, problems: true, ...page });
    expect(rows[0]?.leftOut?.code).toBe('list-not-complete');
    other.setFaults([]);
    await rig.synced();
    const late = planOf(await rig.app.call('plans.import', { name: 'late.csv', base64 }));
    expect(late.problems).toBe(0);
  } finally {
    await other.close();
  }
});

test('a cell is changed in the preview: what follows from it is planned and compared, and nothing else', async () => {
  const [a = '', b = '', c = ''] = await rig.numbers(3, '-primary:sbc-east');
  const plan = await rig.import(
    `number,primary\n${a},SBC EAST\n${b},SBC EAST\n${a},sbc-east\n${c.slice(0, 8)},fax\n`,
  );
  expect(plan).toMatchObject({ total: 1, problems: 3 });
  const { rows } = await rig.app.call('plans.rows', { id: plan.id, problems: true, ...page });
  expect(rows[0]?.meant).toEqual({ column: 'primary', written: 'SBC EAST', name: 'sbc-east', rows: 2 });

  const requests = () => rig.sandbox.calls().filter(({ operation }) => operation === 'details').length;
  const before = requests();
  const edit = { kind: 'cell', line: 5, column: 'number', text: `+${c}` } as const;
  await rig.app.call('plans.edit', { id: plan.id, edit });
  const after = await rig.compared(plan.id);
  expect(after).toMatchObject({ total: 2, problems: 2 });
  expect(requests() - before).toBe(1);

  await rig.app.call('plans.edit', {
    id: plan.id,
    edit: { kind: 'all', written: 'SBC EAST', name: 'sbc-east' },
  });
  // The first good row of a number counts: line 2 is one now, and line 4 says the same once more.
  expect(await rig.compared(plan.id)).toMatchObject({ total: 3, problems: 1 });
  const left = await rig.app.call('plans.rows', { id: plan.id, problems: true, ...page });
  expect(left.rows.map(({ line, leftOut }) => `${line} ${leftOut && leftOutWords(leftOut)}`)).toEqual([
    '4 The number stands on line 2 already: this line is left out.',
  ]);
  const done = await rig.apply(plan.id);
  expect(done.counts.done).toBe(3);
  for (const [number, primary] of [
    [a, 'sbc-east'],
    [b, 'sbc-east'],
    [c, 'fax'],
  ] as const)
    expect(rig.pairOf(number)[0]).toBe(primary);
  await expect(rig.app.call('plans.edit', { id: plan.id, edit })).rejects.toMatchObject({ code: 'rejected' });
});

test('edits while a draft is compared are compared with it', async () => {
  const [a = '', b = ''] = await rig.numbers(2, '-primary:sbc-east');
  rig.sandbox.setFaults(['details:latency:1:300']);
  const base64 = Buffer.from(`number,primary\n${a},sbc-east\n${b},nowhere\n`).toString('base64');
  const { id } = planOf(await rig.app.call('plans.import', { name: 'a.csv', base64 }));
  const edits = ['no', 'sbc-east', 'fax'].map((text) =>
    rig.app.call('plans.edit', { id, edit: { kind: 'cell', line: 3, column: 'primary', text } }),
  );
  await Promise.all(edits);
  rig.sandbox.setFaults([]);
  expect(await rig.compared(id)).toMatchObject({ total: 2, problems: 0 });
  await rig.apply(id);
  expect([rig.pairOf(a)[0], rig.pairOf(b)[0]]).toEqual(['sbc-east', 'fax']);
});

test('two columns that may be meant are asked for, and what is chosen is remembered for these headers', async () => {
  const [a = ''] = await rig.numbers(1, '-primary:sbc-east');
  const file = (name: string, text: string) => ({ name, base64: Buffer.from(text).toString('base64') });
  const text = `DID,Route,Route\n${a},sbc-east,fax\n`;
  const asked = await rig.app.call('plans.import', file('a.csv', text));
  expect(asked).toMatchObject({ kind: 'columns', file: { rows: 1, header: true } });
  if (asked.kind !== 'columns') return;
  expect(asked.file.question).toBe(
    'Which column has the primary route: "Route" (column 2) or "Route" (column 3)?',
  );
  expect(asked.file.columns.map(({ title, samples, use }) => [title, samples, use])).toEqual([
    ['DID', [a], 'number'],
    ['Route', ['sbc-east'], null],
    ['Route', ['fax'], null],
  ]);
  expect((await rig.app.call('plans.list', { offset: 0, limit: 10 })).total).toBe(0);

  const mapping = { header: true, number: 0, primary: 2, failover: 1 };
  const first = planOf(await rig.app.call('plans.import', { ...file('a.csv', text), mapping }));
  const uses = (plan: typeof first) => plan.file?.columns.map((column) => column.use);
  expect(uses(first)).toEqual(['number', 'failover', 'primary']);
  const next = planOf(await rig.app.call('plans.import', file('b.csv', `did, ROUTE ,route\n${a},x,y\n`)));
  expect([uses(next), next.file?.remembered]).toEqual([['number', 'failover', 'primary'], true]);
  // Another choice for the file at hand takes the place of the draft that was made of it.
  const replaced = {
    ...file('b.csv', text),
    mapping: { ...mapping, primary: 1, failover: 2 },
    replaces: next.id,
  };
  const other = planOf(await rig.app.call('plans.import', replaced));
  expect(uses(other)).toEqual(['number', 'primary', 'failover']);
  await expect(rig.app.call('plans.get', { id: next.id })).rejects.toMatchObject({ code: 'not-found' });
  for (const wrong of [
    { ...mapping, failover: 2 },
    { ...mapping, primary: null, failover: null },
    { ...mapping, number: 7 },
  ])
    await expect(
      rig.app.call('plans.import', { ...file('c.csv', text), mapping: wrong }),
    ).rejects.toMatchObject({ code: 'invalid-input' });
});

test('pasted numbers are one filter that is planned and tagged, and refused when it is not kept any more', async () => {
  const all = await rig.numbers(6, '-primary:sbc-east');
  const pasted = [...all.slice(0, 4), '12125550199', '61255501234'];
  const kept = await rig.app.call('numbers.keep', { numbers: pasted });
  expect(kept).toMatchObject({ count: 6, owned: 4 });
  const text = `numbers:${kept.id}`;
  const sort = { column: 'number', direction: 'asc' } as const;
  const shown = await rig.app.call('numbers.query', { text, sort, offset: 0, limit: 10 });
  expect(shown.rows.map((row) => row.number)).toEqual(all.slice(0, 4).toSorted());
  expect(shown.tokens[0]?.note).toBe('6 numbers, 2 not yours');
  expect((await rig.app.call('numbers.keptMissing', { id: kept.id })).numbers).toEqual([
    '12125550199',
    '61255501234',
  ]);
  const matching = await rig.app.call('numbers.matching', { text, sort, limit: 10_000 });
  expect(matching).toMatchObject({ total: 4 });
  const tagged = await rig.app.call('tags.change', {
    source: { kind: 'query', text },
    add: ['list'],
    remove: [],
  });
  expect(tagged.numbers).toBe(4);
  const plan = await rig.draft({
    kind: 'query',
    text,
    change: { primary: { route: 'sbc-east' }, failover: 'keep' },
  });
  expect(plan.total).toBe(4);

  const lost = 'numbers:0123456789ab';
  const source = {
    kind: 'query',
    text: lost,
    change: { primary: { route: 'sbc-east' }, failover: 'keep' },
  } as const;
  await expect(rig.app.call('plans.draft', { source })).rejects.toMatchObject({ code: 'not-found' });
  await expect(
    rig.app.call('tags.change', { source: { kind: 'query', text: `-${lost}` }, add: ['x'], remove: [] }),
  ).rejects.toMatchObject({ code: 'not-found' });
  const none = await rig.app.call('numbers.query', { text: `-${lost}`, sort, offset: 0, limit: 10 });
  expect([none.matching, none.tokens[0]?.problem]).toEqual([0, expect.stringMatching(/not kept/)]);
});

test('what was exported comes back as no changes, whatever columns are in the file', async () => {
  const sort = { column: 'number', direction: 'asc' } as const;
  const { numbers } = await rig.app.call('numbers.matching', { text: '', sort, limit: 200 });
  const rows = (await rig.app.call('numbers.rows', { numbers: [...numbers] })).flatMap((row) => row ?? []);
  for (const format of ['national', 'international', 'digits', 'e164'] as const) {
    const file = toCsv([
      [
        'number',
        'formatted',
        'primary',
        'failover',
        'billing',
        'state',
        'area',
        'tags',
        'monthly',
        'last_seen',
      ].slice(format === 'digits' ? 0 : 1),
      ...rows.map((row) =>
        [
          ...[
            row.number,
            formatNumber(row.number, format),
            row.primary ?? '',
            row.failover ?? '',
            row.billing,
            row.state,
          ],
          ...[row.area, row.tags, '', new Date(row.seenAt).toISOString()],
        ].slice(format === 'digits' ? 0 : 1),
      ),
    ]);
    // Where both forms of the number are there, ours says which one counts.
    const plan = await rig.import(`\ufeff${file}`);
    expect(plan).toMatchObject({ total: 0, problems: 0, alreadyRight: rows.length });
  }
  const change = { primary: { route: 'sbc-east' }, failover: 'keep' } as const;
  const plan = await rig.draft({ kind: 'query', text: '', change });
  await rig.apply(plan.id);
  const { items } = await rig.app.call('plans.items', { id: plan.id, status: null, offset: 0, limit: 500 });
  const exported = toCsv([
    ['number', 'formatted', 'primary', 'failover', 'before_primary', 'before_failover', 'status', 'reason'],
    ...items.map((item) => [
      ...[item.number, formatNumber(item.number, 'national'), item.primary, item.failover],
      ...[item.beforePrimary, item.beforeFailover, 'changed', reasonWords(item.reason)],
    ]),
  ]);
  expect(await rig.import(exported)).toMatchObject({ total: 0, problems: 0, alreadyRight: items.length });
});
