import { Failure } from '../../../contract/errors.ts';
import type { OddRecord } from '../../../contract/model.ts';
import type { Pace, RequestClass } from '../../../contract/pace.ts';
import { paceOf } from './pace-of.ts';
import { Requester, unknownOutcome, type RequesterOptions } from './requester.ts';
import type { HttpAnswer, HttpRequest } from './send.ts';

export type AskingOptions = RequesterOptions & {
  /** Unix milliseconds; for tests. */
  readonly now?: () => number;
  /** Told when the keys are refused, checked by a second read, and when an answer shows that they are good again. */
  readonly onKeys?: (accepted: boolean) => void;
  /** Told with each good answer that says its time: by how many milliseconds this computer's clock is ahead of it. */
  readonly onClock?: (skewMs: number) => void;
};

/** How one version of the API writes requests and says no. */
export type Form = {
  /** A request made anew for each attempt. */
  request(
    method: HttpRequest['method'],
    pathAndQuery: string,
    body?: string,
  ): Omit<HttpRequest, 'signal' | 'timeoutMs'>;
  /** What answered in the place of the carrier; null for an answer in the form of this version. */
  foreign(answer: HttpAnswer, asked: 'read' | 'write'): Failure | null;
  /** Asks for something that every account has. */
  prove(signal: AbortSignal | undefined): Promise<unknown>;
};

export type Read = {
  readonly method?: HttpRequest['method'];
  readonly path: string;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** The class of endpoints that it is paced with; '' for all those that have none. */
  readonly endpoint?: string;
  /** Attempts in all, where fewer than usual are wanted. */
  readonly attempts?: number;
  /** Nobody waits for it: it yields to all others, takes half of the rate at most, and is asked once unless `attempts` says more or the
   * carrier had too much to do. */
  readonly background?: boolean | undefined;
  /** Somebody waits at a screen: it rejects instead of waiting for a long pause that the carrier asks for. */
  readonly soon?: boolean | undefined;
};

export type Write = {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  readonly endpoint?: string;
  readonly soon?: boolean | undefined;
  /** The codes that say yes. */
  readonly done: readonly number[];
  /** A refusal in the form of this version; null for an accepted answer. */
  readonly refuse: (answer: HttpAnswer) => Failure | null;
};

/** A 404 counts when another read was answered in shape within this time of it. */
const sameMinuteMs = 60_000;
/** How long the check of keys after a refused write may take. */
const checkKeysMs = 10_000;
/** Odd records that are told apart when they are counted. */
const mostOdd = 10_000;

/** What asking the carrier has in common whatever the version of its API: whose word an answer is, and whether the keys are good. */
export class Asking {
  #requester: Requester;
  #form: Form;
  #now: () => number;
  #onKeys: (accepted: boolean) => void;
  #onClock: (skewMs: number) => void;
  #keysRefused = false;
  /** When a read was last answered in shape, with something in it (Unix milliseconds). */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #odd = new Map<string, OddRecord['what']>();

  constructor(options: AskingOptions, form: Form) {
    this.#form = form;
    this.#now = options.now ?? Date.now;
    this.#onKeys = options.onKeys ?? (() => undefined);
    this.#onClock = options.onClock ?? (() => undefined);
    this.#requester = new Requester(options);
  }

