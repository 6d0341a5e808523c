/** A small seeded generator (mulberry32): the same seed gives the same account and the same faults. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    return mixed(state);
  };
}

/** 0 to below 1 for a number and what is drawn for it: the same every time, without keeping anything. */
export function drawnFor(number: number, salt: number): number {
  const low = number % 4_294_967_296;
  const high = Math.floor(number / 4_294_967_296);
  return mixed((Math.imul(low, 0x9e3779b1) ^ Math.imul(high + salt, 0x85ebca6b)) >>> 0);
}

function mixed(state: number): number {
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
}

/** Fisher–Yates, in place. */
export function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    const kept = items[i] as T;
    items[i] = items[j] as T;
    items[j] = kept;
  }
  return items;
}
