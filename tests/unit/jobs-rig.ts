import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { Desk } from '../../src-main/jobs/desk.ts';
import { JobStore } from '../../src-main/jobs/job-store.ts';
import type {
  JobItem,
  JobJournal,
  JobKind,
  JobView,
  Mark,
  Step,
  StepContext,
} from '../../src-main/jobs/kind.ts';
import { openStrictly, type Database } from '../../src-main/platform/storage/sqlite.ts';

export type SmallJob = { item: JobItem; mark: Mark; view: JobView & { waiting: string }; written: unknown };
type Attempt = (item: JobItem, context: StepContext<SmallJob>) => Promise<Step<SmallJob>>;

/** The smallest kind of job there can be: two tables, and a step that a test gives. */
class SmallStore extends JobStore<SmallJob> {
  constructor(database: Database) {
    super(database, {
      ...{ job: 'small', item: 'small_item', key: 'small_id', head: '0 AS none' },
      columns: 'number, status, sent',
      stages: ["status IN ('unknown', 'sending')", "status = 'planned'"],
      counts: 'sent = sent + ?3',
      sums: { by: '$.status', of: { sent: '$.sent' } },
    });
  }

  override summary(id: number): SmallJob['view'] | null {
    const head = this.head<Omit<SmallJob['view'], 'counts'>>(id);
    const counts = Object.fromEntries(this.sums(id).map(({ state, count }) => [state, count]));
    return head ? { ...head, counts } : null;
  }

  override leave(id: number): void {
    this.all("UPDATE small_item SET status = 'left' WHERE small_id = ? AND status = 'planned'", id);
  }
}

/** A desk for small jobs over a record in memory, every call of which is noted. */
export class SmallRig {
  readonly calls: string[] = [];
  readonly told: SmallJob['view'][] = [];
  readonly noted: string[] = [];
  readonly store: SmallStore;
  readonly desk: Desk<SmallJob>;
  readonly database: Database;
  /** Waits before the record answers, by the name of the call. */
  readonly slow = new Map<string, Promise<unknown>>();
  step: Attempt = ({ number }) =>
    Promise.resolve({ mark: { number, status: 'done', reason: '' }, row: 'yes' });

  constructor(kind: Partial<JobKind<SmallJob>> = {}, options: { lanes?: number; againMs?: number } = {}) {
    this.database = openStrictly(':memory:', []);
    this.database.exec(`
      CREATE TABLE small (id INTEGER PRIMARY KEY, ordinal INTEGER NOT NULL, created_at INTEGER NOT NULL,
        phase TEXT NOT NULL, waiting TEXT NOT NULL);
      CREATE TABLE small_item (small_id INTEGER NOT NULL, number TEXT NOT NULL, status TEXT NOT NULL,
        reason TEXT NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (small_id, number)) WITHOUT ROWID;`);
    this.store = new SmallStore(this.database);
    const journal = new Proxy({} as JobJournal<SmallJob>, {
      get:
        (_, name: string) =>
        async (...args: unknown[]) => {
          this.calls.push(name);
          await this.slow.get(name);
          return (this.store as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args);
        },
    });
    this.desk = new Desk<SmallJob>({
      ...{ journal, carrier: () => ({}) as Carrier, log: () => undefined, againMs: 1, ...options },
      kind: {
        ...{ name: 'small job', purpose: 'do small jobs', lanes: 4, careful: false, stages: 2 },
        ...{ twoTurns: false, againMs: 1, breaker: { refused: 10, odd: 2, unclear: 2 } },
        step: (item, context) => this.step(item, context),
        remains: () => 'Some are left.',
        aside: (unknown) => `${unknown} are not known.`,
        ended: ({ ordinal }) =>
          Promise.resolve({ kind: 'order', text: `Job ${ordinal} ended`, outcome: 'ok', numbers: [] }),
        ...kind,
      },
      onJob: (job) => this.told.push(job),
      record: ({ text }) => {
        this.noted.push(text);
        return Promise.resolve();
      },
    });
  }

  /** A job of so many numbers that waits. */
  make(id: number, count: number, phase = 'paused'): void {
    this.store['all']('INSERT INTO small VALUES (?, ?, 0, ?, ?)', id, id, phase, '');
    for (let at = 0; at < count; at += 1)
      this.store['all']("INSERT INTO small_item VALUES (?, ?, 'planned', '', 0)", id, String(10_000 + at));
  }

  /** So many of its first numbers may have been sent before: `sent` counts the requests. */
  doubt(id: number, count: number, sent: number): void {
    const sql = "UPDATE small_item SET status = 'unknown', sent = ? WHERE small_id = ? AND number < ?";
    this.store['all'](sql, sent, id, String(10_000 + count));
  }

  /** Begins it, and resolves when it has ended or waits. */
  async run(id: number): Promise<SmallJob['view']> {
    await this.begin(id);
    await this.desk.settled();
    return this.desk.get(id);
  }

  begin(id: number): Promise<SmallJob['view']> {
    return this.desk.begin(id, ({ phase }) => (phase === 'paused' ? {} : null));
  }
}

/** Sends as a kind does: null when it may not leave any more. */
export async function send<T>(
  item: JobItem,
  context: StepContext<SmallJob>,
  answer: () => Promise<T>,
): Promise<T | null> {
  const leaves = await context.sending({ number: item.number, status: 'sending', reason: '' });
  return leaves ? answer() : null;
}
