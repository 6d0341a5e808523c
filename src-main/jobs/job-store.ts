import { failure } from '../contract/errors.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import { JobSums, type Sum } from './job-sums.ts';
import type { JobPhase, JobTypes, Mark } from './kind.ts';

/** Where the jobs of a kind are: two tables, and what of them the engine cannot know. All of it is SQL. */
export type JobShape = {
  readonly job: string;
  readonly item: string;
  /** The column of an item that names its job. */
  readonly key: string;
  /** Of a job besides those that all have. */
  readonly head: string;
  /** Of an item as the runner needs it. */
  readonly columns: string;
  /** What there is to do, in its order: first what may have been sent, last what was not sent yet. */
  readonly stages: readonly string[];
  /** What a request changes in the counts of an item: `?3` is 1 when it is about to leave, -1 when it was refused, else 0. */
  readonly counts: string;
  /** What is summed: items by their state, and these. */
  readonly sums: { readonly by: string; readonly of: Readonly<Record<string, string>> };
};

type Value = string | number | null;

/** Jobs in one answer. */
const mostListed = 200;

/** The record of one kind of job. A kind adds how its jobs come to be and what is its own of their numbers. */
export abstract class JobStore<J extends JobTypes> {
  protected readonly database: Database;
  #shape: JobShape;
  #sums: JobSums;

  constructor(database: Database, shape: JobShape) {
    this.database = database;
    this.#shape = shape;
    this.#sums = new JobSums(database, { ...shape, ...shape.sums });
  }

  /** What a window is told of a job; null when there is none of this id. */
  abstract summary(id: number): J['view'] | null;

  /** Gives up what was not sent. What may have been sent is to be looked up, and stays. */
  abstract leave(id: number): void;

  /** The newest first, from a place on, as many as one answer holds; none past the last one. */
  page(offset: number, limit = mostListed): J['view'][] {
    const sql = `SELECT id FROM ${this.#shape.job} ORDER BY ordinal DESC LIMIT ? OFFSET ?`;
    return fitting(this.all<{ id: number }>(sql, limit, offset).flatMap(({ id }) => this.summary(id) ?? []));
  }

  /** Those that were begun and have not ended, the oldest first. */
  open(): { readonly id: number; readonly ordinal: number }[] {
    const { job } = this.#shape;
    return this.all(`SELECT id, ordinal FROM ${job} WHERE phase NOT IN ('done', 'draft') ORDER BY ordinal`);
  }

  /** The next items of a stage, in the order of their numbers. */
  claim(id: number, stage: number, after = '', limit = -1): J['item'][] {
    const { item, key, columns, stages } = this.#shape;
    const sql = `SELECT ${columns} FROM ${item} WHERE ${key} = ? AND number > ? AND ${stages[stage]} ORDER BY number LIMIT ?`;
    return this.all<J['item']>(sql, id, after, limit).map((row) => this.read(row));
  }

  /** One item, whatever its state. */
  item(id: number, number: string): J['item'] | null {
    const { item, key, columns } = this.#shape;
    const [row] = this.all<J['item']>(
      `SELECT ${columns} FROM ${item} WHERE ${key} = ? AND number = ?`,
      id,
      number,
    );
    return row ? this.read(row) : null;
  }

  /** All items of a job in one state. */
  itemsThatAre(id: number, status: string): J['item'][] {
    const { item, key, columns } = this.#shape;
    const sql = `SELECT ${columns} FROM ${item} WHERE ${key} = ? AND status = ? ORDER BY number`;
    return this.all<J['item']>(sql, id, status).map((row) => this.read(row));
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

  setPhase(id: number, phase: JobPhase, waiting: string): void {
    this.database
      .prepare(`UPDATE ${this.#shape.job} SET phase = ?, waiting = ? WHERE id = ?`)
      .run(phase, waiting, id);
  }

  /** From now on nothing of this job is sent. What has ended stays ended. */
  stop(id: number): void {
    this.database
      .prepare(`UPDATE ${this.#shape.job} SET phase = 'stopping' WHERE id = ? AND phase = 'running'`)
      .run(id);
  }

  /** Ends a job whose last numbers cannot be looked up now: they stay unknown. */
  setAside(id: number, waiting: string): void {
    this.stop(id);
    this.leave(id);
    this.setPhase(id, 'done', waiting);
  }

  /** A run ended in the middle of a request: whether it changed something is not known. */
  settleSending(id: number): void {
    const { item, key } = this.#shape;
    this.database
      .prepare(`UPDATE ${item} SET status = 'unknown' WHERE ${key} = ? AND status = 'sending'`)
      .run(id);
  }

  /**
   * After a crash: what was being sent is not known, and what was running waits for the person. Returns the jobs that have not
   * ended.
   */
  recover(waiting: string): number[] {
    const { job, item } = this.#shape;
    return transaction(this.database, () => {
      this.database.exec(`UPDATE ${item} SET status = 'unknown' WHERE status = 'sending'`);
      this.database
        .prepare(`UPDATE ${job} SET phase = 'paused', waiting = ? WHERE phase IN ('running', 'stopping')`)
        .run(waiting);
      return this.open().map(({ id }) => id);
    });
  }

  /** An item as the kind has it. */
  protected read(row: J['item']): J['item'] {
    return row;
  }

  /** Writes one mark down, inside a transaction. */
  protected write(id: number, mark: J['mark']): J['written'] {
    const { item, key, counts } = this.#shape;
    const { number, status, reason, clear }: Mark = mark;
    if (status === 'sending') this.#needRunning(id, number);
    this.database
      .prepare(`UPDATE ${item} SET status = ?1, reason = ?2, ${counts} WHERE ${key} = ?4 AND number = ?5`)
      .run(status, reason, status === 'sending' ? 1 : clear ? -1 : 0, id, number);
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
    const sql = `SELECT id, ordinal, created_at AS createdAt, phase, waiting, ${head} FROM ${job} WHERE id = ?`;
    return this.all<T>(sql, id)[0];
  }

  protected sums(id: number): Sum[] {
    return this.#sums.of(id);
  }

  protected all<T>(sql: string, ...values: Value[]): T[] {
    return this.database.prepare(sql).all(...values) as T[];
  }
}