  /** `parse` gets answers in the form of this version, refusals among them, which it throws. */
  async read<T extends object>(read: Read, parse: (answer: HttpAnswer) => T): Promise<T> {
    const { method = 'GET', path, body, signal, endpoint, attempts, background, soon } = read;
    const interpret = (answer: HttpAnswer) => {
      const foreign = this.#form.foreign(answer, 'read');
      if (foreign) throw foreign;
      const found = parse(answer);
      this.#sawTime(answer);
      // An empty list has too little shape to show that the carrier itself answered.
      if (!('items' in found) || (found.items as unknown[]).length > 0) this.answered();
      return found;
    };
    try {
      const make = () => this.#form.request(method, path, body);
      return await this.#requester.read(make, interpret, signal, {
        ...{ endpoint, attempts, background, soon },
      });
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'wrong-keys') this.#refusedKeys();
      throw thrown;
    }
  }

  /**
   * A write is done when the carrier says so with one of the documented codes and an empty body or JSON. What else may mean
   * yes is no clear yes here: like every answer that is not the carrier's, it rejects with `outcome-unknown` and is looked up, so
   * that nothing is claimed or sent again on a guess.
   */
  async write({ method, path, body, signal, endpoint, soon, done, refuse }: Write): Promise<HttpAnswer> {
    const make = () => this.#form.request(method, path, body);
    const answer = await this.#requester.write(make, signal, { endpoint, soon });
    const other = this.#form.foreign(answer, 'write');
    if (other) throw unknownOutcome(other.error.message);
    const refusal = refuse(answer);
    if (!refusal) {
      if (!done.includes(answer.status))
        throw unknownOutcome(
          `The carrier answered with code ${answer.status}, which it does not use for this.`,
        );
      if (!isEmptyOrJson(answer.body)) throw unknownOutcome('The answer of the carrier came in part only.');
      this.#acceptedKeys();
      this.#sawTime(answer);
      return answer;
    }
    // A yes and a no in one answer, or no answer to the question: whether the change was made has to be looked up.
    if (answer.status < 300 || answer.status >= 500) throw unknownOutcome(refusal.error.message);
    // It speaks as the carrier does, and is in its place: nobody knows what it did.
    if (refusal.code === 'foreign-answer') throw unknownOutcome(refusal.error.message);
    if (answer.status === 401) await this.#checkKeys();
    throw refusal;
  }

  /** Counts records that cannot be used. */
  noteOdd(records: readonly OddRecord[]): void {
    for (const { what, name } of records)
      if (this.#odd.size < mostOdd) this.#odd.set(`${what} ${name}`, what);
  }

  oddRecords(): Partial<Record<OddRecord['what'], number>> {
    const counts: Partial<Record<OddRecord['what'], number>> = {};
    for (const what of this.#odd.values()) counts[what] = (counts[what] ?? 0) + 1;
    return counts;
  }

  /**
   * Resolves when a read was answered in shape within the same minute, before or after; asks for what every account has when none
   * was. Rejects with what kept that from being answered: then a 404 says nothing.
   */
  async confirmAnswering(signal: AbortSignal | undefined): Promise<void> {
    if (Math.abs(this.#now() - this.#answeredAt) <= sameMinuteMs) return;
    await this.#form.prove(signal);
  }

  /** The carrier itself has answered. */
  answered(): void {
    this.#answeredAt = this.#now();
    this.#acceptedKeys();
  }

  /** Resolves when a read of this class that nobody waits for would leave at once. */
  whenFree(endpoint: string, signal?: AbortSignal): Promise<void> {
    return this.#requester.whenFree(endpoint, signal);
  }

  /** At most so many requests a second, of all classes together; null for as many as the carrier takes. */
  limit(perSecond: number | null): void {
    this.#requester.limit(perSecond);
  }

  /** How fast the carrier is asked now; `classOf` says what an endpoint is counted as. */
  pace(classOf: (endpoint: string) => RequestClass): Pace {
    return paceOf(this.#requester.pace(), classOf, this.#requester.atMost);
  }

  close(): void {
    this.#requester.close();
  }

  #sawTime({ date }: HttpAnswer): void {
    if (date !== null) this.#onClock(this.#now() - date);
  }

  #acceptedKeys(): void {
    if (!this.#keysRefused) return;
    this.#keysRefused = false;
    this.#onKeys(true);
  }

  #refusedKeys(): void {
    if (this.#keysRefused) return;
    this.#keysRefused = true;
    this.#onKeys(false);
  }

  /**
   * After a write that got a 401: returns when a read gets one too. Rejects with `outcome-unknown` when the keys are good after all
   * or nothing can be told; the write is not sent again either way.
   */
  async #checkKeys(): Promise<void> {
    const signal = AbortSignal.timeout(checkKeysMs);
    const found = await this.#form.prove(signal).then(
      () => null,
      (thrown: unknown) => (thrown instanceof Failure ? thrown.code : null),
    );
    if (found === 'wrong-keys' || found === 'wrong-clock') return;
    throw unknownOutcome('The carrier did not accept the keys, and then did not say so again.');
  }
}

function isEmptyOrJson(body: string): boolean {
  try {
    return body.trim() === '' || JSON.parse(body) !== undefined;
  } catch {
    return false;
  }
}
