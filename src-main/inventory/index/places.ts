import { areaOfNumber } from '../../nanp/area.ts';

type Texts = { id(text: string): number };

/** State and area of numbers as ids of interned texts, worked out once for each area code. */
export class Places {
  #states: Texts;
  #areas: Texts;
  #known = new Map<string, { state: number; area: number }>();

  constructor(states: Texts, areas: Texts) {
    this.#states = states;
    this.#areas = areas;
  }

  /** `number`: digits, with the country's code. */
  of(number: string): { state: number; area: number } {
    const npa = number.startsWith('1') ? number.slice(1, 4) : '';
    const kept = this.#known.get(npa);
    if (kept) return kept;
    const { state, place } = areaOfNumber(number);
    const ids = { state: this.#states.id(state), area: this.#areas.id(place) };
    this.#known.set(npa, ids);
    return ids;
  }
}
