import type { NumberColumn } from '../contract/views.ts';
import type { Interned } from './interned.ts';
import type { NumberIndex } from './number-index.ts';

/** The place of a slot in the order of a column; slots that say the same share one. Numbers order themselves. */
export function rankOf(index: NumberIndex, column: NumberColumn): (slot: number) => number {
  const byName = <T>(interned: Interned<T>, text: (value: T) => string, ids: Uint32Array | Uint16Array) => {
    const ranks = interned.ranks(text);
    return (slot: number) => ranks[ids[slot] ?? 0] ?? 0;
  };
  const byValue = (values: Float64Array | Int32Array) => {
    const distinct = [...new Set(values.subarray(0, index.count))].sort((a, b) => a - b);
    const ranks = new Map(distinct.map((value, rank) => [value, rank]));
    return (slot: number) => ranks.get(values[slot] ?? 0) ?? 0;
  };
  const plain = (text: string) => text;
  switch (column) {
    case 'number':
      return () => 0;
    case 'primary':
      return byName(index.routes, (route) => route.name, index.primary);
    case 'failover':
      return byName(index.routes, (route) => route.name, index.failover);
    case 'billing':
      return byName(index.billings, plain, index.billing);
    case 'state':
      return byName(index.states, plain, index.state);
    case 'area':
      return byName(index.areas, plain, index.area);
    case 'tags':
      return byName(index.tagSets, (tags) => tags.join(', '), index.tags);
    case 'monthly':
      return byValue(index.monthly);
    case 'seen':
      return byValue(index.seenAt);
  }
}
