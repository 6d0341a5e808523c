import { jobNames, jobSubjects, type JobSubject } from '../contract/job-words.ts';
import { formatCount } from '../contract/words.ts';
import type { JobRoutes } from '../jobs/job-list.ts';

/** What the record of an account asks of the jobs of a kind, beside what their feature does. */
type JobsOfKind = {
  /** Those that were begun and have not ended, the oldest first. */
  open(): readonly { readonly ordinal: number }[];
  /** What one is called; null when there is none of this id. */
  called(id: number): string | null;
  readonly list: { readonly byRoute: JobRoutes };
};
export type JobsByKind = Readonly<Record<JobSubject, JobsOfKind>>;

/** The jobs of all kinds that have not ended. */
export class OpenJobs {
  #kinds: JobsByKind;

  constructor(kinds: JobsByKind) {
    this.#kinds = kinds;
  }

  /** "Order 12" or "Change 7", the oldest of a kind first; null when there is none. */
  first(): string | null {
    for (const subject of jobSubjects) {
      const [open] = this.#kinds[subject].open();
      if (open) return `${jobNames[subject].title} ${formatCount(open.ordinal)}`;
    }
    return null;
  }
}
