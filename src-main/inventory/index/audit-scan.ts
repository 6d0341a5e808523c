import { builtinType } from '../../contract/model.ts';
import type { Bits } from './bits.ts';
import { addSame, addByTable } from './slot-scans.ts';
import type { NumberIndex } from './number-index.ts';
import type { Ids } from './slots.ts';

/** Of a number without a failover, and of one without a primary route: two that are never the same. */
const [none, noPlace] = [0xffffffff, 0xfffffffe];

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
    // By their keys: the type may be told on one side only, and two routes may be called alike. What is not known, and no route
    // at all, is like nothing else.
    const placeOf = new Map<string, number>();
    for (const { key } of routes.values) if (key && !placeOf.has(key)) placeOf.set(key, placeOf.size);
    const places = Uint32Array.from(routes.values, ({ key }) => placeOf.get(key ?? '') ?? noPlace);
    const named = places.map((place) => (place === noPlace ? none : place));
    addSame(ranksOf(primary, places, index.count), ranksOf(failover, named, index.count), hits, within);
    return;
  }
  const table = value.startsWith('single-')
    ? onceUsed(index)
    : routes.table(({ key }) => listedRoutes !== null && Boolean(key) && !listedRoutes.labels.has(key ?? ''));
  if (!value.endsWith('-failover')) addByTable(primary, table, hits, within);
  if (!value.endsWith('-primary')) addByTable(failover, table, hits, within);
}

/** Routes that one number only points at; the built-in one is no finding, and what is not known or none is no route. */
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
  const builtIn = routes.table(({ key, type }) => !key || type === builtinType);
  return Uint8Array.from(uses, (use, id) => (use === 1 && builtIn[id] !== 1 ? 1 : 0));
}

/** The place of each slot's value. */
function ranksOf(ids: Ids, ranks: Uint32Array, count: number): Uint32Array {
  const ranked = new Uint32Array(count);
  for (let slot = 0; slot < count; slot += 1) ranked[slot] = ranks[ids[slot] ?? 0] ?? 0;
  return ranked;
}
