import type { Cost, Offer, OfferColumn } from '../contract/buying.ts';
import type { AvailableNumber } from '../contract/model.ts';
import { comparesBy, sortsOf, type Sorting } from '../contract/sorting.ts';
import { blocksOf, findPattern, type Mark, type PatternName } from '../contract/patterns.ts';
import { Tally } from './tally.ts';

export type OffersQuestion = {
  readonly sort: Sorting<OfferColumn>;
  readonly pattern: PatternName | null;
  readonly blockSize: number;
};
export type FoundOffer = { readonly offer: Offer; readonly mark: Mark | null };
/** A row of what was found: an offer, or the head of a block with all of its numbers. */
export type OfferLine = FoundOffer & { readonly block?: readonly Offer[] };

/** The offers of one search, as they come. Questions are answered over what is loaded; the last answer is kept. */
export class Offers {
  readonly tally = new Tally();
  #byNumber = new Map<string, Offer>();
  #kept: { key: string; found: FoundOffer[] } | null = null;
  #grouped: { key: string; lines: OfferLine[]; blocks: number } | null = null;
  /** Of the answers that are kept. */
  #costs = new WeakMap<readonly OfferLine[], Cost>();

  get count(): number {
    return this.#byNumber.size;
  }

  /** Pages of a moving list overlap: a number counts once, as it was told last. */
  add(offers: readonly Offer[]): void {
    for (const offer of offers) {
      const before = this.#byNumber.get(offer.number);
      if (before) this.tally.remove(before);
      this.tally.add(offer);
      this.#byNumber.set(offer.number, offer);
    }
    this.#kept = null;
    this.#grouped = null;
  }

  get(number: string): Offer | undefined {
    return this.#byNumber.get(number);
  }

  ask({ sort, pattern, blockSize }: OffersQuestion): readonly FoundOffer[] {
    const key = `${keyOf(sort)} ${pattern} ${blockSize}`;
    if (this.#kept?.key === key) return this.#kept.found;
    const found = pattern === 'block' ? this.#blocks(blockSize) : this.#matching(pattern);
    const compare = comparesBy(sort, (offer: Offer, column) => offer[column]);
    found.sort(({ offer: a }, { offer: b }) => compare(a, b) || (a.number < b.number ? -1 : 1));
    this.#kept = { key, found };
    return found;
  }

  /**
   * Numbers in a row, at least `least`, each row of them after a head. The order is that of the heads: a block has the rate center
   * of its first number, and costs what all of it costs.
   */
  grouped({ sort, blockSize }: OffersQuestion): {
    readonly lines: readonly OfferLine[];
    readonly blocks: number;
  } {
    const key = `${keyOf(sort)} ${blockSize}`;
    if (this.#grouped?.key === key) return this.#grouped;
    const columns = sortsOf(sort).map(({ column }) => column);
    const blocks = this.#rows(blockSize).map((block) => ({
      block,
      by: new Map(columns.map((column) => [column, sumOrText(block, column)])),
    }));
    type Block = (typeof blocks)[number];
    // Those that are equal stay in the order of their numbers.
    blocks.sort(comparesBy(sort, ({ by }: Block, column) => by.get(column) ?? ''));
    const lines = blocks.flatMap(({ block }): OfferLine[] => {
      const [offer] = block;
      if (!offer) return [];
      return [{ offer, mark: null, block }, ...block.map((one) => ({ offer: one, mark: blockMark }))];
    });
    this.#grouped = { key, lines, blocks: blocks.length };
    return this.#grouped;
  }

  /** What the numbers of an answer cost together: it is added up once for each answer. */
  costOf(lines: readonly OfferLine[]): Cost {
    const known = this.#costs.get(lines);
    if (known) return known;
    let [setup, monthly] = [0, 0];
    for (const { offer, block } of lines) {
      // The head of a block stands for numbers that follow it.
      if (block) continue;
      setup += offer.setup;
      monthly += offer.monthly;
    }
    const cost = { setup, monthly };
    this.#costs.set(lines, cost);
    return cost;
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
    return this.#rows(least).flatMap((block) => block.map((offer) => ({ offer, mark: blockMark })));
  }

  /** The offers of each row of at least `least` numbers. */
  #rows(least: number): Offer[][] {
    const sorted = [...this.#byNumber.keys()].sort();
    return blocksOf(sorted, least).map(([first, end]) =>
      sorted.slice(first, end).flatMap((number) => this.#byNumber.get(number) ?? []),
    );
  }
}

function keyOf(sort: Sorting<OfferColumn>): string {
  return sortsOf(sort)
    .map(({ column, direction }) => `${column} ${direction}`)
    .join();
}

/** The last four digits: where numbers in a row differ. */
const blockMark = [7, 11] as const;

function sumOrText(block: readonly Offer[], column: OfferColumn): string | number {
  if (column === 'setup' || column === 'monthly') return block.reduce((sum, one) => sum + one[column], 0);
  return block[0]?.[column] ?? '';
}

/** A number for sale as the screens have it: money as cents. */
export function toOffer(found: AvailableNumber): Offer {
  const { number, rateCenter, state, setupCost, monthlyCost, billingMethods } = found;
  return { number, rateCenter, state, setup: setupCost.cents, monthly: monthlyCost.cents, billingMethods };
}
