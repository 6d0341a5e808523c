import { failure } from '../contract/errors.ts';
import { problemOf, type Clause, type ParsedQuery } from '../contract/query.ts';
import type { NumberIndex } from './index/number-index.ts';

const lost = 'The pasted numbers are not kept any more.';
const again = 'Paste them once more.';

/** What the list answers about numbers that were pasted: sets of them, named in a query as `numbers:id`. */
export class SetStore {
  #index: NumberIndex;

  constructor(index: NumberIndex) {
    this.#index = index;
  }

  /** Keeps numbers (digits each) as one filter; `owned` is how many of them the list has. */
  keepNumbers(numbers: readonly string[]): { id: string; count: number; owned: number } {
    const id = this.#index.sets.keep(numbers);
    return { id, ...(this.#index.sets.countsOf(this.#index, id) ?? { count: 0, owned: 0 }) };
  }

  /** At most so many numbers of a set that the list does not have, ascending. Throws `not-found` for one that is not kept. */
  keptMissing(id: string, limit: number): string[] {
    const missing = this.#index.sets.missing(this.#index, id, limit);
    if (!missing) throw failure('not-found', lost, again);
    return missing;
  }

  /** All numbers of a set, ascending. Throws `not-found` for one that is not kept. */
  keptNumbers(id: string): string[] {
    const numbers = this.#index.sets.numbers(id);
    if (!numbers) throw failure('not-found', lost, again);
    return numbers;
  }

  /** Throws when a query names a set that is not kept any more: otherwise something could be done to other numbers. */
  mustHave(clauses: readonly Clause[]): void {
    if (this.#isLost(clauses)) throw failure('not-found', lost, again);
  }

  /** A query whose tokens say how many of pasted numbers are here. One that names a lost set finds nothing and says why. */
  known(parsed: ParsedQuery): ParsedQuery {
    const { tokens, clauses } = parsed;
    if (!clauses.some(({ field }) => field === 'numbers')) return parsed;
    const told = tokens.map((token) => {
      if (token.key !== 'numbers' || token.problem !== null) return token;
      const counts = this.#index.sets.countsOf(this.#index, token.value);
      if (!counts) return { ...token, problem: `${lost} ${again}` };
      const missing = counts.count - counts.owned;
      const many = `${counts.count.toLocaleString('en-US')} ${counts.count === 1 ? 'number' : 'numbers'}`;
      return {
        ...token,
        missing,
        note: missing > 0 ? `${many}, ${missing.toLocaleString('en-US')} not yours` : many,
      };
    });
    return { tokens: told, clauses: this.#isLost(clauses) ? [nothing] : clauses, problem: problemOf(told) };
  }

  #isLost(clauses: readonly Clause[]): boolean {
    return clauses.some(
      ({ field, values }) => field === 'numbers' && values.some((id) => !this.#index.sets.has(id)),
    );
  }
}

const nothing: Clause = { field: 'nothing', values: [], negated: false };
