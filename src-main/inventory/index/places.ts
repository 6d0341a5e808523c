import { areaOfNumber } from '../../nanp/area.ts';
import { isNorthAmericanKey, numberOfKey } from './number-key.ts';

type Texts = { id(text: string): number };

const numbersOfArea = 10_000_000;
/** A calling code has three digits at most. */
const codeDigits = 3;

/** State and area of numbers as ids of interned texts, worked out once for each area code, or the beginning that tells a country. */
export class Places {
  #states: Texts;
  #areas: Texts;
  #known = new Map<number, { state: number; area: number }>();

  constructor(states: Texts, areas: Texts) {
    this.#states = states;
    this.#areas = areas;
  }

  /** `key`: see `number-key.ts`. */
  of(key: number): { state: number; area: number } {
    // Area codes with the country's 1 have four digits, the beginnings of others three.
    const code = isNorthAmericanKey(key)
      ? Math.floor(key / numbersOfArea)
      : Number(numberOfKey(key).slice(0, codeDigits));
    const kept = this.#known.get(code);
    if (kept) return kept;
    const { state, place } = areaOfNumber(numberOfKey(key));
    const ids = { state: this.#states.id(state), area: this.#areas.id(place) };
    this.#known.set(code, ids);
    return ids;
  }
}
