import { parseQuery } from '../../contract/query.ts';
import { Bits } from './bits.ts';
import { findSlots } from './filter.ts';
import type { NumberIndex } from './number-index.ts';

/** Those of the numbers that the query matches, in their order. */
export function among(index: NumberIndex, text: string, numbers: readonly string[]): string[] {
  const found = findSlots(index, parseQuery(text).clauses);
  const has = found instanceof Bits ? found : Bits.of(found, index.count);
  return numbers.filter((number) => {
    const slot = index.slotOf(number);
    return slot !== undefined && has.has(slot);
  });
}
