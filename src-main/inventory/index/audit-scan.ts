import { SIP_REG } from '../../contract/model.ts';
import type { Bits } from './bits.ts';
import { markSame, markTable } from './slot-scans.ts';
import type { NumberIndex } from './number-index.ts';

/** Marks the slots an audit finds. */
export function markAudit(index: NumberIndex, value: string, marks: Bits, within: Bits): void {
  const { primary, failover, routes, listedRoutes } = index;
  if (value === 'missing') {
    for (const number of index.missing.keys()) {
      const slot = index.slotOf(number);
      if (slot !== undefined) marks.add(slot);
    }
    return;
  }
  if (value === 'same') {
    const named = routes.ranks();
    markSame(
      primary.map((id) => named[id] ?? 0),
      failover.map((id) => named[id] ?? 0),
      marks,
      within,
    );
    return;
  }
  const table = value.startsWith('single-')
    ? onceUsed(index)
    : routes.table((route) => listedRoutes !== null && !listedRoutes.has(route.name));
  if (!value.endsWith('-failover')) markTable(primary, table, marks, within);
  if (!value.endsWith('-primary')) markTable(failover, table, marks, within);
}

/** Routes that one number only points at; the built-in one is no finding. */
function onceUsed({ count, gone, primary, failover, routes }: NumberIndex): Uint8Array {
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
