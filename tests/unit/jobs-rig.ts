import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { Desk } from '../../src-main/jobs/desk.ts';
import { JobStore, type JobJournal } from '../../src-main/jobs/job-store.ts';
import type { JobWait } from '../../src-main/contract/job-words.ts';
import type { JobItem, JobKind, JobView, Mark, Step, StepContext } from '../../src-main/jobs/kind.ts';
import { openStrictly, type Database } from '../../src-main/platform/storage/sqlite.ts';

export type SmallJob = {
  item: JobItem;
  mark: Mark;
  view: JobView & { waiting: JobWait | null };
  written: unknown;
};
const statuses = ['planned', 'sending', 'unknown', 'done', 'refused', 'left'] as const;
type Attempt = (item: JobItem, context: StepContext<SmallJob>) => Promise<Step<SmallJob>>;

/** The smallest kind of job there can be: two tables, and a step that a test gives. */
class SmallStore extends JobStore<SmallJob> {
  constructor(database: Database) {
    super(database, {
      ...{ job: 'small', item: 'small_item', key: 'small_id', head: '0 AS none' },
      columns: '0 AS more',
      stages: ["status IN ('unknown', 'sending')", "status = 'planned'"],
      counts: 'sent = sent + ?3',
      left: { status: 'left', reason: null, where: 'sent = 0' },
      sums: { by: '$.status', of: { sent: '$.sent' } },
    });
  }

  override summary(id: number): SmallJob['view'] | null {
    const head = this.head<Omit<SmallJob['view'], 'counts'>>(id);
    const { counts } = this.tally(id, statuses);
    return head ? { ...head, counts } : null;
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
    Promise.resolve({ mark: { number, status: 'done', reason: null }, row: 'yes' });

  constructor(kind: Partial<JobKind<SmallJob>> = {}, options: { lanes?: number; againMs?: number } = {}) {
    this.database = openStrictly(':memory:', []);
    this.database.exec(`
      CREATE TABLE small (id INTEGER PRIMARY KEY, ordinal INTEGER NOT NULL, created_at INTEGER NOT NULL,
        phase TEXT NOT NULL, stopped INTEGER NOT NULL DEFAULT 0, waiting TEXT NOT NULL DEFAULT '',
        waiting_detail TEXT NOT NULL DEFAULT 'null');
      CREATE TABLE small_item (small_id INTEGER NOT NULL, number TEXT NOT NULL, status TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '', reason_detail TEXT NOT NULL DEFAULT 'null',
        sent INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (small_id, number)) WITHOUT ROWID;`);
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
        remains: () => ({ code: 'not-looked-up', detail: null }),
        aside: (unknown) => ({ code: 'changed-unknown', detail: unknown }),
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
    this.store['all'](
      'INSERT INTO small (id, ordinal, created_at, phase) VALUES (?, ?, 0, ?)',
      id,
      id,
      phase,
    );
    for (let at = 0; at < count; at += 1)
      this.store['all'](
        "INSERT INTO small_item (small_id, number, status) VALUES (?, ?, 'planned')",
        id,
        String(10_000 + at),
      );
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
  const leaves = await context.sending({ number: item.number, status: 'sending', reason: null });
  return leaves ? answer() : null;
}
