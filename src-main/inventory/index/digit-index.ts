import { Bits } from './bits.ts';
import { blockFor, release, stride } from './block.ts';

const zero = 0x30;

/** So many slots are looked at between two pauses: a few milliseconds of work. */
const slice = 20_000;

/**
 * Where digits stand, for the first `covered` slots: every run of three digits with the slots that have it (ascending),
 * every run of one or two as a set. Made in one go; slots beyond are looked at one by one until it is made again.
 */
export class DigitIndex {
  readonly covered: number;
  #block: ArrayBuffer;
  #starts = new Uint32Array(1001);
  #slots: Uint32Array;
  #ones: Bits[];
  #twos: Bits[];

  /** `sizes`: how many slots have each run of three. */
  private constructor(count: number, sizes: Uint32Array) {
    this.covered = count;
    for (let gram = 0; gram < 1000; gram += 1) {
      this.#starts[gram + 1] = (this.#starts[gram] ?? 0) + (sizes[gram] ?? 0);
    }
    const words = (count + 31) >>> 5;
    const listed = this.#starts[1000] ?? 0;
    this.#block = blockFor(listed + 110 * words, 4).block;
    const block = new Uint32Array(this.#block);
    this.#slots = block.subarray(0, listed);
    const bits = (at: number) =>
      new Bits(count, block.subarray(listed + at * words, listed + (at + 1) * words));
    this.#ones = Array.from({ length: 10 }, (_, digit) => bits(digit));
    this.#twos = Array.from({ length: 100 }, (_, digits) => bits(10 + digits));
  }

  static empty(): DigitIndex {
    return new DigitIndex(0, new Uint32Array(1000));
  }

  /** Looks at the first `count` slots, with pauses. `digits` tells where they are by then; they must not change meanwhile. */
  static *make(digits: () => Uint8Array, count: number): Generator<void, DigitIndex> {
    const last = new Int32Array(1000).fill(-1);
    const sizes = new Uint32Array(1000);
    for (let first = 0; first < count; first += slice) {
      eachThree(digits(), first, Math.min(first + slice, count), (gram, slot) => {
        if (last[gram] === slot) return;
        last[gram] = slot;
        sizes[gram] = (sizes[gram] ?? 0) + 1;
      });
      yield;
    }
    const made = new DigitIndex(count, sizes);
    const slots = made.#slots;
    const next = made.#starts.slice();
    last.fill(-1);
    for (let first = 0; first < count; first += slice) {
      eachThree(digits(), first, Math.min(first + slice, count), (gram, slot) => {
        if (last[gram] === slot) return;
        last[gram] = slot;
        const place = next[gram] ?? 0;
        slots[place] = slot;
        next[gram] = place + 1;
      });
      made.#addShort(digits(), first, Math.min(first + slice, count));
      yield;
    }
    return made;
  }

  /** Slots that may contain a run of three digits or more: those of its rarest three. */
  candidates(value: string): Uint32Array {
    let best = 0;
    let size = Number.POSITIVE_INFINITY;
    for (let at = 0; at + 3 <= value.length; at += 1) {
      const gram = Number(value.slice(at, at + 3));
      const length = (this.#starts[gram + 1] ?? 0) - (this.#starts[gram] ?? 0);
      if (length < size) [best, size] = [gram, length];
    }
    return this.#slots.subarray(this.#starts[best] ?? 0, this.#starts[best + 1] ?? 0);
  }

  /** Gives its memory back: it must not be asked any more, and lists it gave must not be read. */
  release(): void {
    release(this.#block);
  }

  /** Exactly the slots that contain one or two digits. */
  short(value: string): Bits {
    const bits = value.length === 1 ? this.#ones[Number(value)] : this.#twos[Number(value)];
    if (!bits) throw new RangeError(`"${value}" is not one or two digits`);
    return bits;
  }

  #addShort(digits: Uint8Array, first: number, end: number): void {
    for (let slot = first, base = first * stride; slot < end; slot += 1, base += stride) {
      const word = slot >>> 5;
      const bit = 1 << (slot & 31);
      let before = -1;
      for (let at = base; at < base + 11; at += 1) {
        const digit = (digits[at] ?? zero) - zero;
        const one = this.#ones[digit]?.words;
        if (one) one[word] = (one[word] ?? 0) | bit;
        const two = before < 0 ? undefined : this.#twos[before * 10 + digit]?.words;
        if (two) two[word] = (two[word] ?? 0) | bit;
        before = digit;
      }
    }
  }
}

/** Every run of three digits of the slots [first, end), in their order. */
function eachThree(
  digits: Uint8Array,
  first: number,
  end: number,
  take: (gram: number, slot: number) => void,
): void {
  for (let slot = first, base = first * stride; slot < end; slot += 1, base += stride) {
    let gram = ((digits[base] ?? zero) - zero) * 10 + (digits[base + 1] ?? zero) - zero;
    for (let at = base + 2; at < base + 11; at += 1) {
      gram = (gram % 100) * 10 + (digits[at] ?? zero) - zero;
      take(gram, slot);
    }
  }
}
