import { Bits, type Found } from './bits.ts';

/** So many words of 32 slots are looked at between two pauses. */
const stretch = 4096;
const full = 0xffffffff;

/** Calls `add` for every slot that was found, with pauses: a question that comes meanwhile is answered first. */
export function* eachSlot(found: Found, add: (slot: number) => void): Generator<void> {
  if (!(found instanceof Bits)) {
    for (let at = 0; at < found.length; at += 1) {
      add(found[at] ?? 0);
      if (at % (stretch * 32) === stretch * 32 - 1) yield;
    }
    return;
  }
  const { words } = found;
  for (let at = 0; at < words.length; at += 1) {
    if (at % stretch === stretch - 1) yield;
    const first = at << 5;
    let word = words[at] ?? 0;
    if (word === full) for (let slot = first; slot < first + 32; slot += 1) add(slot);
    else for (; word !== 0; word &= word - 1) add(first + 31 - Math.clz32(word & -word));
  }
}
