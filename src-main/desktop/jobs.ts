import type { OrderSummary } from '../contract/buying.ts';
import type { Events } from '../contract/contract.ts';
import type { PlanSummary } from '../contract/routing.ts';

type Open = { readonly orders: Map<number, OrderSummary>; readonly plans: Map<number, PlanSummary> };

/**
 * The orders and plans that run or wait, of the account on screen and of one that is still being left: what the tray, the task
 * bar and the badge tell. Pure: a test can follow it.
 */
export class Jobs {
  #accounts = new Map<string, Open>();

  told({ accountId, order, plan, closed }: Events['jobs']): void {
    if (closed) {
      // What waits in that account is told again when it is opened.
      this.#accounts.delete(accountId);
      return;
    }
    const open = this.#accounts.get(accountId) ?? { orders: new Map(), plans: new Map() };
    this.#accounts.set(accountId, open);
    if (order) keep(open.orders, order, order.phase !== 'done');
    if (plan) keep(open.plans, plan, plan.phase !== 'done' && plan.phase !== 'draft');
  }

  /** The order to tell of: one that runs, else the one that was told of last. */
  get order(): OrderSummary | null {
    return first([...this.#accounts.values()].flatMap(({ orders }) => [...orders.values()]));
  }

  get plan(): PlanSummary | null {
    return first([...this.#accounts.values()].flatMap(({ plans }) => [...plans.values()]));
  }

  /** Something sends requests, or is about to have ended. */
  get running(): boolean {
    return [this.order, this.plan].some((job) => job?.phase === 'running' || job?.phase === 'stopping');
  }

  /** How many wait for the person: the number on the dock or task bar. */
  get waiting(): number {
    const all = [...this.#accounts.values()].flatMap(({ orders, plans }) => [
      ...orders.values(),
      ...plans.values(),
    ]);
    return all.filter(({ phase }) => phase === 'paused').length;
  }
}

/** Keeps open jobs in the order in which they were told last, and forgets one that is not open any more. */
function keep<T extends { readonly id: number }>(jobs: Map<number, T>, job: T, isOpen: boolean): void {
  jobs.delete(job.id);
  if (isOpen) jobs.set(job.id, job);
}

function first<T extends { readonly phase: string }>(jobs: readonly T[]): T | null {
  const runs = jobs.findLast(({ phase }) => phase === 'running' || phase === 'stopping');
  return runs ?? jobs.at(-1) ?? null;
}
