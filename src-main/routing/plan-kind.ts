import { agree, formatCount } from '../contract/words.ts';
import type { OwnedNumber } from '../contract/model.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { GroupCommit } from '../jobs/group-commit.ts';
import type { JobKind } from '../jobs/kind.ts';
import type { Journal } from '../journal/open.ts';
import { applyItem } from './apply.ts';
import type { PlanJob } from './plan-store.ts';

export type PlanKindOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly typeOf: (route: string) => string;
};

/** What is a plan's own among the jobs: each of its numbers gets its routes. */
export function planKind({ journal, inventory, typeOf }: PlanKindOptions): JobKind<PlanJob> {
  const seen = new GroupCommit<{ item: OwnedNumber; at: number }>((found) => inventory.applySeen(found));
  return {
    ...{ name: 'plan', purpose: 'change routes' },
    // More than the pacing ever lets through at once: the carrier sets the speed, not this. Setting a pair twice changes nothing.
    ...{ lanes: 32, careful: false, stages: 2, twoTurns: true, againMs: 500 },
    // A carrier that refuses ten numbers in a row refuses for a reason that is not theirs.
    breaker: { refused: 10, odd: Number.POSITIVE_INFINITY, unclear: 5 },
    step: (item, context) =>
      applyItem(item, context, { typeOf, seen: (number, at) => seen.add({ item: number, at }) }),
    remains: ({ counts }) => ({
      code: counts.unknown === 0 ? 'fewer-requests' : 'not-looked-up',
      detail: null,
    }),
    aside: (unknown) => ({ code: 'changed-unknown', detail: unknown }),
    async ended({ id, counts }) {
      const { done, same, changed, failed, left, unknown } = counts;
      const parts = [
        `${formatCount(done)} changed`,
        same > 0 ? `${formatCount(same)} ${agree(same, 'was', 'were')} so already` : '',
        changed > 0 ? `${formatCount(changed)} left alone: changed elsewhere` : '',
        failed > 0 ? `${formatCount(failed)} failed` : '',
        left > 0 ? `${formatCount(left)} not changed` : '',
        unknown > 0 ? `${formatCount(unknown)} not known` : '',
      ];
      const text = `: ${parts.filter(Boolean).join(', ')}`;
      const numbers = (await journal.plans.itemsThatAre(id, 'done')).map(({ number }) => number);
      return {
        ...{ kind: 'routes', about: { kind: 'plan', id } },
        ...{ text, outcome: failed > 0 ? 'failed' : 'ok', numbers },
      };
    },
  };
}
