import { expect, test } from 'vitest';
import { moveOf, numbersWith } from '../../../src-renderer/features/routes/route-object.svelte.ts';

test('moving a route names each side on its own, so that the other one is kept', () => {
  const source = moveOf('sbc west', 'sbc-east');
  if (source.kind !== 'several') throw new Error('it is one change of several parts');
  const to = { route: 'sbc-east' };
  expect(source.parts.map(({ change }) => change)).toEqual([
    { primary: to, failover: to },
    { primary: to, failover: 'keep' },
    { primary: 'keep', failover: to },
  ]);
  const [both, primary, failover] = source.parts.map(({ of }) => (of.kind === 'query' ? of.text : ''));
  expect(both).toBe(`${primary} ${failover}`);
  // The name is one value, whatever is in it.
  expect([primary, numbersWith('sbc west')]).toEqual(['primary:"sbc west"', 'route:"sbc west"']);
});
