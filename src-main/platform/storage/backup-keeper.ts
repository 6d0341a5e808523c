import { isSound, listBackups, makeBackup, type Backup } from './backups.ts';
import type { Database } from './sqlite.ts';

export type KeeperOptions = {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Calls back after so many milliseconds; the answer calls that off. */
  readonly after: (ms: number, work: () => void) => () => void;
  readonly log: (line: string) => void;
  /** A copy did not pass its check. */
  readonly onDamage: () => void;
  /** Bytes that all backups may take. */
  readonly mostBytes?: number;
};

const everyMs = 600_000;
/** Waits so long after a change, so that changes that follow soon are in the same backup. */
const gatherMs = 5_000;
/** A quit waits no longer than this for a backup. */
const closeMs = 2_000;

/** A backup takes too long, or must not go on. */
class Abandoned extends Error {}

/**
 * Backs the journal up: at most every ten minutes after something changed, and when it is closed. Beside the calls, in steps;
 * at a close for two seconds at most, after which the backups from before stay what there is.
 */
export class BackupKeeper {
  #file: string;
  #database: Database;
  #options: KeeperOptions;
  /** The count of changes up to which everything is in the newest backup; null when that is not known. */
  #held: number | null;
  #newest: Backup | null;
  #triedAt = 0;
  #cancelTimer: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #closing = false;
  #stopped = false;
  #deadline = Number.POSITIVE_INFINITY;
  /** A copy was left alone while SQLite was still at it. */
  copying = false;

  /** `held`: the name of the backup that holds everything the file has now, or null. */
  constructor(file: string, database: Database, held: string | null, options: Partial<KeeperOptions> = {}) {
    this.#file = file;
    this.#database = database;
    const silent = () => undefined;
    this.#options = { now: Date.now, after: later, log: silent, onDamage: silent, ...options };
    const [newest = null] = listBackups(file);
    this.#newest = newest;
    this.#held = newest !== null && newest.name === held ? this.#changes() : null;
    this.touched();
  }

  /** Something may have changed. */
  touched(): void {
    if (this.#cancelTimer || this.#running || this.#closing || this.#stopped || this.#isHeld()) return;
    const { now, after } = this.#options;
    const since = now() - Math.max(this.#newest?.at ?? 0, this.#triedAt);
    this.#cancelTimer = after(Math.min(Math.max(gatherMs, everyMs - since), everyMs), () => {
      this.#cancelTimer = null;
      this.#running = this.#backUp().finally(() => {
        this.#running = null;
        this.touched();
      });
    });
  }

  /** True while a backup is being made. */
  get busy(): boolean {
    return this.#running !== null;
  }

  /** Ends what is on its way, in time; resolves with the backup that holds everything, or null. */
  async close(): Promise<Backup | null> {
    this.#deadline = this.#options.now() + closeMs;
    this.#closing = true;
    this.#noTimer();
    await this.#running;
    if (!this.#isHeld()) await this.#backUp();
    this.#stopped = true;
    const newest = this.#newest;
    return newest !== null && this.#isHeld() && isSound(newest) ? newest : null;
  }

  /** True while a quit may still wait. */
  inTime(): boolean {
    return this.#options.now() <= this.#deadline;
  }

  /** Makes no more of them. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#noTimer();
    await this.#running;
  }

  #noTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  async #backUp(): Promise<void> {
    const { now, log, onDamage, mostBytes } = this.#options;
    const before = this.#changes();
    this.#triedAt = now();
    try {
      const limits = mostBytes === undefined ? { now } : { now, mostBytes };
      const made = await makeBackup(this.#file, limits, () => this.#pause());
      if (!made) {
        log('a backup of the journal did not pass its check');
        onDamage();
        return;
      }
      this.#newest = made;
      this.#held = before;
    } catch (thrown) {
      if (thrown instanceof Abandoned) this.copying = !this.#stopped;
      log(
        `backup of the journal: ${thrown instanceof Abandoned ? 'abandoned, the older ones stay' : 'failed'}`,
      );
    }
  }

  async #pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#stopped || !this.inTime()) throw new Abandoned();
  }

  #isHeld(): boolean {
    return this.#held === this.#changes();
  }

  /** How many rows this connection has changed. */
  #changes(): number {
    const { changes } = this.#database.prepare('SELECT total_changes() AS changes').get() as {
      changes: number;
    };
    return changes;
  }
}

function later(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => {
    clearTimeout(timer);
  };
}
