import { afterEach, describe, expect, test } from 'vitest';
import type { SandboxOptions } from '../../src-main/sandbox/server.ts';
import { BuyRig } from './buy-rig.ts';

let rig: BuyRig;
const start = async (options: SandboxOptions) => (rig = await BuyRig.start(options, 'v2'));
afterEach(async () => {
  await rig.close();
});
const purchases = (number: string) => rig.asked(number).filter((call) => call.startsWith('purchase'));

describe('an order over v2', () => {
  test('whose answer was lost, of a number that the account shows late, is not sent again', async () => {
    await start({ switches: { purchaseVisibleAfter: 1_200 }, faults: ['purchase:cut-after:1'] });
    const { id, numbers } = await rig.begin(1);
    const [number = ''] = numbers;
    const order = await rig.ended(id);
    expect([order.phase, order.counts.bought]).toEqual(['done', 1]);
    expect(purchases(number)).toEqual(['purchase cut']);
    expect(rig.bought()).toEqual([number]);
  });

  test('whose request was lost is sent once more, since the number is still for sale', async () => {
    await start({ faults: ['purchase:cut-before:1'] });
    const { id, numbers } = await rig.begin(1);
    const [number = ''] = numbers;
    await rig.sandbox.comes('search');
    rig.sandbox.setFaults([]);
    expect((await rig.ended(id)).counts.bought).toBe(1);
    expect(rig.bought()).toEqual([number]);
  });

  test('stops when the money ends, and keeps the rest', async () => {
    await start({ switches: { balanceCents: 150 } });
    const { id } = await rig.begin(4);
    const order = await rig.ended(id);
    expect(order.phase).toBe('paused');
    expect(order.waiting).toMatchObject({ code: 'account' });
    expect(order.counts.bought).toBe(rig.bought().length);
    expect(order.counts.refused).toBe(0);
  });

  test('goes on past numbers that somebody else was quicker with', async () => {
    await start({ switches: { taken: '404', takenShare: 0.5 } });
    const { id, numbers } = await rig.begin(12);
    const order = await rig.ended(id);
    expect(order.phase).toBe('done');
    expect(order.counts.bought + order.counts.refused).toBe(numbers.length);
    expect(order.counts.refused).toBeGreaterThan(0);
    expect(order.counts.bought).toBe(rig.bought().length);
  });
});
