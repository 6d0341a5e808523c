import type { Carrier } from '../../carrier/carrier.ts';
import { Failure, toAppError, type AppError } from '../../contract/errors.ts';
import type { OwnedNumber, PhoneNumber } from '../../contract/model.ts';
import type { NumbersWindow } from '../../contract/numbers.ts';
import type { Inventory } from '../inventory.ts';
import { ReadQueue } from './read-queue.ts';
import type { ReadingPause } from '../../contract/pace.ts';
import { betweenMs, goalMs } from './reading-pace.ts';
import { readRouteList, requestsFor } from './route-list-reader.ts';

export type RouteReaderOptions = {
  /** The carrier to ask, or null while there are no usable keys. */
  readonly carrier: () => Carrier | null;
  readonly inventory: Pick<
    Inventory,
    'routesDue' | 'applyFresh' | 'pairs' | 'guess' | 'guesses' | 'takeGuess'
  >;
  /** The list of numbers was read to its end once. Before that, what tells of many would be asked for the few that are there. */
  readonly listed: () => boolean;
  /** What was read is read again when it is too old; false where nothing runs by itself. */
  readonly refreshes: () => boolean;
  readonly log: (line: string) => void;
  /** Unix milliseconds; for tests. */
  readonly now?: () => number;
};

/** Requests at once at most; how many of them leave is for the carrier's pacing to say. */
const lanes = 24;
/** The same where each asks for many numbers: the first of them find out how many the carrier takes. */
const lanesOfMany = 2;
/** After a no, the carrier is not asked again for so long whether it takes many. */
const notAgainMs = 3_600_000;
/** Numbers that the list is asked for at once. */
const atOnce = 500;
/** Without news of the list, it is asked so often whether something has become too old. */
const lookEveryMs = 60_000;
/** A number that could not be read is left alone for so long. */
const asideMs = 3_600_000;
/** The first pause after a failure; it doubles up to the longest. */
const firstPauseMs = 5_000;
const longestPauseMs = 300_000;

/**
 * Reads the routes of numbers behind everything else, where the carrier's list does not tell them: those on screen first, then
 * those that were never read, then those that were read longest ago, once they are older than an account of this size allows. What
 * was read is in the list, so it goes on where it stopped. A failure that is about more than one number is a reason to pause;
 * refused keys are, until `resume`.
 */
export class RouteReader {
  #options: RouteReaderOptions;
  #queue = new ReadQueue();
  #running: Promise<void> | null = null;
  /** Something may have come that is to be read. */
  #again = false;
  #filling: Promise<void> | null = null;
  #abort = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  #paused: ReadingPause | null = null;
  #failures = 0;
  #total = 0;
  /** Not before this the next number is read that nobody looks at. */
  #nextAt = 0;
  /** One after another chooses what to ask for, when a request can leave. */
  #choosing: Promise<unknown> = Promise.resolve();
  /**
   * The list may have numbers whose built-in routes are none at all: they are read alone when they come on screen, and slowly
   * otherwise, the next one at this time.
   */
  #mayGuess = false;
  #guessAt = 0;
  #looks = 0;
  /** Not before this the carrier is asked whether it takes many. */
  #probeAt = 0;
  /** Numbers that were due still when the list of routes had been read: it does not tell them. */
  #leftOver = 0;

  constructor(options: RouteReaderOptions) {
    this.#options = options;
  }

