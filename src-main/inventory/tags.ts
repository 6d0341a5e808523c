import type { Journal } from '../journal/open.ts';
import type { Inputs, Outputs } from '../contract/contract.ts';
import { failure } from '../contract/errors.ts';
import type { TagsChanged, TagUse } from '../contract/tags.ts';
import { formatCount, numbersOf } from '../contract/words.ts';
import type { Inventory } from './inventory.ts';
import { refuseProblem } from './index/refuse-query.ts';
import type { TagChange, TagStep } from './tag-store.ts';

/** So many numbers get or lose a tag at once. */
const most = 100_000;
/** So many changes can be taken back. */
const keptChanges = 5;

/** A person's own words on numbers: kept in the journal, answered from the list. */
export class Tags {
  #journal: Journal;
  #inventory: Inventory;
  /** The last changes, to be taken back. */
  #undoable = new Map<number, readonly TagStep[]>();
  #changes = 0;

  constructor(journal: Journal, inventory: Inventory) {
    this.#journal = journal;
    this.#inventory = inventory;
  }

  /** Puts the kept tags on the list. */
  async load(): Promise<void> {
    await this.#inventory.tag(await this.#journal.tags.tags());
  }

  names(): Promise<TagUse[]> {
    return this.#journal.tags.tagNames();
  }

  /** Rejects with `invalid-input` for a query that is not understood, or that matches too many numbers. */
  async change({ source, add, remove }: Inputs['tags.change']): Promise<TagsChanged> {
    const numbers = source.kind === 'numbers' ? source.numbers : await this.#matching(source.text);
    return this.#done(await this.#journal.tags.changeTags(numbers, add, remove));
  }

  /** Several changes, all or none of them, which are taken back together. */
  async changeSeveral({ changes }: Inputs['tags.changeSeveral']): Promise<TagsChanged> {
    return this.#done(await this.#journal.tags.changeSeveralTags(changes));
  }

  async #done({ tagged, steps, created }: TagChange): Promise<TagsChanged> {
    await this.#inventory.tag(tagged);
    const undo = ++this.#changes;
    this.#undoable.set(undo, steps);
    const [oldest] = this.#undoable.keys();
    if (this.#undoable.size > keptChanges && oldest !== undefined) this.#undoable.delete(oldest);
    return { numbers: steps.length, created, undo };
  }

  /** Takes one of the last changes back, once. Rejects with `not-found` for another one. */
  async undo(id: number): Promise<Outputs['tags.undo']> {
    const steps = this.#undoable.get(id);
    if (!steps)
      throw failure(
        'not-found',
        'This change of tags is not kept any more.',
        'Change the tags of the numbers by hand.',
      );
    this.#undoable.delete(id);
    const { tagged, steps: back } = await this.#journal.tags.restoreTags(steps);
    await this.#inventory.tag(tagged);
    return { numbers: back.length };
  }

  async #matching(text: string): Promise<string[]> {
    refuseProblem(text);
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
