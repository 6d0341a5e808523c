const full = 0xffffffff;

/** A set of slots: one bit for each. */
export class Bits {
  readonly words: Uint32Array;
  readonly size: number;

  /** `words`: empty ones to use, as many as the size needs. */
  constructor(size: number, words: Uint32Array = new Uint32Array((size + 31) >>> 5)) {
    this.size = size;
    this.words = words;
  }

  static all(size: number): Bits {
    const bits = new Bits(size);
    bits.words.fill(full);
    const rest = size & 31;
    if (rest > 0) bits.words[bits.words.length - 1] = 2 ** rest - 1;
    return bits;
  }

  /** The slots of a list. */
  static of(list: Uint32Array, size: number): Bits {
    const bits = new Bits(size);
    for (const slot of list) bits.add(slot);
    return bits;
  }

  has(slot: number): boolean {
    return (((this.words[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 1;
  }

  add(slot: number): void {
    const word = slot >>> 5;
    this.words[word] = (this.words[word] ?? 0) | (1 << (slot & 31));
  }

  remove(slot: number): void {
    const word = slot >>> 5;
    this.words[word] = (this.words[word] ?? 0) & ~(1 << (slot & 31));
  }

  /** The same set with room for more. */
  grown(size: number): Bits {
    const larger = new Bits(size);
    larger.words.set(this.words);
    return larger;
  }

  /**
   * The first of the slots below `end`, or the last of them from there down: at most so many. `room` is where they are
   * written, if it is large enough.
   */
  first(end: number, wanted: number, descending: boolean, room: Uint32Array): Uint32Array {
    const most = Math.min(wanted, end);
    const slots = room.length < most ? new Uint32Array(most) : room.subarray(0, most);
    const words = (end + 31) >>> 5;
    let taken = 0;
    for (let step = 0; step < words && taken < slots.length; step += 1) {
      const at = descending ? words - 1 - step : step;
      let word = this.words[at] ?? 0;
      // Of the last word only what lies below the end.
      if (at === words - 1 && (end & 31) !== 0) word &= 2 ** (end & 31) - 1;
      // A full word needs no search for its bits: most words of a wide question are full.
      if (word === full && !descending && taken + 32 <= slots.length) {
        for (let slot = at << 5, end = slot + 32; slot < end; slot += 1, taken += 1) slots[taken] = slot;
        continue;
      }
      for (; word !== 0 && taken < slots.length; taken += 1) {
        const bit = descending ? 31 - Math.clz32(word) : 31 - Math.clz32(word & -word);
        slots[taken] = (at << 5) + bit;
        word ^= 1 << bit;
      }
    }
    return slots.subarray(0, taken);
  }

  /** Adds [first, end). */
  addRange(first: number, end: number): void {
    let slot = first;
    for (; slot < end && (slot & 31) !== 0; slot += 1) this.add(slot);
    const whole = end >>> 5;
    if (slot < end && slot >>> 5 < whole) {
      this.words.fill(full, slot >>> 5, whole);
      slot = whole << 5;
    }
    for (; slot < end; slot += 1) this.add(slot);
  }

  keep(other: Bits): void {
    const { words } = this;
    for (let at = 0; at < words.length; at += 1) words[at] = (words[at] ?? 0) & (other.words[at] ?? 0);
  }

  drop(other: Bits): void {
    const { words } = this;
    for (let at = 0; at < words.length; at += 1) words[at] = (words[at] ?? 0) & ~(other.words[at] ?? 0);
  }

  /** Adds what `other`, which may be shorter, has. */
  join(other: Bits): void {
    const { words } = this;
    const shared = Math.min(words.length, other.words.length);
    for (let at = 0; at < shared; at += 1) words[at] = (words[at] ?? 0) | (other.words[at] ?? 0);
  }

  emptyWords(): number {
    let empty = 0;
    for (const word of this.words) if (word === 0) empty += 1;
    return empty;
  }

  count(): number {
    let count = 0;
    for (let word of this.words) {
      word -= (word >>> 1) & 0x55555555;
      word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
      count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
    }
    return count;
  }
}

/** Slots that passed: few of them as an ascending list, many as a set. */
export type Found = Uint32Array | Bits;
