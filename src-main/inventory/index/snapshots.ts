import { failure } from '../../contract/errors.ts';
import { newId } from '../../platform/ids.ts';
import { numberOfKey } from './number-key.ts';

/** So many are kept: a million numbers are 8 MB. */
const most = 3;

/** What queries matched at one moment, for reading it page by page while the list goes on changing. */
export class Snapshots {
  #kept = new Map<number, Float64Array>();

  /** Keeps numbers, by their keys, and returns the id of the snapshot; the oldest of too many is dropped. */
  add(numbers: Float64Array): number {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= most && oldest !== undefined) this.#kept.delete(oldest);
    // Ids are random: a page that is asked for after a change of accounts must not be taken from the other account's list.
    const id = newId();
    this.#kept.set(id, numbers);
    return id;
  }

  /** Throws `not-found` for a snapshot that was read to its end or dropped. */
  page(id: number, offset: number, limit: number) {
    const all = this.#kept.get(id);
    if (!all) throw failure('not-found', 'The list that was being read is not kept any more.', 'Try again.');
    const isLast = offset + limit >= all.length;
    if (isLast) this.#kept.delete(id);
    const numbers = Array.from(all.subarray(offset, offset + limit), numberOfKey);
    return { total: all.length, numbers, snapshot: isLast ? null : id };
  }
}
