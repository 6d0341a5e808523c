import type { Inputs } from '../contract/contract.ts';
import { mostAtOnce } from '../contract/schemas.ts';
import type { ListedNumber, OddRecord, OddRecords, OwnedNumber } from '../contract/model.ts';
import type { PrimariesView } from '../contract/routing.ts';
import type {
  MatchingPage,
  NumberRow,
  NumbersWindow,
  RouteUse,
  Suggestion,
  GroupsWindow,
} from '../contract/numbers.ts';
import { openFile, type FileClient } from '../platform/storage/client.ts';
import type { FileCheck } from '../platform/storage/file-check.ts';
import type { Stores } from '../platform/storage/served-file.ts';
import type { ListStores } from './list-file.ts';
import type { Learned, ListedRoutes, Overlay, Tagged } from './index/indexed-number.ts';
import type { DueQuestion } from './index/routes-due.ts';
import type { KnownPair, Missing, PassResult, PassState, PutPage } from './number-store.ts';

export type InventoryOptions = {
  readonly file: string;
  readonly workerUrl: URL;
  readonly log: (line: string) => void;
  /** At most four times a second. */
  readonly onChange: (change: { revision: number; total: number }) => void;
  /** The list was damaged: it is kept at this path, and a new one was begun. */
  readonly onMoved?: (movedTo: string) => void;
};

type Matching = Pick<Inputs['numbers.matching'], 'text' | 'sort' | 'limit'>;
const routesAtOnce = 500;
const changeEveryMs = 250;

/** Opens the cached list in its worker. Rejects with `storage-newer` or `storage` when that cannot be done. */
export async function openInventory(options: InventoryOptions): Promise<Inventory> {
  const changes = new Changes(options.onChange);
  const client = await openFile<ListStores>('numbers', {
    ...options,
    onChange: (size) => {
      changes.put(size);
    },
  });
  const { file, workerUrl, log } = options;
  return new Inventory(client, changes, async () => {
    const check = await openFile<{ check: FileCheck }>('check', { file, workerUrl, log });
    try {
      return await check.stores.check.isSound();
    } finally {
      await check.close();
    }
  });
}

/** Tells of changes, at most so often. */
class Changes {
  #tell: InventoryOptions['onChange'];
  #timer: NodeJS.Timeout | null = null;
  #last: { revision: number; total: number } | null = null;

  constructor(tell: InventoryOptions['onChange']) {
    this.#tell = tell;
  }

  put(size: { revision: number; total: number }): void {
    this.#last = size;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (this.#last) this.#tell(this.#last);
    }, changeEveryMs);
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }
}

/** The cached list as the rest of the application sees it. */
export class Inventory {
  #client: FileClient<ListStores>;
  #store: Stores<ListStores>;
  #changes: Changes;
  #isSound: () => Promise<boolean>;
  #checking: Promise<void> | null = null;

  /** `isSound` looks at the structure of the file, beside everything else. */
  constructor(client: FileClient<ListStores>, changes: Changes, isSound: () => Promise<boolean>) {
    this.#client = client;
    this.#store = client.stores;
    this.#changes = changes;
    this.#isSound = isSound;
  }

  query(input: Inputs['numbers.query']): Promise<NumbersWindow> {
    return this.#store.numbers.query(input);
  }

  groups(input: Inputs['numbers.groups']): Promise<GroupsWindow> {
    return this.#store.numbers.groups(input);
  }

  matchingPage(input: Inputs['numbers.matching']): Promise<MatchingPage> {
    return this.#store.numbers.matching(input);
  }

  /** The first `limit` numbers a query matches, all as they were at one moment, and how many there are. */
  async matching({ text, sort, limit }: Matching): Promise<{ total: number; numbers: string[] }> {
    const numbers: string[] = [];
    let snapshot: number | 'new' = 'new';
    for (;;) {
      const offset = numbers.length;
      const input = { text, sort, offset, limit: Math.min(mostAtOnce, limit - offset), snapshot };
      const page: MatchingPage = await this.matchingPage(input);
      for (const number of page.numbers) numbers.push(number);
      if (page.snapshot === null || numbers.length >= limit) return { total: page.total, numbers };
      snapshot = page.snapshot;
    }
  }

  /** Keeps numbers as one filter, `numbers:id` in a query. */
  keepNumbers(numbers: readonly string[]): Promise<{ id: string; count: number; owned: number }> {
    return this.#store.sets.keepNumbers(numbers);
  }

  /** At most 10,000 of a kept set that the list does not have. */
  keptMissing(id: string): Promise<string[]> {
    return this.#store.sets.keptMissing(id, mostAtOnce);
  }

  /** All numbers of a kept set, ascending. */
  keptNumbers(id: string): Promise<string[]> {
    return this.#store.sets.keptNumbers(id);
  }

  /** The first of these numbers, as many as fit into one answer; null for those that are not in the list. */
  rows(numbers: readonly string[]): Promise<(NumberRow | null)[]> {
    return this.#store.numbers.rows(numbers);
  }

  /** What the end of a query that is being typed may be meant to become. */
  suggest(text: string, typed: string): Promise<Suggestion[]> {
    return this.#store.numbers.suggest(text, typed);
  }

  /** Those of the numbers that a query matches. */
  among(text: string, numbers: readonly string[]): Promise<string[]> {
    return this.#store.numbers.among(text, numbers);
  }

  row(number: string): Promise<NumberRow | null> {
    return this.#store.numbers.row(number);
  }

  /** Some of the routes in use, 500 at most, by key and type, after this one: `key`, a line feed, `type`. None after the last. */
  routeUsePage(after: string): Promise<RouteUse[]> {
    return this.#store.numbers.routeUse(after, routesAtOnce);
  }

