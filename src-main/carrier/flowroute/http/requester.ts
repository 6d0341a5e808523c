import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, failure } from '../../../contract/errors.ts';
import type { Network } from './network.ts';
import { cancelled } from '../../../platform/cancel.ts';
import { Budget } from './budget.ts';
import {
  AskedToWait,
  mostPauseMs,
  Pacing,
  pacingNow,
  type PacingOptions,
  type PacingView,
  type Priority,
} from './pacing.ts';
import { HttpSender, type HttpAnswer, type HttpRequest } from './send.ts';

export type RequesterOptions = {
  readonly pacing?: PacingOptions;
  /** Shared by all who ask the carrier for one account. */
  readonly budget?: Budget;
  /** Milliseconds for one exchange. */
  readonly timeoutMs?: number;
  /** Attempts of a read in all. Writes always have one. */
  readonly attempts?: number;
  /** The first pause between attempts in milliseconds; it doubles, with jitter. */
  readonly backoffMs?: number;
  /** The least pause of everybody after a 429 that names none, in milliseconds; it doubles with each attempt, up to 30 seconds. */
  readonly tooManyMs?: number;
  /** Proxies and certificate authorities; addresses are reached directly without it. */
  readonly network?: Network;
  /** Milliseconds until a request made anew carries another time than the one before: a signature has whole seconds. */
  readonly nextStampMs?: number;
};

const mostPatienceMs = 30_000;
/** What nobody waits for is asked again so often where the carrier had too much to do: it did nothing then. */
const attemptsBehind = 4;

/** A request made anew for each attempt: a signature carries its own time. */
export type RequestMaker = () => Omit<HttpRequest, 'signal' | 'timeoutMs'>;

/** How a read is asked: its class of endpoints, how often at most, and whether nobody waits for it. */
type Asked = {
  readonly endpoint?: string | undefined;
  readonly attempts?: number | undefined;
  readonly background?: boolean | undefined;
  /** See `Pacing.run`. */
  readonly soon?: boolean | undefined;
};

/**
 * Sends requests within the pacing of their class of endpoints, of which there is one unless classes are named. Reads are tried again on a broken connection, a time-out, 429 and 5xx. Writes are
 * sent once: when their outcome is not a clear yes or no, they reject with `outcome-unknown`.
 */
export class Requester {
  #sender: HttpSender;
  #pacings = new Map<string, Pacing>();
  #pacingOptions: PacingOptions | undefined;
  #budget: Budget;
  #timeoutMs: number;
  #attempts: number;
  #backoffMs: number;
  #nextStampMs: number;
  #tooManyMs: number;

  constructor(options: RequesterOptions = {}) {
    this.#sender = new HttpSender(options.network);
    this.#pacingOptions = options.pacing;
    this.#budget = options.budget ?? new Budget();
    this.#timeoutMs = options.timeoutMs ?? 30_000;
    this.#attempts = options.attempts ?? 5;
    this.#backoffMs = options.backoffMs ?? 300;
    this.#tooManyMs = options.tooManyMs ?? 0;
    this.#nextStampMs = options.nextStampMs ?? 1_000;
  }

