import type { Offer, OfferSearch } from '../contract/buying.ts';

/** What offers are counted by. */
type Counted = 'state' | 'npa' | 'ratecenter';

export function isCounted(key: string): key is Counted {
  return key === 'state' || key === 'npa' || key === 'ratecenter';
}

/** How many offers of each state, area code and rate center there are. */
export class Tally {
  #total = 0;
  #states = new Map<string, number>();
  #npas = new Map<string, number>();
  /** By state and name: rate centers of several states have the same name. */
  #places = new Map<string, number>();

  get total(): number {
    return this.#total;
  }

  get rateCenters(): number {
    return this.#places.size;
  }

  add(offer: Offer): void {
    this.#change(offer, 1);
  }

  remove(offer: Offer): void {
    this.#change(offer, -1);
  }

  /** Offers with the value that a search asks for by this key. */
  count(key: Counted, { npa = '', state = '', rateCenter = '' }: OfferSearch): number {
    if (key === 'npa') return this.#npas.get(npa) ?? 0;
    if (key === 'state') return this.#states.get(state) ?? 0;
    if (state) return this.#places.get(placeOf(state, rateCenter)) ?? 0;
    const end = placeOf('', rateCenter);
    return [...this.#places].reduce((sum, [place, count]) => (place.slice(2) === end ? sum + count : sum), 0);
  }

  #change({ number, state, rateCenter }: Offer, by: 1 | -1): void {
    this.#total += by;
    change(this.#states, state, by);
    change(this.#npas, number.slice(1, 4), by);
    change(this.#places, placeOf(state, rateCenter), by);
  }
}

function change(counts: Map<string, number>, value: string, by: 1 | -1): void {
  const now = (counts.get(value) ?? 0) + by;
  if (now === 0) counts.delete(value);
  else counts.set(value, now);
}

const placeOf = (state: string, rateCenter: string) => `${state}\n${rateCenter.toUpperCase()}`;
