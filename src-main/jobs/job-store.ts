import { failure } from '../contract/errors.ts';
import type { JobReason, JobWait } from '../contract/job-words.ts';
import { newId } from '../platform/ids.ts';
import { fitting } from '../platform/storage/fitting.ts';
import type { MethodsOf } from '../platform/storage/served-file.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import { Statements } from '../platform/storage/statements.ts';
import { fromColumns, toColumns } from './coded.ts';
import { JobSums } from './job-sums.ts';
import { closed, type JobPhase, type JobTypes, type Mark } from './kind.ts';

/** Where the jobs of a kind are, and what of them the engine cannot know. All of it is SQL. */
export type JobShape = {
  readonly job: string;
  readonly item: string;
  /** The column of an item that names its job. */
  readonly key: string;
  /** Of a job besides those that all have. */
  readonly head: string;
  /** Of an item as the runner needs it, besides those that all have. */
  readonly columns: string;
  /** Of an item as windows list it, besides those that all have; `columns` unless given. */
  readonly listed?: string;
  /** What there is to do, in its order: first what may have been sent, last what was not sent yet. */
  readonly stages: readonly string[];
  /** What a request changes in the counts of an item: `?3` is 1 when it is about to leave, -1 when it was refused, else 0. */
  readonly counts: string;
  /**
   * What an item becomes that is given up by a stop: one that is planned, and `where` says that it was not sent. A planned one
   * that may have been sent, because a request had no clear answer or did only half of it, is looked up first.
   */
  readonly left: { readonly status: string; readonly reason: JobReason | null; readonly where: string };
  /** What is summed: items by their status as people are told it, and these. */
  readonly sums: { readonly by: string; readonly of: Readonly<Record<string, string>> };
};

/** A window of the items of a job, ascending, after a number; null stands for every status. */
export type ItemsAsked = {
  readonly id: number;
  readonly status: string | null;
  readonly after?: string | undefined;
  readonly offset: number;
  readonly limit: number;
};

/** The record of a kind of job as the engine calls it, from another thread. */
export type JobJournal<J extends JobTypes> = Pick<
  MethodsOf<JobStore<J>>,
  | ('summary' | 'claim' | 'item' | 'mark' | 'setPhase' | 'hasOpen')
  | ('stop' | 'leave' | 'setAside' | 'settleSending' | 'recover')
>;

type Value = string | number | null;
type WithReason = { readonly reason: string; readonly reasonDetail: string };

const reasonColumns = 'reason, reason_detail AS reasonDetail';

/** The record of one kind of job. A kind adds how its jobs come to be and what is its own of their numbers. */
export abstract class JobStore<J extends JobTypes> {
  protected readonly database: Database;
  protected readonly sums: JobSums;
  #shape: JobShape;
  #statements: Statements;

  constructor(database: Database, shape: JobShape) {
    this.database = database;
    this.#shape = shape;
    this.#statements = new Statements(database);
    this.sums = new JobSums(database, { ...shape, ...shape.sums });
  }

  /** What a window is told of a job; null when there is none of this id. */
  abstract summary(id: number): J['view'] | null;

  /** Those that were begun and have not ended, the oldest first. */
  open(): { readonly id: number; readonly ordinal: number; readonly stopped: number }[] {
    const sql = `SELECT id, ordinal, stopped FROM ${this.#shape.job}`;
    return this.all(`${sql} WHERE phase NOT IN ('done', 'draft') ORDER BY ordinal`);
  }

  /** The next items of a stage, in the order of their numbers. */
  claim(id: number, stage: number, after = '', limit = -1): J['item'][] {
    return this.#items(`number > ? AND ${this.#shape.stages[stage]}`, id, after, limit);
  }

  /** One item, whatever its status. */
  item(id: number, number: string): J['item'] | null {
    return this.#items('number = ?', id, number)[0] ?? null;
  }

  /** All items of a job with one status. */
  itemsThatAre(id: number, status: string): J['item'][] {
    return this.#items('status = ?', id, status);
  }