  /** The list has changed: there may be something to read. */
  wake(): void {
    if (this.#abort.signal.aborted || this.#paused) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Why nothing is read now; null while nothing keeps it from being read. */
  get paused(): ReadingPause | null {
    return this.#paused;
  }

  /** There are keys or a network again: a pause ends. */
  resume(): void {
    this.#paused = null;
    this.wake();
  }

  /** What a window shows now is read before all others, where it was not read or is too old. */
  look({ rows, total }: Pick<NumbersWindow, 'rows' | 'total'>): void {
    // Whoever asks for a count alone shows no rows.
    if (rows.length === 0) return;
    const before = this.#tooOld(total);
    const wanted = rows.filter(({ routesAt }) => routesAt === null || routesAt < before);
    this.#queue.look(wanted.map(({ number }) => number));
    if (wanted.length > 0) this.wake();
    this.#looks += 1;
    if (this.#mayGuess) void this.#lookForGuesses(rows.map(({ number }) => number));
  }

  async #lookForGuesses(numbers: readonly string[]): Promise<void> {
    const look = this.#looks;
    const guesses = await this.#options.inventory.guesses(numbers).catch(() => []);
    // Another screen is looked at by now.
    if (guesses.length === 0 || look !== this.#looks) return;
    this.#queue.lookAlso(guesses);
    this.wake();
  }

  /** Ends what is on its way. */
  async close(): Promise<void> {
    this.#abort.abort();
    this.#stopTimer();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#stopTimer();
    while (this.#again && !this.#paused && !this.#abort.signal.aborted) {
      this.#again = false;
      await this.#round();
    }
    if (!this.#paused) this.#wakeIn(this.#untilNextMs());
  }

  #untilNextMs(): number {
    const now = this.#now();
    const times = [this.#nextAt, ...(this.#mayGuess ? [this.#guessAt] : [])];
    const waits = times.map((at) => at - now).filter((wait) => wait > 0);
    return Math.min(lookEveryMs, ...waits);
  }

  /** Reads until there is nothing to read, or until something fails that is about more than one number. Never rejects. */
  async #round(): Promise<void> {
    const carrier = this.#options.carrier();
    if (!carrier) return;
    let trouble: AppError | null = null;
    const takesMany = () => carrier.features.detailsAtOnce > 1;
    let many = false;
    const lane = async () => {
      try {
        while (!trouble && !this.#abort.signal.aborted && many === takesMany())
          if (!(await this.#step(carrier))) return;
      } catch (thrown) {
        trouble ??= toAppError(thrown);
      }
    };
    try {
      await this.#learnMany(carrier);
      if (this.#awaitsList(carrier)) {
        await this.#readShown(carrier);
        return;
      }
      await this.#readList(carrier);
      many = takesMany();
      await Promise.all(Array.from({ length: many ? lanesOfMany : lanes }, lane));
      // It takes many no more: what is left is read in another way.
      if (many !== takesMany()) this.#again = true;
    } catch (thrown) {
      trouble ??= toAppError(thrown);
    }
    if (trouble && !this.#abort.signal.aborted) this.#pause(trouble);
  }

  /** Numbers are read alone until one could be: with that one the carrier is asked whether it takes many at once. */
  async #learnMany(carrier: Carrier): Promise<void> {
    if (!carrier.tryMany || carrier.features.detailsAtOnce > 1 || this.#now() < this.#probeAt) return;
    const { signal } = this.#abort;
    for (;;) {
      const some = await this.#next(1);
      if (some.length === 0) return;
      const [known] = await this.#ask(carrier, some);
      if (!known) continue;
      const takesMany = await carrier.tryMany(known, { signal, background: true });
      if (!takesMany) this.#probeAt = this.#now() + notAgainMs;
      return;
    }
  }

  /** True while routes are better read later, many with each request: until then those on screen alone are. */
  #awaitsList(carrier: Carrier): boolean {
    const { routeList, features } = carrier;
    return !this.#options.listed() && (routeList?.worthAsking === true || features.detailsAtOnce > 1);
  }

  /** Where many numbers cannot be asked for at once, another list may tell the routes of all of them, if many are due. */
  async #readList(carrier: Carrier): Promise<void> {
    const { inventory, log } = this.#options;
    const list = carrier.routeList;
    if (!list?.worthAsking || carrier.features.detailsAtOnce > 1 || this.#total === 0) return;
    const now = this.#now();
    const limit = requestsFor(list, this.#total);
    const question = { before: this.#tooOld(this.#total), now, skip: this.#queue.skipped(now) };
    // Without what it did not tell before: it would be read again and again for that.
    const least = limit + this.#leftOver;
    if ((await inventory.routesDue({ ...question, limit: least })).numbers.length < least) return;
    this.#mayGuess = true;
    const read = await readRouteList({
      ...{ carrier, list, inventory, total: this.#total, signal: this.#abort.signal },
      now: () => this.#now(),
      before: () => this.#readShown(carrier),
    });
    if (!read) log('another list does not tell the routes: they are read one by one');
    else {
      const after = { ...question, now: this.#now(), limit: this.#total };
      this.#leftOver = (await inventory.routesDue(after)).numbers.length;
    }
    this.#guessAt = this.#now() + this.#guessMs;
    this.#queue.fill([]);
  }

  /** Reads what is on screen and has not been read. */
  async #readShown(carrier: Carrier): Promise<void> {
    for (;;) {
      const some = this.#queue.takeShown(carrier.features.detailsAtOnce, this.#now());
      if (some.length === 0) return;
      await this.#ask(carrier, some);
    }
  }

  /** One request; false when there was nothing to ask for. */
  async #step(carrier: Carrier): Promise<boolean> {
    const some = await this.#choose(carrier);
    if (some.length === 0) return false;
    await this.#ask(carrier, some);
    return true;
  }

  /** What is asked for is chosen when it can be asked for, so that what came on screen meanwhile goes first. */
  #choose(carrier: Carrier): Promise<string[]> {
    const chosen = this.#choosing.then(async () => {
      const { signal } = this.#abort;
      const most = carrier.features.detailsAtOnce;
      await this.#prepare(most);
      if (this.#queue.waiting === 0) return this.#takeGuess();
      await carrier.detailsFree?.({ signal });
      return this.#take(most);
    });
    this.#choosing = chosen.catch(() => undefined);
    return chosen;
  }

  /** Without haste: what the list says of them is not wrong. */
  async #takeGuess(): Promise<string[]> {
    const now = this.#now();
    if (!this.#mayGuess || now < this.#guessAt || !this.#options.refreshes()) return [];
    const number = await this.#options.inventory.takeGuess();
    this.#mayGuess = number !== null;
    this.#guessAt = now + this.#guessMs;
    return number === null ? [] : [number];
  }

  get #guessMs(): number {
    return goalMs(this.#total) / Math.max(1, this.#total);
  }

  async #next(most: number): Promise<string[]> {
    await this.#prepare(most);
    return this.#take(most);
  }

  async #prepare(most: number): Promise<void> {
    if (this.#queue.others < most)
      await (this.#filling ??= this.#fill().finally(() => (this.#filling = null)));
  }

  #take(most: number): string[] {
    const now = this.#now();
    const between = betweenMs(this.#total, most);
    const shown = this.#queue.takeShown(most, now);
    const room = between > 0 && now < this.#nextAt ? 0 : most - shown.length;
    const others = this.#queue.takeOthers(room, now);
    if (between > 0 && others.length > 0) this.#nextAt = now + between;
    return [...shown, ...others];
  }

  async #fill(): Promise<void> {
    const { inventory } = this.#options;
    const now = this.#now();
    const question = { limit: atOnce, before: 0, now, skip: this.#queue.skipped(now) };
    // How old routes may be depends on how many numbers there are.
    if (this.#total === 0) this.#total = (await inventory.routesDue({ ...question, limit: 0 })).total;
    const { numbers, total } = await inventory.routesDue({ ...question, before: this.#tooOld(this.#total) });
    this.#total = total;
    this.#queue.fill(numbers);
  }

  /** Returns those that could be read. */
  async #ask(carrier: Carrier, numbers: readonly string[]): Promise<OwnedNumber[]> {
    const { signal } = this.#abort;
    try {
      const askedAt = this.#now();
      const found = await carrier.details(numbers as PhoneNumber[], { signal, background: true });
      this.#failures = 0;
      const read: OwnedNumber[] = [];
      for (const [at, number] of numbers.entries()) {
        const one = found[at];
        // Whether a number is gone is for the sync to find out.
        if (one === undefined || one instanceof Failure) this.#queue.setAside(number, askedAt + asideMs);
        else read.push(one);
      }
      if (read.length > 0) await this.#options.inventory.applyFresh(read, askedAt);
      return read;
    } finally {
      this.#queue.ended(numbers);
    }
  }

  #pause({ code }: AppError): void {
    this.#options.log(`reading routes pauses: ${code}`);
    const pause = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures += 1;
    // Other keys or a sync that they are good for end this pause.
    this.#paused = { code, until: code === 'wrong-keys' ? null : this.#now() + pause };
    if (code === 'wrong-keys') return;
    this.#stopTimer();
    this.#timer = setTimeout(() => {
      this.resume();
    }, pause);
    this.#timer.unref();
  }

  #wakeIn(ms: number): void {
    this.#stopTimer();
    if (this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.wake();
    }, ms);
    this.#timer.unref();
  }

  #stopTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Routes that were read before this (Unix milliseconds) are read again. */
  #tooOld(total: number): number {
    return this.#options.refreshes() ? this.#now() - goalMs(total) : 0;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }
}
