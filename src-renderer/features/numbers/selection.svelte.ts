import { SvelteSet } from 'svelte/reactivity';
import type { Client } from '#main/contract/client.ts';
import type { Sort } from '#main/contract/numbers.ts';
import { amongQuery, matchingPages } from '../../lib/matching.ts';
import { without } from '../../lib/without.ts';

const mostSelected = 100_000;
/** What a verb acts on, `outside` counting those that the filter hides; or why it acts on nothing. */
export type Chosen =
  { readonly numbers: readonly string[]; readonly outside: number } | { readonly refused: string };
/** Why numbers could not be selected, and how to try again. */
export type SelectTrouble = { readonly text: string; readonly again: () => void };
/** The list the selection is made in. */
export type SelectableList = {
  /** The query of what is shown. */
  readonly query: { readonly text: string; readonly sort: Sort };
  /** Why nothing can be done by the query that is typed; null for one that is understood. */
  readonly refusal: string | null;
  /** Another number for each query or order. */
  readonly generation: number;
  /** Resolves once what is asked for is shown. */
  answered(): Promise<void>;
};

/**
 * The selected numbers of a list. What is selected is selected whole or not at all; what the filter hides afterwards stays
 * selected and is known as `outside`.
 */
export class Selection {
  readonly numbers = new SvelteSet<string>();
  /** Those of the selected numbers that the filter hides; null while that is not known. */
  outside = $state.raw<readonly string[] | null>([]);
  /** The last selecting that failed: nothing of it was selected. */
  trouble = $state.raw<SelectTrouble | null>(null);
  #client: Client;
  #list: SelectableList;
  /** The selecting on its way: resolves with whether it selected what was asked for. */
  #selecting: Promise<boolean> | null = null;
  /** Counts comparisons with the query; `#comparing` is the newest. */
  #comparisons = 0;
  #comparing: Promise<void> = Promise.resolve();

  constructor(client: Client, list: SelectableList) {
    this.#client = client;
    this.#list = list;
  }

  toggle(number: string): void {
    if (this.numbers.delete(number)) this.#inside([number]);
    else this.numbers.add(number);
  }

  clear(): void {
    this.numbers.clear();
    this.outside = [];
    this.#comparisons += 1;
    this.#comparing = Promise.resolve();
    this.trouble = null;
  }

  /** Takes those out of the selection that the filter hides, or these of them. */
  drop(dropped: readonly string[] = this.outside ?? []): void {
    for (const number of dropped) this.numbers.delete(number);
    this.#inside(dropped);
  }

  /** Another query was asked: which of the selected numbers it hides is not known before its answer. */
  forgetOutside(): void {
    this.trouble = null;
    if (this.numbers.size > 0) this.outside = null;
  }

  /**
   * Selects the numbers in [from, end), one selecting after the other; resolves with what to say about too many. `told` is told which
   * they are, once they are selected.
   */
  async select(
    places: () => readonly [from: number, end: number],
    told: (numbers: readonly string[]) => void = () => undefined,
  ): Promise<string> {
    let note = '';
    const before = this.#selecting ?? Promise.resolve(true);
    const mine: Promise<boolean> = before.then(async () => {
      await this.#list.answered();
      const left = await this.#selectPlaces(...places(), told);
      if (typeof left === 'string') {
        this.trouble = { text: left, again: () => void this.select(places, told) };
        return false;
      }
      this.trouble = null;
      const count = mostSelected.toLocaleString('en-US');
      if (left > 0) note = `The first ${count} were selected; ${left.toLocaleString('en-US')} more match.`;
      return true;
    });
    this.#selecting = mine;
    await mine;
    if (this.#selecting === mine) this.#selecting = null;
    return note;
  }

  /**
   * Selects all of these places or none: nothing before every page of them is here. Resolves with how many were too many,
   * or with why there are none.
   */
  async #selectPlaces(
    from: number,
    end: number,
    told: (numbers: readonly string[]) => void,
  ): Promise<number | string> {
    if (this.#list.refusal !== null) return this.#list.refusal;
    const { generation, query } = this.#list;
    const found: string[] = [];
    let total = 0;
    for await (const page of matchingPages(this.#client, query, from, Math.min(end, from + mostSelected))) {
      if (!page.ok)
        return `Nothing was selected: not all of the numbers could be read. ${page.error.message}`;
      if (generation !== this.#list.generation)
        return 'Nothing was selected: the filter or the order was changed.';
      for (const number of page.value.numbers) found.push(number);
      total = page.value.total;
    }
    for (const number of found) this.numbers.add(number);
    this.#inside(found);
    told(found);
    return Math.max(0, Math.min(end, total) - from - mostSelected);
  }

  /** The selection for a verb, once what was just added to it is there; null when nothing is selected. */
  async chosen(): Promise<Chosen | null> {
    const selected = await (this.#selecting ?? true);
    // The selecting failed: acting on anything else would not be what was meant.
    if (!selected) return { refused: this.trouble?.text ?? 'Nothing was selected.' };
    if (this.numbers.size === 0) return null;
    await this.#list.answered();
    await this.compare();
    const { outside } = this;
    return outside === null
      ? { refused: 'It cannot be told which of the selected numbers the filter hides. Try again.' }
      : { numbers: [...this.numbers], outside: outside.length };
  }

  /** Finds out which of the selected numbers the filter hides. */
  compare(): Promise<void> {
    this.#comparing = this.#compare();
    return this.#comparing;
  }

  async #compare(): Promise<void> {
    const mine = ++this.#comparisons;
    const numbers = [...this.numbers];
    const { text } = this.#list.query;
    const inside = await amongQuery(this.#client, text, numbers, () => mine === this.#comparisons);
    // A newer comparison is on its way: whoever waits, waits for that one.
    if (mine !== this.#comparisons) return this.#comparing;
    const here = numbers.filter((number) => this.numbers.has(number));
    this.outside = inside && without(here, inside);
  }

  /** These numbers are not among the hidden ones any more: they were just seen, or dropped from the selection. */
  #inside(numbers: readonly string[]): void {
    if (this.outside?.length) this.outside = without(this.outside, numbers);
  }
}
