import type { Inputs, Outputs } from '../contract/contract.ts';
import { failure } from '../contract/errors.ts';
import { parseQuery } from '../contract/query.ts';
import type { TagUse } from '../contract/views.ts';
import { formatCount, numbersOf } from '../contract/words.ts';
import type { StoreClient } from '../storage/client.ts';
import type { Inventory } from './inventory.ts';

/** So many numbers get or lose a tag at once. */
const most = 100_000;

/** A person's own words on numbers: kept in the journal, answered from the list. */
export class Tags {
  #journal: StoreClient<'journal'>;
  #inventory: Inventory;

  constructor(journal: StoreClient<'journal'>, inventory: Inventory) {
    this.#journal = journal;
    this.#inventory = inventory;
  }

  /** Puts the kept tags on the list. */
  async load(): Promise<void> {
    await this.#inventory.tag(await this.#journal.call('tags'));
  }

  names(): Promise<TagUse[]> {
    return this.#journal.call('tagNames');
  }

  /** Rejects with `invalid-input` for a query that is not understood, or that matches too many numbers. */
  async change({ source, add, remove }: Inputs['tags.change']): Promise<Outputs['tags.change']> {
    const numbers = source.kind === 'numbers' ? source.numbers : await this.#matching(source.text);
    const changed = await this.#journal.call('changeTags', numbers, add, remove);
    await this.#inventory.tag(changed);
    return { numbers: changed.length };
  }

  async #matching(text: string): Promise<string[]> {
    const wrong = parseQuery(text).tokens.find((token) => token.problem !== null);
    if (wrong) throw failure('invalid-input', wrong.problem ?? '', 'Correct the query.');
    const sort = { column: 'number', direction: 'asc' } as const;
    const { total, numbers } = await this.#inventory.matching({ text, sort, limit: most });
    if (total > most) {
      throw failure(
        'invalid-input',
        `That matches ${numbersOf(total)}: ${formatCount(most)} at most at once.`,
        'Narrow the query.',
      );
    }
    return numbers;
  }
}