  #items(where: string, id: number, value: string, limit = -1): J['item'][] {
    const { item, key, columns } = this.#shape;
    const sql = `SELECT number, status, sent, ${reasonColumns}, ${columns} FROM ${item}
      WHERE ${key} = ? AND ${where} ORDER BY number LIMIT ?`;
    return this.all<WithReason>(sql, id, value, limit).map((row) => this.read(withReason(row)));
  }

  /** A window of items as people are shown them, and how many there are. */
  protected window<T>({ id, status, after = '', offset, limit }: ItemsAsked): { total: number; items: T[] } {
    const { item, key, columns, listed = columns, sums } = this.#shape;
    const shown = sums.by.replaceAll('$.', '');
    const from = `FROM ${item} WHERE ${key} = ?1 AND (?2 IS NULL OR ${shown} = ?2)`;
    const [{ total } = { total: 0 }] = this.all<{ total: number }>(
      `SELECT count(*) AS total ${from}`,
      ...[id, status],
    );
    const sql = `SELECT number, ${shown} AS status, ${reasonColumns}, ${listed} ${from} AND number > ?3
      ORDER BY number LIMIT ?4 OFFSET ?5`;
    const rows = this.all<WithReason>(sql, id, status, after, limit, offset);
    return { total, items: fitting(rows.map((row) => withReason(row) as T)) };
  }

  /** Whether there is anything left to do. */
  hasOpen(id: number): boolean {
    const { item, key, stages } = this.#shape;
    const sql = `SELECT 1 FROM ${item} WHERE ${key} = ? AND (${stages.map((stage) => `(${stage})`).join(' OR ')}) LIMIT 1`;
    return this.all(sql, id).length > 0;
  }

  /**
   * Writes down what became of items, all or nothing, on disk when it returns. Throws `storage` for one that is about to be sent
   * of a job that does not run, or that is settled: the record was put together again meanwhile, and nothing may be sent that is not
   * written down.
   */
  mark(id: number, marks: readonly J['mark'][]): J['written'][] {
    return transaction(this.database, () => marks.map((mark) => this.write(id, mark)));
  }

  setPhase(id: number, phase: JobPhase, waiting: JobWait | null): void {
    const sql = `UPDATE ${this.#shape.job} SET phase = ?, waiting = ?, waiting_detail = ? WHERE id = ?`;
    this.run(sql, phase, ...toColumns(waiting), id);
  }

  /**
   * From now on nothing of this job is sent, whatever happens to the process, and however often it is resumed. What has ended
   * stays ended.
   */
  stop(id: number): void {
    const stopping = "phase = CASE phase WHEN 'running' THEN 'stopping' ELSE phase END";
    this.run(`UPDATE ${this.#shape.job} SET stopped = 1, ${stopping} WHERE id = ?`, id);
  }

  /** Gives up what was not sent. What may have been sent is to be looked up, and stays. */
  leave(id: number): void {
    const { item, key, left } = this.#shape;
    transaction(this.database, () => {
      this.run(
        `UPDATE ${item} SET status = ?, reason = ?, reason_detail = ?
         WHERE ${key} = ? AND status = 'planned' AND ${left.where}`,
        ...[left.status, ...toColumns(left.reason), id],
      );
      this.run(
        `UPDATE ${item} SET status = 'unknown' WHERE ${key} = ? AND status IN ('planned', 'sending')`,
        id,
      );
    });
  }

  /** Ends a job whose last numbers cannot be looked up now: they stay unknown. */
  setAside(id: number, waiting: JobWait | null): void {
    transaction(this.database, () => {
      this.stop(id);
      this.leave(id);
      this.setPhase(id, 'done', waiting);
    });
  }

  /** A run ended in the middle of a request: whether it changed something is not known. */
  settleSending(id: number): void {
    const { item, key } = this.#shape;
    this.run(`UPDATE ${item} SET status = 'unknown' WHERE ${key} = ? AND status = 'sending'`, id);
  }

  /**
   * After a crash: what was being sent is not known, what was running waits for the person, and what was stopped gives up the
   * rest. Returns the jobs that have not ended.
   */
  recover(): number[] {
    const { job, item } = this.#shape;
    return transaction(this.database, () => {
      this.run(`UPDATE ${item} SET status = 'unknown' WHERE status = 'sending'`);
      this.run(
        `UPDATE ${job} SET phase = 'paused', waiting = ?, waiting_detail = ? WHERE phase IN ('running', 'stopping')`,
        ...toColumns(closed),
      );
      const open = this.open();
      for (const { id, stopped } of open) if (stopped === 1) this.leave(id);
      return open.map(({ id }) => id);
    });
  }

  /** An item as the kind has it. */
  protected read(row: object): J['item'] {
    return row as J['item'];
  }

  /** Writes one mark down, inside a transaction. */
  protected write(id: number, mark: J['mark']): J['written'] {
    const { item, key, counts } = this.#shape;
    const { number, status, reason, clear }: Mark = mark;
    if (status === 'sending') this.#needRunning(id, number);
    const [code, detail] = toColumns(reason);
    this.run(
      `UPDATE ${item} SET status = ?1, reason = ?2, reason_detail = ?6, ${counts} WHERE ${key} = ?4 AND number = ?5`,
      ...[status, code, status === 'sending' ? 1 : clear ? -1 : 0, id, number, detail],
    );
    return undefined;
  }

  #needRunning(id: number, number: string): void {
    const { job, item, key } = this.#shape;
    const found = this.all(
      `SELECT 1 FROM ${item} JOIN ${job} AS own ON own.id = ${key} WHERE ${key} = ? AND number = ?
         AND status IN ('planned', 'unknown', 'sending') AND phase IN ('running', 'stopping')`,
      ...[id, number],
    );
    if (found.length > 0) return;
    throw failure(
      'storage',
      'The record on this computer changed while this ran: nothing more was sent.',
      'Look at what it says now, then resume.',
    );
  }

  /** The columns that all jobs have, and those of the kind. */
  protected head<T>(id: number): T | undefined {
    const { job, head } = this.#shape;
    const sql = `SELECT id, ordinal, created_at AS createdAt, phase, stopped, waiting, waiting_detail AS waitingDetail, ${head}
      FROM ${job} WHERE id = ?`;
    const [row] = this.all<{ stopped: number; waiting: string; waitingDetail: string }>(sql, id);
    if (!row) return undefined;
    const { stopped, waiting, waitingDetail, ...rest } = row;
    return { ...rest, stopped: stopped === 1, waiting: fromColumns(waiting, waitingDetail) } as T;
  }

  /** How many items have each status, and what is summed (`JobShape.sums`, or `count`) over those that have one of some. */
  protected tally<S extends string>(id: number, statuses: readonly S[]) {
    const sums = this.sums.of(id);
    const sum = (what: string, of: readonly string[] = statuses) =>
      sums.reduce((total, one) => total + (of.includes(one.status) ? (one[what] ?? 0) : 0), 0);
    const counts = Object.fromEntries(statuses.map((status) => [status, sum('count', [status])]));
    return { counts: counts as Record<S, number>, sum };
  }

  protected all<T>(sql: string, ...values: Value[]): T[] {
    return this.#statements.all(sql, ...values);
  }

  protected run(sql: string, ...values: Value[]): number {
    return this.#statements.run(sql, ...values);
  }
}

/**
 * Writes down a new job of which nothing is said yet, with these columns. People call it by its ordinal ("Order 12", "Change 7"), one
 * more than the highest so far in this account. Returns its id.
 */
export function insertJob(
  database: Database,
  table: string,
  columns: Readonly<Record<string, Value>>,
): number {
  const id = newId();
  const names = Object.keys(columns);
  database
    .prepare(
      `INSERT INTO ${table} (id, waiting, ordinal, ${names.join()})
       SELECT ?, '', coalesce(max(ordinal), 0) + 1, ${names.map(() => '?').join()} FROM ${table}`,
    )
    .run(id, ...Object.values(columns));
  return id;
}

/** A row with its reason as one value. */
export function withReason<T extends WithReason>({ reason, reasonDetail, ...row }: T) {
  return { ...row, reason: fromColumns<JobReason>(reason, reasonDetail) };
}
