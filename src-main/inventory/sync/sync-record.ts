import type { ActivityNote } from '../../activity/activity-store.ts';
import { plainReason } from '../../contract/plain-reason.ts';
import type { SyncStatus } from '../../contract/sync.ts';
import { agree, formatCount, numbersOf } from '../../contract/words.ts';

export type SyncRecordOptions = {
  readonly record: (entry: ActivityNote) => Promise<void>;
  /** Which numbers the last pass changed, added or removed. */
  readonly changed: () => Promise<readonly string[]>;
  /** A pass is complete: what waited for a network or for the list goes on. */
  readonly onComplete: () => void;
};

/** Writes down what a sync did: a pass that changed something, and trouble when it begins; not the passes that found nothing new. */
export class SyncRecord {
  #options: SyncRecordOptions;
  #last: { completedAt: number; error: string; missing: number } | null = null;

  constructor(options: SyncRecordOptions) {
    this.#options = options;
  }

  note(status: SyncStatus): void {
    const { record, onComplete } = this.#options;
    const error = status.error?.code ?? '';
    const { completedAt, last, missing } = status;
    const before = this.#last;
    this.#last = { completedAt: completedAt ?? 0, error, missing };
    // The first status is about passes that an earlier start has written down already.
    if (!before) return;
    if (status.error && error !== before.error) {
      const text = `Sync: ${plainReason(status.error)}`;
      void record({ kind: 'failure', text, outcome: 'failed', numbers: [] });
    }
    if (missing > before.missing) {
      const more = missing - before.missing;
      const text = `Sync: ${numbersOf(more)} ${agree(more, 'is', 'are')} missing from the carrier's list, and kept until a second look`;
      void record({ kind: 'sync', text, outcome: 'info', numbers: [] });
    }
    if (!completedAt || completedAt <= before.completedAt) return;
    if (last && last.added + last.changed + last.removed > 0) void this.#pass(last);
    onComplete();
  }

  async #pass({ added, changed, removed }: NonNullable<SyncStatus['last']>): Promise<void> {
    const numbers = await this.#options.changed().catch(() => []);
    const text = `Sync: ${formatCount(added)} added, ${formatCount(changed)} changed, ${formatCount(removed)} removed`;
    await this.#options.record({ kind: 'sync', text, outcome: 'ok', numbers });
  }
}
