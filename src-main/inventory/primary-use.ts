import type { PrimariesView, PrimaryUse } from '../contract/routing.ts';
import type { NumberIndex } from './index/number-index.ts';

/** Failovers that are told of one primary route. */
const mostFailovers = 20;

/**
 * The numbers in these slots by the label of their primary route, and by that of their failover within it; the most used
 * first. All rows: whoever answers with them cuts them to what fits.
 */
export function primaryUse(index: NumberIndex, slots: Uint32Array): PrimariesView {
  const { primary, failover } = index.ids;
  const routes = index.values.primary.values;
  const pairs = new Map<number, number>();
  for (const slot of slots) {
    const pair = (primary[slot] ?? 0) * routes.length + (failover[slot] ?? 0);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let [numbers, without, unread] = [0, 0, 0];
  const uses = new Map<string, Map<string, number>>();
  for (const [pair, count] of pairs) {
    numbers += count;
    const first = routes[Math.floor(pair / routes.length)]?.key ?? null;
    const second = routes[pair % routes.length]?.key ?? null;
    if (first === null || second === null) unread += count;
    else if (first === '') without += count;
    else {
      const label = index.labelOf(first);
      const others = uses.get(label) ?? new Map<string, number>();
      uses.set(label, others);
      const other = second === '' ? '' : index.labelOf(second);
      others.set(other, (others.get(other) ?? 0) + count);
    }
  }
  const rows = [...uses].map(([label, others]) => useOf(label, others));
  rows.sort((a, b) => b.numbers - a.numbers || (a.primary < b.primary ? -1 : 1));
  return { numbers, without, unread, count: rows.length, rows };
}

function useOf(primary: string, others: ReadonlyMap<string, number>): PrimaryUse {
  const failovers = [...others]
    .map(([failover, numbers]) => ({ failover, numbers }))
    .sort((a, b) => b.numbers - a.numbers || (a.failover < b.failover ? -1 : 1));
  const numbers = failovers.reduce((sum, one) => sum + one.numbers, 0);
  return { primary, numbers, failovers: failovers.slice(0, mostFailovers) };
}
