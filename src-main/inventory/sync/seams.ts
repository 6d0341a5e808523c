import type { Slice } from '../../carrier/carrier.ts';
import { keysOf } from '../../carrier/paging.ts';
import { failure } from '../../contract/errors.ts';
import type { ListedNumber } from '../../contract/model.ts';

/** Times that the two parts at a seam are read again. */
const mostTries = 8;

/**
 * The seams between the parts of a list whose neighbours have a record in common. When a number comes or goes while the list is
 * read, everything behind it moves: two parts that share no record may have one between them that neither has. Then the part
 * before the seam is read again, and if that does not help the part behind it, until they share one. Each number is given to be stored with one of the
 * parts that have it.
 */
export class Seams {
  /** What is in the parts that a seam is still open of. */
  #keys = new Map<number, ReadonlySet<string>>();
  /** Parts that an earlier reading has stored: what is in them is not known. */
  #stored: Set<number>;
  /** Seams that were found closed, by the part before them. */
  #closed = new Set<number>();
  #tries = new Map<number, number>();
  /** Parts that are being read again. */
  #asked = new Set<number>();

  constructor(stored: readonly number[]) {
    this.#stored = new Set(stored);
    // That reading has looked at the seams between its own parts.
    for (const part of stored) if (this.#stored.has(part + 1)) this.#closed.add(part);
  }

  /** A part has come. Returns its numbers without those that a neighbour has. `last` is the last part, as far as that is known. */
  came(part: number, slice: Slice<ListedNumber>, last: number): readonly ListedNumber[] {
    this.#stored.delete(part);
    this.#asked.delete(part);
    const [before, behind] = [this.#keys.get(part - 1), this.#keys.get(part + 1)];
    this.#keys.set(part, new Set(keysOf(slice, (item) => item.number)));
    for (const seam of [part - 1, part]) this.#look(seam);
    for (const one of [part - 1, part, part + 1]) this.#forget(one, last);
    return slice.items.filter(({ number }) => !before?.has(number) && !behind?.has(number));
  }

  /**
   * The next part that has to be read again, once it was read before; undefined when there is none for now. Throws
   * `malformed-answer` when reading again does not help.
   */
  again(last: number): number | undefined {
    for (const part of this.#keys.keys()) {
      for (const seam of [part - 1, part]) {
        const wanted = this.#wantedFor(seam, last);
        if (wanted === null) continue;
        const tries = (this.#tries.get(seam) ?? 0) + 1;
        if (tries > mostTries) throw movesTooMuch();
        this.#tries.set(seam, tries);
        this.#asked.add(wanted);
        return wanted;
      }
    }
    return undefined;
  }

  /** Which part would tell more of a seam; null when it is closed, or one of its parts is still to come. */
  #wantedFor(seam: number, last: number): number | null {
    if (seam < 1 || seam >= last || this.#closed.has(seam)) return null;
    if (this.#asked.has(seam) || this.#asked.has(seam + 1)) return null;
    const known = (part: number) => this.#keys.has(part);
    if (known(seam) && known(seam + 1)) return (this.#tries.get(seam) ?? 0) % 2 === 0 ? seam : seam + 1;
    if (this.#stored.has(seam)) return seam;
    return this.#stored.has(seam + 1) ? seam + 1 : null;
  }

  #look(seam: number): void {
    const [before, behind] = [this.#keys.get(seam), this.#keys.get(seam + 1)];
    if (!before || !behind) return;
    if ([...behind].some((key) => before.has(key))) this.#closed.add(seam);
  }

  /** What is in a part is not needed any more when both of its seams are closed. */
  #forget(part: number, last: number): void {
    const closed = (seam: number) => seam < 1 || seam >= last || this.#closed.has(seam);
    if (closed(part - 1) && closed(part)) this.#keys.delete(part);
  }
}

function movesTooMuch() {
  return failure(
    'malformed-answer',
    "The carrier's list changes faster than it can be read.",
    'It is read again later.',
    { retryable: true },
  );
}
