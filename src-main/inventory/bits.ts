/** A set of slots: one bit for each. */
export class Bits {
  readonly words: Uint32Array;
  readonly size: number;

  constructor(size: number) {
    this.size = size;
    this.words = new Uint32Array((size + 31) >>> 5);
  }

  static all(size: number): Bits {
    const bits = new Bits(size);
    bits.words.fill(0xffffffff);
    const rest = size & 31;
    if (rest > 0) bits.words[bits.words.length - 1] = 2 ** rest - 1;
    return bits;
  }

  has(slot: number): boolean {
    return (((this.words[slot >>> 5] ?? 0) >>> (slot & 31)) & 1) === 1;
  }

  add(slot: number): void {
    const word = slot >>> 5;
    this.words[word] = (this.words[word] ?? 0) | (1 << (slot & 31));
  }

  /** Adds [first, end). */
  addRange(first: number, end: number): void {
    let slot = first;
    for (; slot < end && (slot & 31) !== 0; slot += 1) this.add(slot);
    const whole = end >>> 5;
    if (slot < end && slot >>> 5 < whole) {
      this.words.fill(0xffffffff, slot >>> 5, whole);
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
