import { expect, test } from 'vitest';
import { BuyRig } from './buy-rig.ts';
import { PlanRig, planOf } from './plan-rig.ts';
import { some } from '../support/some.ts';

const rig = new PlanRig();
/** Written by somebody whose system keeps accents apart, with two spaces. */
const listed = 'Bu\u0308ro  Ost';
const route = { type: 'HOST', value: 'pbx.example.com' } as const;

test('the one listed name that is equal when normalised is meant, and its own characters are what is sent', async () => {
  for (const name of [listed, 'a b', 'a\u00a0b']) rig.sandbox.account.routes.set(name, route);
  await rig.app.call('routes.refresh', {});
  const [a = '', b = '', c = ''] = await rig.numbers(3);
  const change = { primary: { route: 'Büro Ost' }, failover: 'keep' } as const;
  await rig.apply((await rig.draft({ kind: 'numbers', numbers: [a], change })).id);
  await rig.apply((await rig.import(`number,primary,failover\n${b}, Büro Ost ,a b\n${c},a\u00a0b,\n`)).id);
  expect([rig.pairOf(a)[0], rig.pairOf(b), rig.pairOf(c)[0]]).toEqual([listed, [listed, 'a b'], 'a\u00a0b']);
  // Either of two may be meant: neither is taken.
  const wanted = { primary: { route: 'a  b' }, failover: 'keep' } as const;
  const either = { kind: 'numbers' as const, numbers: [a], change: wanted };
  await expect(rig.app.call('plans.draft', { source: either })).rejects.toMatchObject({ code: 'not-found' });
});

test('a listed name is never refused, however long or odd it is', async () => {
  const odd = ['x'.repeat(3_000), 'a/b\\c"d', '..', "'=1+1", '\u200b', ' '];
  for (const name of odd) rig.sandbox.account.routes.set(name, route);
  await rig.app.call('routes.refresh', {});
  const numbers = await rig.numbers(odd.length);
  for (const [at, name] of some(odd.entries())) {
    const number = numbers[at] ?? '';
    const change = { primary: { route: name }, failover: { route: name } } as const;
    await rig.apply((await rig.draft({ kind: 'numbers', numbers: [number], change })).id);
    expect(rig.pairOf(number)).toEqual([name, name]);
  }
});

test('a name that is easily taken for a listed one is created only by whoever has seen that', async () => {
  rig.sandbox.account.routes.set('Büro', route);
  const create = (name: string, although?: string) =>
    rig.app.call('routes.create', {
      ...{ name, type: 'HOST', value: 'a.example.com' },
      ...(although === undefined ? {} : { although }),
    });
  for (const name of ['büro', 'Bu\u0308ro', 'B\u200büro', 'Ｂüro']) {
    await expect(create(name)).rejects.toThrow('is easily taken for the route "Büro"');
    await expect(create(name, 'sbc-east')).rejects.toThrow('is easily taken for the route "Büro"');
  }
  await expect(create('Büro', 'Büro')).rejects.toThrow('There is a route "Büro" already.');
  for (const name of ['\u200b\u200d', '\u3164'])
    await expect(create(name)).rejects.toThrow('needs characters that can be seen');
  expect(await create('büro', 'Büro')).toMatchObject({ label: 'büro' });
  expect(rig.sandbox.account.routes.get('Büro')).toEqual(route);
});

test('an order sets the listed route that its reviewed name means', async () => {
  const buying = await BuyRig.start({ owned: 20, available: 2000, routes: 8 });
  try {
    buying.sandbox.account.routes.set(listed, route);
    const { id, numbers } = await buying.begin(1, { primary: 'Büro Ost', failover: 'sip-reg' });
    await buying.ended(id);
    const [number = ''] = numbers;
    const details = await buying.app.call('numbers.details', { number });
    expect([details.row.primary, details.row.failover]).toEqual([listed, 'sip-reg']);
    await buying.fillCart(1);
    await expect(buying.buy({ primary: 'nowhere', failover: 'sip-reg' })).rejects.toThrow(
      'There is no route "nowhere"',
    );
  } finally {
    await buying.close();
  }
});

test('names of an import that are not listed say which one was probably meant', async () => {
  const [a = ''] = await rig.numbers(1);
  const base64 = Buffer.from(`number,primary\n${a},SBC_east\n`).toString('base64');
  const plan = planOf(await rig.app.call('plans.import', { name: 'a.csv', base64 }));
  const { rows } = await rig.app.call('plans.rows', { id: plan.id, problems: true, offset: 0, limit: 5 });
  expect(rows[0]).toMatchObject({
    leftOut: { code: 'no-such-route', detail: { written: 'SBC_east', meant: 'sbc-east' } },
  });
  expect(rows[0]?.meant?.name).toBe('sbc-east');
});
