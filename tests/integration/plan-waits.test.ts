import { expect, test } from 'vitest';
import { ended, PlanRig } from './plan-rig.ts';

const rig = new PlanRig();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a change that had to wait is not sent on the old read', { timeout: 30_000 }, async () => {
  const change = { primary: null, failover: 'fax' };
  const plan = await rig.draft({ kind: 'query', text: '-failover:fax -primary:main-office', change });
  rig.sandbox.setFaults(['setRoutes:429:0.2:4', 'setRoutes:latency:1:30']);
  await rig.app.call('plans.apply', { id: plan.id });
  await pause(400);
  rig.sandbox.setFaults([]);
  const { items } = await rig.app.call('plans.items', {
    ...{ id: plan.id, status: 'sending', offset: 0, limit: 50 },
  });
  const moved = items.map(({ number }) => number).filter((number) => rig.pairOf(number)[1] !== 'fax');
  expect(moved.length).toBeGreaterThan(0);
  for (const number of moved) rig.setElsewhere(number, 'main-office', rig.pairOf(number)[1] ?? '');
  const { counts } = await rig.until(plan.id, ended);
  expect(counts.done + counts.changed).toBe(plan.total);
  expect(moved.map((number) => rig.pairOf(number)[0])).toEqual(moved.map(() => 'main-office'));
  expect(await rig.shown()).toEqual(rig.truth());
});
