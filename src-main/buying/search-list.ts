import type { Carrier } from '../carrier/carrier.ts';
import type { FindList } from '../contract/buying.ts';
import { isInNumberingPlan, readPhoneNumber } from '../contract/phone.ts';
import { sideBySide, type Found, type OfferSource } from './offer-source.ts';

/** Requests side by side; the pacing decides how many of them are really on their way. */
const askedAtOnce = 4;
/** Digits of a number up to the end of its exchange, the country's 1 included. */
const exchangeDigits = 7;

/** Numbers that begin with the same digits, at least with the same exchange, and are asked for with one request. */
type Part = { readonly prefix: string; readonly numbers: readonly string[] };

/**
 * Which of some numbers are for sale. Those of an exchange are asked for together, by the digits that all of them begin with. Where
 * more is for sale than one answer holds, those that were not in it are asked for again in parts, by the digits that follow.
 */
export class SearchList implements OfferSource {
  /** What has to be asked still, and how many numbers that is. */
  #parts = new Set<Part>();
  #open = 0;
  #counts: { readonly total: number; readonly owned: number; readonly foreign: number };
  /** What the carrier was asked about and has not for sale. */
  readonly #absent = new Set<string>();
  /** Whose offers came in a form that cannot be used, or may be among those. */
  readonly #unclear = new Set<string>();

  /** `numbers` are digits with the country's code, each once; `owned` are those that need not be asked about. */
  constructor(numbers: readonly string[], owned: ReadonlySet<string>) {
    const asked = numbers.filter((number) => isInNumberingPlan(number) && !owned.has(number));
    const foreign = numbers.filter((number) => !isInNumberingPlan(number)).length;
    this.#counts = { total: numbers.length, owned: numbers.length - asked.length - foreign, foreign };
    this.#put(partsOf(asked, exchangeDigits));
  }

  get list(): FindList {
    return { ...this.#counts, open: this.#open, absent: this.#absent.size, unclear: this.#unclear.size };
  }

  /** Those that are not for sale, as far as the carrier was asked, ascending. */
  get absent(): readonly string[] {
    return [...this.#absent].sort();
  }

  async run(carrier: Carrier, signal: AbortSignal, found: Found): Promise<void> {
    // What a round leaves over, parts of what was asked, is for the next one.
    while (this.#parts.size > 0 && !signal.aborted) {
      const waiting = [...this.#parts].reverse();
      await sideBySide(Math.min(askedAtOnce, waiting.length), signal, async (either) => {
        for (let part = waiting.pop(); part !== undefined && !either.aborted; part = waiting.pop())
          await this.#ask(part, carrier, either, found);
      });
    }
  }

  /** Asks about one part, which stays among those that are to be asked until the answer is here. */
  async #ask(part: Part, carrier: Carrier, signal: AbortSignal, found: Found): Promise<void> {
    const { prefix, numbers } = part;
    const answer = await carrier.searchAvailable({
      npa: prefix.slice(1, 4),
      nxx: prefix.slice(4, exchangeDigits),
      ...(prefix.length > exchangeDigits && { contains: prefix }),
      ...{ cursor: null, limit: carrier.features.maxPage, signal, soon: true },
    });
    const offered = new Map(answer.items.map((offer) => [offer.number as string, offer]));
    const here = numbers.flatMap((number) => offered.get(number) ?? []);
    const unread = new Set<string>(answer.odd.map(({ name }) => readPhoneNumber(name) ?? ''));
    const rest = numbers.filter((number) => !offered.has(number) && !unread.has(number));
    // A whole number has no other behind it.
    const whole = answer.next === null || prefix.length >= 11;
    this.#parts.delete(part);
    this.#open -= numbers.length;
    for (const number of numbers) if (!offered.has(number) && unread.has(number)) this.#unclear.add(number);
    // An offer that does not even tell its number may be that of any of them.
    const missing = unread.has('') ? this.#unclear : this.#absent;
    if (whole) for (const number of rest) missing.add(number);
    else this.#put(partsOf(rest, prefix.length + 1));
    found(here, answer.odd);
  }

  #put(parts: readonly Part[]): void {
    for (const part of parts) {
      this.#parts.add(part);
      this.#open += part.numbers.length;
    }
  }
}

/** Numbers by their first `digits`; each part with as many digits as all of its numbers begin with. Ascending. */
function partsOf(numbers: readonly string[], digits: number): Part[] {
  const groups = Map.groupBy([...numbers].sort(), (number) => number.slice(0, digits));
  return [...groups.values()].map((group) => ({
    prefix: sharedStart(group[0] ?? '', group.at(-1) ?? ''),
    numbers: group,
  }));
}

/** What both texts begin with. The first and the last of sorted texts begin with what all of them begin with. */
function sharedStart(first: string, last: string): string {
  let end = 0;
  while (end < first.length && first[end] === last[end]) end += 1;
  return first.slice(0, end);
}
