import type { Bits } from './bits.ts';
import { lengthAt, stride } from './block.ts';
import type { Ids } from './slots.ts';

// The loops below see a million slots each and are written out for that: a function called for every slot costs more than
// all they do. They ask 32 slots at a time, and only where something is left.

export function addByTable(ids: Ids, table: Uint8Array, hits: Bits, within: Bits): void {
  const { words, size } = hits;
  for (let word = 0; word < words.length; word += 1) {
    if (within.words[word] === 0) continue;
    const first = word << 5;
    const end = Math.min(first + 32, size);
    let bits = words[word] ?? 0;
    for (let slot = first, bit = 0; slot < end; slot += 1, bit += 1)
      bits |= (table[ids[slot] ?? 0] ?? 0) << bit;
    words[word] = bits;
  }
}

export function addSame(a: Ids, b: Ids, hits: Bits, within: Bits): void {
  const { words, size } = hits;
  for (let word = 0; word < words.length; word += 1) {
    if (within.words[word] === 0) continue;
    const first = word << 5;
    const end = Math.min(first + 32, size);
    let bits = words[word] ?? 0;
    for (let slot = first, bit = 0; slot < end; slot += 1, bit += 1)
      if (a[slot] === b[slot]) bits |= 1 << bit;
    words[word] = bits;
  }
}

export function addByBytes(
  digits: Uint8Array,
  offset: number,
  needle: Uint8Array,
  hits: Bits,
  among: Bits,
): void {
  const { words } = hits;
  for (let at = 0; at < words.length; at += 1) {
    let bits = words[at] ?? 0;
    for (let word = among.words[at] ?? 0; word !== 0; word &= word - 1) {
      const bit = 31 - Math.clz32(word & -word);
      const first = ((at << 5) + bit) * stride + offset;
      let same = 0;
      while (same < needle.length && digits[first + same] === needle[same]) same += 1;
      if (same === needle.length) bits |= 1 << bit;
    }
    words[at] = bits;
  }
}

/** The same for digits that a number ends with. What a shorter number has before it cannot match: there stands a length. */
export function addByEnd(digits: Uint8Array, needle: Uint8Array, hits: Bits, among: Bits): void {
  const { words } = hits;
  for (let at = 0; at < words.length; at += 1) {
    let bits = words[at] ?? 0;
    for (let word = among.words[at] ?? 0; word !== 0; word &= word - 1) {
      const bit = 31 - Math.clz32(word & -word);
      const base = ((at << 5) + bit) * stride;
      const first = base + (digits[base + lengthAt] ?? 0) - needle.length;
      let same = 0;
      while (same < needle.length && digits[first + same] === needle[same]) same += 1;
      if (same === needle.length) bits |= 1 << bit;
    }
    words[at] = bits;
  }
}