  /** All routes in use. */
  async routeUse(): Promise<RouteUse[]> {
    const uses: RouteUse[] = [];
    for (let after = ''; ;) {
      const page = await this.routeUsePage(after);
      uses.push(...page);
      const last = page.at(-1);
      if (!last) return uses;
      after = `${last.key}\n${last.type}`;
    }
  }

  /** The numbers that a query matches by their primary route. */
  primaries(text: string): Promise<PrimariesView> {
    return this.#store.numbers.primaries(text);
  }

  /** Numbers as they were read; `askedAt` (Unix milliseconds) is when they were asked for. */
  applyFresh(items: readonly OwnedNumber[], askedAt: number, pass: number | null = null): Promise<void> {
    return this.#store.numbers.applySeen(
      items.map((item) => ({ item, at: askedAt })),
      pass,
    );
  }

  /** The same for numbers known from different times. */
  applySeen(seen: readonly { item: OwnedNumber; at: number }[]): Promise<void> {
    return this.#store.numbers.applySeen(seen, null);
  }

  /** What the list has for these numbers, in their order. */
  pairs(numbers: readonly string[]): Promise<KnownPair[]> {
    return this.#store.numbers.pairs(numbers);
  }

  /** For each of these numbers, in their order: the one of another country that its ten digits may stand for; null for none. */
  lookalikes(numbers: readonly string[]): Promise<(string | null)[]> {
    return this.#store.numbers.lookalikes(numbers);
  }

  /** The numbers whose routes are to be read next, those never read first, and how many numbers there are. */
  routesDue(question: DueQuestion): Promise<{ numbers: string[]; total: number }> {
    return this.#store.numbers.routesDue(question);
  }

  /**
   * The routes of these numbers, as they are known from `at` (Unix milliseconds), are a guess until they are read. It is kept while
   * the list is open.
   */
  guess(numbers: readonly string[], at: number): Promise<void> {
    return this.#store.numbers.guess(numbers, at);
  }

  /** Those of the numbers whose routes are a guess. */
  guesses(numbers: readonly string[]): Promise<string[]> {
    return this.#store.numbers.guesses(numbers);
  }

  /** A number whose routes are a guess, which then counts as read; null when there is none. */
  takeGuess(): Promise<string | null> {
    return this.#store.numbers.takeGuess();
  }

  setListedRoutes(listed: ListedRoutes | null): Promise<void> {
    return this.#store.numbers.setListedRoutes(listed);
  }

  unfinishedPass(notBefore: number): Promise<PassState | null> {
    return this.#store.numbers.unfinishedPass(notBefore);
  }

  beginPass(startedAt: number): Promise<PassState> {
    return this.#store.numbers.beginPass(startedAt);
  }

  putPage(pass: number, page: PutPage, items: readonly ListedNumber[], askedAt: number): Promise<void> {
    return this.#store.numbers.putPage(pass, page, items, askedAt);
  }

  missed(pass: number): Promise<string[]> {
    return this.#store.numbers.missed(pass);
  }

  /** How many numbers are missing from the carrier's list, and which of its records could not be used. */
  aside(): Promise<{ missing: number; odd: OddRecords }> {
    return this.#store.aside.aside();
  }

  missingSince(): Promise<[number: string, since: number][]> {
    return this.#store.aside.missingSince();
  }

  markMissing(numbers: readonly string[], at: number): Promise<void> {
    return this.#store.aside.markMissing(numbers, at);
  }

  putOdd(pass: number, odd: readonly OddRecord[]): Promise<void> {
    return this.#store.aside.putOdd(pass, odd);
  }

  /** How many numbers were known when this pass began. */
  knownBefore(pass: number): Promise<number> {
    return this.#store.aside.knownBefore(pass);
  }

  reopenPass(pass: number): Promise<void> {
    return this.#store.numbers.reopenPass(pass);
  }

  remove(pass: number, missing: readonly Missing[]): Promise<void> {
    return this.#store.numbers.remove(pass, missing);
  }

  /** Ends a pass; then the file is looked at, and a damaged one is begun anew. */
  async finishPass(pass: number, endedAt: number): Promise<PassResult> {
    const result = await this.#store.numbers.finishPass(pass, endedAt);
    this.#checking ??= this.#checkFile().finally(() => (this.#checking = null));
    return result;
  }

  async #checkFile(): Promise<void> {
    const sound = await this.#isSound().catch(() => true);
    if (!sound) await this.#store.numbers.distrust().catch(() => undefined);
  }

  /** Which numbers the last pass changed, added or removed: told once, and none when they are more than 10,000. */
  changedNumbers(): Promise<string[]> {
    return this.#store.numbers.changedNumbers();
  }

  lastPass(): Promise<PassResult | null> {
    return this.#store.numbers.lastPass();
  }

  /** What was learned of numbers when they were bought: kept in the journal, shown with the list. */
  learn(rows: readonly Learned[]): Promise<void> {
    return this.overlay(
      rows.map(({ number, monthly, state, rateCenter }) => ({
        ...{ number, monthly },
        ...(state && { state }),
        ...(rateCenter && { area: rateCenter }),
      })),
    );
  }

  /** The tags of these numbers: kept in the journal, shown with the list. */
  tag(rows: readonly Tagged[]): Promise<void> {
    return this.overlay(rows);
  }

  /** What is known of numbers beside the carrier's list, those that come later included: it is shown, found and sorted with them. */
  overlay(rows: readonly Overlay[]): Promise<void> {
    return this.#store.numbers.overlay(rows);
  }

  /** Which of these numbers the list has. */
  owned(numbers: readonly string[]): Promise<string[]> {
    return this.#store.numbers.owned(numbers);
  }

  async close(): Promise<void> {
    this.#changes.stop();
    await this.#checking;
    await this.#client.close();
  }
}
