import type { Events } from '../contract/contract.ts';
import type { CommandId } from '../contract/commands.ts';
import { waitWords } from '../contract/job-words.ts';
import { agree, formatCount, numbersOf } from '../contract/words.ts';

/** Something worth a notification, and where a click on it leads. */
export type News = { readonly title: string; readonly body: string; readonly command: CommandId };

/** Remembers what was told last, so that each end and each trouble is told once. Pure: a test can follow it. */
export class NewsDesk {
  #phases = new Map<string, string>();
  #syncError: string | null = null;
  #completedAt: number | null = null;

  order(order: Events['orders']): News | null {
    if (!this.#ended(`order ${order.id}`, order.phase)) return null;
    const { bought, refused } = order.counts;
    const name = `Order ${formatCount(order.ordinal)}`;
    const body =
      order.phase === 'done'
        ? `${formatCount(bought)} bought, ${formatCount(refused)} refused.`
        : waitWords(order.waiting);
    return {
      title: order.phase === 'done' ? `${name} is done` : `${name} waits`,
      body,
      command: 'buy',
    };
  }

  plan(plan: Events['plans']): News | null {
    if (!this.#ended(`plan ${plan.id}`, plan.phase)) return null;
    const { done, failed } = plan.counts;
    const name = `Change ${formatCount(plan.ordinal)}`;
    const body =
      plan.phase === 'done'
        ? `${plan.title}: ${formatCount(done)} changed, ${formatCount(failed)} failed.`
        : waitWords(plan.waiting);
    return {
      title: plan.phase === 'done' ? `${name} is done` : `${name} waits`,
      body,
      command: 'routes',
    };
  }

  /** A background sync that fails when the last one did not, or that found numbers. */
  sync(sync: Events['sync']): News | null {
    if (sync.phase !== 'idle') return null;
    const error = sync.error?.code ?? null;
    const failedNow = error !== null && this.#syncError === null;
    this.#syncError = error;
    const before = this.#completedAt;
    this.#completedAt = sync.completedAt;
    if (failedNow)
      return { title: 'The list could not be synced', body: sync.error?.message ?? '', command: 'numbers' };
    const added = sync.last?.added ?? 0;
    // A first list has nothing before it, and everything in it would be new.
    if (before === null || sync.completedAt === before || added === 0) return null;
    return {
      title: agree(added, 'New number', 'New numbers'),
      body: `${numbersOf(added)} ${agree(added, 'was', 'were')} found at the carrier.`,
      command: 'numbers',
    };
  }

  /** True when something that ran has come to an end or a halt. */
  #ended(what: string, phase: string): boolean {
    const before = this.#phases.get(what);
    this.#phases.set(what, phase);
    return (before === 'running' || before === 'stopping') && (phase === 'done' || phase === 'paused');
  }
}

/** Share of the work that is under way, for the task bar; above 1 for work whose end is not known, -1 for none. */
export function progressOf(
  order: Events['orders'] | null,
  plan: Events['plans'] | null,
  sync: Events['sync'] | null = null,
): number {
  if (plan?.phase === 'running' && plan.total > 0) {
    const { done, same, changed, failed } = plan.counts;
    return (done + same + changed + failed) / plan.total;
  }
  if (order?.phase === 'running' && order.total > 0)
    return (order.counts.bought + order.counts.refused) / order.total;
  // The first sync takes long; later ones are too short for the bar.
  if (sync?.phase === 'listing' && sync.completedAt === null) return 2;
  return -1;
}
