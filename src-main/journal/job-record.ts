import type { JobSubject } from '../contract/job-words.ts';
import type { Database } from '../platform/storage/sqlite.ts';

/** Where the jobs of a kind are. All of it is SQL. */
export type JobTables = {
  readonly job: string;
  readonly item: string;
  /** The column that names its job, in `item` and in every other part. */
  readonly key: string;
};

/** Ids of jobs that two records share: of the other record, and of this one. */
export type SameJobs = ReadonlyMap<number, number>;

/**
 * What became of the jobs of a backup: how many had not ended, and how many of their numbers were not sent and may have been
 * sent.
 */
export type PutToRest = { readonly jobs: number; readonly unsent: number; readonly unclear: number };

/**
 * What backups and the mending of a damaged record need to know of a kind of job. The rest of both is the same for all kinds.
 * The functions run inside a transaction.
 */
export type JobRecord = JobTables & {
  readonly subject: JobSubject;
  /** Other tables that belong to a job. */
  readonly parts: readonly string[];
  /** The column of a job that names another job of its kind. */
  readonly link?: string;
  /**
   * SQL that is true for the same job of two records whose ids differ: a record of before ids were random gets them anew each
   * time it is brought up to date. `ours` and `theirs` name the rows of the jobs; the tables beside them are in `main` and `theirs`.
   */
  readonly same: (ours: string, theirs: string) => string;
  /** Statements that find rows which the schema allows and the application does not write. */
  readonly odd: readonly string[];
  /** Statements that find what must not be forgotten, so that the record is not replaced. */
  readonly unsettled: readonly string[];
  /** Before the jobs of a backup (`theirs`) come into the record of this computer (`main`). */
  joins?(database: Database, same: SameJobs): void;
  /** In a backup: another computer may have gone on with what was unfinished, so that nothing of it goes on here. */
  putToRest(database: Database): PutToRest;
  /** In a damaged record: items whose job is lost get one that sends nothing. */
  adopt(database: Database, at: number): void;
  /** In a damaged record: what may have been sent after it was written down last counts as that. Open jobs wait already. */
  mend(database: Database): void;
};
