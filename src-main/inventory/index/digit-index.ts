import { Bits } from './bits.ts';
import { blockFor, lengthAt, release, stride, zero } from './block.ts';

/** So many slots are looked at between two pauses: a few milliseconds of work. A multiple of 32, which share a word of bits. */
const slice = 20_000;
/** Runs of one digit and of two: each has a set of slots. */
const shortRuns = 10 + 100;

/**
 * Where digits stand, for the first `covered` slots: every run of three digits with the slots that have it (ascending),
 * every run of one or two as a set. Made in one go; slots beyond are looked at one by one until it is made again.
 */
export class DigitIndex {
  readonly covered: number;
  #block: ArrayBuffer;
  #starts = new Uint32Array(1001);
  #slots: Uint32Array;
  /** The sets of the ten digits and then of the hundred runs of two, one after another. */
  #short: Uint32Array;

  /** `sizes`: how many slots have each run of three. */
  private constructor(count: number, sizes: Uint32Array) {
    this.covered = count;
    for (let gram = 0; gram < 1000; gram += 1) {
      this.#starts[gram + 1] = (this.#starts[gram] ?? 0) + (sizes[gram] ?? 0);
    }
    const words = (count + 31) >>> 5;
    const listed = this.#starts[1000] ?? 0;
    this.#block = blockFor(listed + shortRuns * words, 4).block;
    this.#slots = new Uint32Array(this.#block, 0, listed);
    this.#short = new Uint32Array(this.#block, 4 * listed, shortRuns * words);
  }

  static empty(): DigitIndex {
    return new DigitIndex(0, new Uint32Array(1000));
  }

  /** Looks at the first `count` slots, with pauses. `digits` tells where they are by then; they must not change meanwhile. */
  static *make(digits: () => Uint8Array, count: number): Generator<void, DigitIndex> {
    const sizes = new Uint32Array(1000);
    const last = new Int32Array(1000).fill(-1);
    for (let first = 0; first < count; first += slice) {
      countThrees(digits(), first, Math.min(first + slice, count), { sizes, last });
      yield;
    }
    const made = new DigitIndex(count, sizes);
    const next = made.#starts.slice();
    last.fill(-1);
    for (let first = 0; first < count; first += slice) {
      made.#add(digits(), first, Math.min(first + slice, count), { next, last });
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
    const run = value.length === 1 ? Number(value) : 10 + Number(value);
    const words = wordsOf(this.covered);
    return new Bits(this.covered, this.#short.subarray(run * words, (run + 1) * words));
  }

  /**
   * Puts the slots [first, end) into the lists and sets of their digits. `next` is where the list of each run of three goes on, and
   * `last` the slot that was put there last: a number may have a run twice. The bits of 32 slots are gathered before they are
   * written, since the sets lie far apart.
   */
  #add(
    digits: Uint8Array,
    first: number,
    end: number,
    { next, last }: { next: Uint32Array; last: Int32Array },
  ): void {
    const [slots, short] = [this.#slots, this.#short];
    const words = wordsOf(this.covered);
    const gathered = new Uint32Array(shortRuns);
    for (let slot = first, base = first * stride; slot < end; slot += 1, base += stride) {
      const bit = 1 << (slot & 31);
      let before = (digits[base] ?? zero) - zero;
      let pair = 0;
      gathered[before] = (gathered[before] ?? 0) | bit;
      const stop = base + (digits[base + lengthAt] ?? 0);
      for (let at = base + 1; at < stop; at += 1) {
        const digit = (digits[at] ?? zero) - zero;
        const run = pair * 10 + digit;
        pair = before * 10 + digit;
        before = digit;
        gathered[digit] = (gathered[digit] ?? 0) | bit;
        gathered[10 + pair] = (gathered[10 + pair] ?? 0) | bit;
        if (at < base + 2 || last[run] === slot) continue;
        last[run] = slot;
        const place = next[run] ?? 0;
        slots[place] = slot;
        next[run] = place + 1;
      }
      if (bit !== lastBit && slot + 1 < end) continue;
      const word = slot >>> 5;
      for (let run = 0, at = word; run < shortRuns; run += 1, at += words) short[at] = gathered[run] ?? 0;
      gathered.fill(0);
    }
  }
}

/** Of the 32 slots that share a word the last one's. */
const lastBit = 1 << 31;

function wordsOf(count: number): number {
  return (count + 31) >>> 5;
}

/** Counts for every run of three digits how many of the slots [first, end) have it; `last` is the last slot that was counted. */
function countThrees(
  digits: Uint8Array,
  first: number,
  end: number,
  { sizes, last }: { sizes: Uint32Array; last: Int32Array },
): void {
  for (let slot = first, base = first * stride; slot < end; slot += 1, base += stride) {
    let pair = ((digits[base] ?? zero) - zero) * 10 + (digits[base + 1] ?? zero) - zero;
    const stop = base + (digits[base + lengthAt] ?? 0);
    for (let at = base + 2; at < stop; at += 1) {
      const run = pair * 10 + (digits[at] ?? zero) - zero;
      pair = run % 100;
      if (last[run] === slot) continue;
      last[run] = slot;
      sizes[run] = (sizes[run] ?? 0) + 1;
    }
  }
}
