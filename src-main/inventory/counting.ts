/** Slots by rank, in the order they came in where ranks are equal: counted, not compared, because ranks are few. */
export function orderByRank(slots: Uint32Array, ranks: Uint32Array, descending: boolean): Uint32Array {
  let most = 0;
  for (const rank of ranks) most = Math.max(most, rank);
  const placeOf = (slot: number) => (descending ? most - (ranks[slot] ?? 0) : (ranks[slot] ?? 0));
  const next = new Uint32Array(most + 2);
  for (const slot of slots) {
    const place = placeOf(slot) + 1;
    next[place] = (next[place] ?? 0) + 1;
  }
  for (let place = 1; place < next.length; place += 1)
    next[place] = (next[place] ?? 0) + (next[place - 1] ?? 0);
  const ordered = new Uint32Array(slots.length);
  for (const slot of slots) {
    const place = placeOf(slot);
    const at = next[place] ?? 0;
    ordered[at] = slot;
    next[place] = at + 1;
  }
  return ordered;
}
