import { stride, zero } from './block.ts';
import type { NumberIndex } from './number-index.ts';

const one = zero + 1;
/** Digits of a North American number without the country's 1. */
const national = 10;

/**
 * Ten digits without a plus sign are read as a North American number. Where they are, or end, a number of another country that the
 * list has, they may be meant as that one: people copy national numbers without their country's code.
 */
export class Lookalikes {
  #index: NumberIndex;
  #version = 0;
  /** What stands before the last ten digits of numbers of other countries; '' for those of ten digits. */
  #prefixes: readonly string[] = [];

  constructor(index: NumberIndex) {
    this.#index = index;
  }

  /** The number of another country that the ten digits of a North American one may stand for; null for none. */
  of(number: string): string | null {
    if (number.length !== national + 1 || !number.startsWith('1')) return null;
    const digits = number.slice(1);
    for (const prefix of this.#known())
      if (this.#index.slotOf(prefix + digits) !== undefined) return prefix + digits;
    return null;
  }

  #known(): readonly string[] {
    const index = this.#index;
    // Removals leave a prefix too many, which finds nothing.
    if (this.#version === index.versions.members) return this.#prefixes;
    const found = new Set<string>();
    for (let slot = 0; slot < index.count; slot += 1) {
      if (index.digits[slot * stride] === one || index.gone.has(slot)) continue;
      const number = index.numberAt(slot);
      if (number.length >= national) found.add(number.slice(0, -national));
    }
    this.#version = index.versions.members;
    this.#prefixes = [...found];
    return this.#prefixes;
  }
}
