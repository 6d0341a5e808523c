import { areaOfNumber } from '../../nanp/area.ts';

type Texts = { id(text: string): number };

/** Numbers of eleven digits that begin with the country's 1. */
const [firstAmerican, lastAmerican] = [10_000_000_000, 19_999_999_999];
const numbersOfArea = 10_000_000;
/** In the place of an area code: the number is of another country. */
const elsewhere = -1;

/** State and area of numbers as ids of interned texts, worked out once for each area code. */
export class Places {
  #states: Texts;
  #areas: Texts;
  #known = new Map<number, { state: number; area: number }>();

  constructor(states: Texts, areas: Texts) {
    this.#states = states;
    this.#areas = areas;
  }

  /** `key`: a number with the country's code, as a number. */
  of(key: number): { state: number; area: number } {
    const npa = key >= firstAmerican && key <= lastAmerican ? Math.floor(key / numbersOfArea) : elsewhere;
    const kept = this.#known.get(npa);
    if (kept) return kept;
    const { state, place } = areaOfNumber(String(key));
    const ids = { state: this.#states.id(state), area: this.#areas.id(place) };
    this.#known.set(npa, ids);
    return ids;
  }
}
