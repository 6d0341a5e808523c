import { SIP_REG } from '../../contract/model.ts';
import type { Bits } from './bits.ts';
import { addSame, addByTable } from './slot-scans.ts';
import type { NumberIndex } from './number-index.ts';
import type { Ids } from './slots.ts';

/** Adds the slots an audit finds. */
export function addAudit(index: NumberIndex, value: string, hits: Bits, within: Bits): void {
  const { primary, failover } = index.ids;
  const { listedRoutes } = index;
  const routes = index.values.primary;
  if (value === 'missing') {
    for (const number of index.missing.keys()) {
      const slot = index.slotOf(number);
      if (slot !== undefined) hits.add(slot);
    }
    return;
  }
  if (value === 'same') {
    const named = routes.ranks();
    addSame(ranksOf(primary, named, index.count), ranksOf(failover, named, index.count), hits, within);
    return;
  }
  const table = value.startsWith('single-')
    ? onceUsed(index)
    : routes.table((route) => listedRoutes !== null && !listedRoutes.has(route.name));
  if (!value.endsWith('-failover')) addByTable(primary, table, hits, within);
  if (!value.endsWith('-primary')) addByTable(failover, table, hits, within);
}

/** Routes that one number only points at; the built-in one is no finding. */
function onceUsed({ count, gone, ids, values }: NumberIndex): Uint8Array {
  const { primary, failover } = ids;
  const routes = values.primary;
  const uses = new Uint32Array(routes.values.length);
  for (let slot = 0; slot < count; slot += 1) {
    if (gone.has(slot)) continue;
    const [first, second] = [primary[slot] ?? 0, failover[slot] ?? 0];
    uses[first] = (uses[first] ?? 0) + 1;
    if (second !== first) uses[second] = (uses[second] ?? 0) + 1;
  }
  const builtIn = routes.table((route) => route.name === SIP_REG);
  return Uint8Array.from(uses, (use, id) => (use === 1 && builtIn[id] !== 1 ? 1 : 0));
}

/** The rank of each slot's value. */
function ranksOf(ids: Ids, ranks: Uint32Array, count: number): Uint32Array {
  const ranked = new Uint32Array(count);
  for (let slot = 0; slot < count; slot += 1) ranked[slot] = ranks[ids[slot] ?? 0] ?? 0;
  return ranked;
}
