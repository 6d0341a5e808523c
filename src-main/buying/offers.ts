import type { Offer, OfferColumn } from '../contract/buying.ts';
import type { AvailableNumber } from '../contract/model.ts';
import { findBlocks, findPattern, type Mark, type PatternName } from '../contract/patterns.ts';

export type OffersQuestion = {
  readonly sort: { readonly column: OfferColumn; readonly direction: 'asc' | 'desc' };
  readonly pattern: PatternName | null;
  readonly blockSize: number;
};
export type FoundOffer = { readonly offer: Offer; readonly mark: Mark | null };

/** The offers of one search, as they come. Questions are answered over what is loaded; the last answer is kept. */
export class Offers {
  #byNumber = new Map<string, Offer>();
  #kept: { key: string; found: FoundOffer[] } | null = null;

  get count(): number {
    return this.#byNumber.size;
  }

  /** Pages of a moving list overlap: a number counts once, as it was told last. */
  add(offers: readonly Offer[]): void {
    for (const offer of offers) this.#byNumber.set(offer.number, offer);
    this.#kept = null;
  }

  get(number: string): Offer | undefined {
    return this.#byNumber.get(number);
  }

  ask({ sort, pattern, blockSize }: OffersQuestion): readonly FoundOffer[] {
    const key = `${sort.column} ${sort.direction} ${pattern} ${blockSize}`;
    if (this.#kept?.key === key) return this.#kept.found;
    const found = pattern === 'block' ? this.#blocks(blockSize) : this.#matching(pattern);
    const sign = sort.direction === 'asc' ? 1 : -1;
    const { column } = sort;
    found.sort(({ offer: a }, { offer: b }) => {
      const order = a[column] < b[column] ? -1 : a[column] > b[column] ? 1 : 0;
      return order * sign || (a.number < b.number ? -1 : 1);
    });
    this.#kept = { key, found };
    return found;
  }

  #matching(pattern: Exclude<PatternName, 'block'> | null): FoundOffer[] {
    const found: FoundOffer[] = [];
    for (const offer of this.#byNumber.values()) {
      if (pattern === null) found.push({ offer, mark: null });
      else {
        const mark = findPattern(offer.number, pattern);
        if (mark) found.push({ offer, mark });
      }
    }
    return found;
  }

  #blocks(least: number): FoundOffer[] {
    const sorted = [...this.#byNumber.keys()].sort();
    const marks = findBlocks(sorted, least);
    return sorted.flatMap((number, place) => {
      const offer = marks[place] === 1 ? this.#byNumber.get(number) : undefined;
      return offer ? [{ offer, mark: [7, 11] as const }] : [];
    });
  }
}

/** A number for sale as the screens have it: money as cents. */
export function toOffer(found: AvailableNumber): Offer {
  const { number, rateCenter, state, setupCost, monthlyCost, billingMethods } = found;
  return { number, rateCenter, state, setup: setupCost.cents, monthly: monthlyCost.cents, billingMethods };
}