  /**
   * `interpret` turns an answer into a value; a retryable failure it throws is a reason to ask again. A refusal of keys or
   * of their time counts when it came twice, the second time with a fresh time stamp.
   */
  async read<T>(
    make: RequestMaker,
    interpret: (answer: HttpAnswer) => T,
    signal?: AbortSignal,
    how: Asked = {},
  ): Promise<T> {
    const pacing = this.#pacing(how.endpoint);
    // What runs in the background is not worth asking again at once: whoever asked decides when.
    const attempts = how.attempts ?? (how.background ? 1 : this.#attempts);
    const priority = how.background ? 'background' : 'usual';
    let refused = false;
    for (let attempt = 1; ; attempt += 1) {
      let wait = this.#backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random());
      let most = attempts;
      try {
        const exchange = () => this.#exchange(make(), pacing, priority, signal);
        const answer = await pacing.run(exchange, signal, priority, how.soon);
        wait = Math.max(wait, answer.retryAfterMs);
        if (answer.status === 429)
          wait = Math.max(wait, Math.min(this.#tooManyMs * 2 ** (attempt - 1), mostPatienceMs));
        if (answer.status === 429 && how.background) most = Math.max(most, attemptsBehind);
        // A network or a filter would give the same answer again: one more try is enough to rule out a short disturbance.
        if (!worthRepeating(answer.status)) most = Math.min(most, 2);
        return interpret(answer);
      } catch (thrown) {
        if (thrown instanceof AskedToWait) throw thrown;
        const error = thrown instanceof Failure ? thrown : null;
        const isRefused = error?.code === 'wrong-keys' || error?.code === 'wrong-clock';
        if (isRefused && !refused) {
          refused = true;
          wait = this.#nextStampMs;
        } else {
          if (!error?.error.retryable) throw thrown;
          const foreign = error.code === 'foreign-answer';
          // Without a network, or with a clock that nobody has set, asking again at once is useless: whoever asked decides when.
          const tooMany = error.code === 'rate-limited';
          if (attempt >= (foreign || tooMany ? most : attempts) || error.code === 'offline' || isRefused)
            throw asReadFailure(error);
          if (how.soon && wait > mostPauseMs) throw new AskedToWait(wait);
        }
      }
      await sleep(wait, undefined, signal ? { signal } : {}).catch(() => {
        throw cancelled();
      });
    }
  }

  /**
   * Any answer resolves: whether it is a yes is for the caller to say. Cancelling a write stops the wait for its turn, never a request on its way. It goes before reads that wait: it rests on
   * one that was made just now.
   */
  async write(
    make: RequestMaker,
    signal?: AbortSignal,
    { endpoint, soon }: Pick<Asked, 'endpoint' | 'soon'> = {},
  ): Promise<HttpAnswer> {
    const pacing = this.#pacing(endpoint);
    let answer: HttpAnswer;
    try {
      answer = await pacing.run(() => this.#exchange(make(), pacing, 'urgent'), signal, 'urgent', soon);
    } catch (thrown) {
      if (thrown instanceof Failure && ['timeout', 'malformed-answer'].includes(thrown.code)) {
        throw unknownOutcome(thrown.error.message);
      }
      throw thrown;
    }
    return answer;
  }

  /** Resolves when a read of this class that nobody waits for would leave at once; see `Pacing.whenFree`. */
  whenFree(endpoint: string, signal?: AbortSignal): Promise<void> {
    return this.#pacing(endpoint).whenFree(signal);
  }

  /** At most so many requests a second from now on, all classes together; null for as many as the carrier takes. */
  limit(perSecond: number | null): void {
    this.#budget.set(perSecond, (this.#pacingOptions?.now ?? pacingNow)());
  }

  get atMost(): number | null {
    return this.#budget.perSecond;
  }

  /** How each class of endpoints is asked now, by its name, those that were asked for. */
  pace(): ReadonlyMap<string, PacingView> {
    return new Map([...this.#pacings].map(([endpoint, pacing]) => [endpoint, pacing.view()]));
  }

  close(): void {
    for (const pacing of this.#pacings.values()) pacing.close();
    this.#sender.close();
  }

  #pacing(endpoint = ''): Pacing {
    let pacing = this.#pacings.get(endpoint);
    if (!pacing) this.#pacings.set(endpoint, (pacing = new Pacing(this.#pacingOptions, this.#budget)));
    return pacing;
  }

  async #exchange(
    request: Omit<HttpRequest, 'signal' | 'timeoutMs'>,
    pacing: Pacing,
    priority: Priority,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    const begun = pacing.now();
    try {
      const answer = await this.#sender.send({ ...request, signal, timeoutMs: this.#timeoutMs });
      const tooMany = answer.status === 429;
      const pauseMs = Math.max(answer.retryAfterMs, tooMany ? this.#tooManyMs : 0);
      if (worthRepeating(answer.status)) pacing.bad(pauseMs, tooMany ? begun : null);
      // A page comes from something between us and the carrier: it says nothing about how much the carrier can take.
      else if (!/html/i.test(answer.contentType)) pacing.good(priority);
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof Failure && thrown.code === 'cancelled')) pacing.bad();
      throw thrown;
    }
  }
}

function worthRepeating(status: number): boolean {
  // 511 is the network's own word: it says so until somebody signs in.
  return status === 429 || (status >= 500 && status !== 511);
}

/** For a read, a broken connection changes nothing: it is simply a network that failed. */
function asReadFailure(thrown: Failure): Failure {
  if (thrown.code !== 'outcome-unknown') return thrown;
  return failure('offline', thrown.error.message, thrown.error.action, { retryable: true, cause: thrown });
}

/** What a write rejects with when neither its yes nor its no is known; `what` is a sentence that says why. */
export function unknownOutcome(what: string): Failure {
  return failure(
    'outcome-unknown',
    `${what} It is not known whether the change went through.`,
    'Numberdesk looks it up before anything is tried again.',
  );
}
