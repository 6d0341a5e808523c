import type { Carrier } from '../carrier/carrier.ts';
import { detailsOf } from '../carrier/details.ts';
import { toAppError } from '../contract/errors.ts';
import type { PhoneNumber } from '../contract/model.ts';
import { foundWords, recordedWait, troubleOf, type OrderReason } from '../contract/job-words.ts';
import type { ActivityNote } from '../activity/activity-store.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { trouble, type JobKind, type Step, type StepContext } from '../jobs/kind.ts';
import type { Journal } from '../journal/open.ts';
import { steadyNow } from '../platform/clock.ts';
import { setItemRoutes } from './item-routes.ts';
import type { OrderJob, OrderMark, RunItem } from './order-store.ts';
import { doneEntry } from './order-words.ts';
import { priceRest } from './price-rest.ts';
import { purchase, type Looked } from './purchase.ts';

export type OrderKindOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly record: (entry: ActivityNote) => Promise<void>;
  /** Pauses between two looks after a lost answer, and how old a price may be when it is paid, in milliseconds; for tests. */
  readonly settleMs?: number;
  readonly freshMs?: number;
};

/** Numbers of an order that are bought side by side. */
export const orderLanes = 4;
/** How long the list waits to show what was just bought, in milliseconds: the next sync brings it anyhow. */
const courtesyMs = 5_000;

/** What is an order's own among the jobs: each of its numbers is bought at most once, then gets the routes of the order. */
export function orderKind(options: OrderKindOptions): JobKind<OrderJob> {
  const { journal, inventory, record, settleMs, freshMs } = options;
  /** Bought in this run, with the routes to be set next: nobody else can have set them. */
  const fresh = new Set<string>();
  const refusedBefore = new Set<string>();

  async function step(item: RunItem, context: StepContext<OrderJob>): Promise<Step<OrderJob>> {
    if (item.status === 'bought') return item.routes === 'planned' ? route(item, context) : { mark: null };
    if (item.status === 'refused') return { mark: null };
    const { number } = item;
    const outcome = await purchase(item, context, {
      ...{ settleMs, freshMs, refusedBefore },
      priced: (setup, monthly) => journal.prices.priceItem(context.id, number, setup, monthly, steadyNow()),
    });
    const planned = (reason: OrderReason | null, clear = false) =>
      ({ number, status: 'planned', reason, clear }) as const;
    switch (outcome.kind) {
      case 'bought':
        if (!outcome.owned) fresh.add(number);
        return {
          ...keep(item, outcome.owned, context.carrier, context.looks()),
          ...{ row: 'yes', ...(item.routes === 'planned' ? { next: 'at once' } : {}) },
        };
      case 'had':
        return {
          mark: {
            ...{ number, status: 'refused', clear: true },
            reason: { code: 'had', detail: null },
          },
          after: () => show(outcome.owned, Date.now()),
        };
      case 'refused': {
        const { reason, clear } = outcome;
        const row = outcome.odd ? 'odd' : 'refused';
        return { mark: { number, status: 'refused', reason, clear }, row };
      }
      case 'again':
        return { mark: planned(outcome.reason, outcome.clear), next: 'again' };
      case 'off':
        return { mark: outcome.clear ? planned(null, true) : null, next: 'at once' };
      case 'later':
        return { mark: planned(outcome.reason), next: 'later', row: 'unclear' };
      case 'dearer': {
        const now = { setup: outcome.setup, monthly: outcome.monthly };
        const before = { setup: item.setup, monthly: item.monthly };
        const first = (signal: AbortSignal) =>
          priceRest(context.id, { journal, carrier: context.carrier, signal });
        return { mark: null, hold: { wait: { code: 'dearer', detail: { number, now, before } }, first } };
      }
      case 'account':
        return {
          mark: planned(outcome.reason, outcome.clear),
          hold: { wait: { code: 'account', detail: outcome.reason } },
        };
      case 'unknown': {
        const calledOff = outcome.error.code === 'cancelled';
        const trouble = calledOff ? null : troubleOf(outcome.error);
        return {
          mark: { number, status: 'unknown', reason: outcome.reason },
          calledOff,
          hold: { wait: { code: 'look-up', detail: { number, trouble } } },
        };
      }
    }
  }

  /** An outage leaves the routes to be set, and the order waits, as with a purchase. */
  async function route(item: RunItem, context: StepContext<OrderJob>): Promise<Step<OrderJob>> {
    const { id, carrier, breathe, patience } = context;
    const wanted = await journal.orders.routesOf(id);
    const number = item.number as PhoneNumber;
    try {
      const isNew = fresh.delete(number);
      const ended = await setItemRoutes(number, wanted, {
        ...{ carrier, breathe, isNew, signal: patience, mayHaveSent: item.routesSent === 1 },
        async sending() {
          await context.mark({ number, status: 'bought', reason: null, routesSent: true });
        },
      });
      const { routes, reason } = ended;
      return {
        mark: { number, status: 'bought', reason, routes },
        after: () => show(ended.fresh, ended.askedAt),
      };
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'cancelled') return { mark: null, calledOff: true };
      return { mark: null, hold: trouble(error) };
    }
  }

  /**
   * Writes down that a number was bought, with what it costs, then brings it into the list as the carrier has it now. `found` is
   * how a look-up had it: then it may be another order's purchase. Bringing it into the list may fail without harm: the next sync does it.
   */
  function keep(item: RunItem, found: Looked | null, carrier: Carrier, signal: AbortSignal) {
    const paid = { item, at: Date.now(), found: found !== null };
    const mark: OrderMark = { number: item.number, status: 'bought', reason: null, paid };
    const after = async (learned: OrderJob['written']) => {
      if (learned) await inventory.learn([learned]);
      const askedAt = Date.now();
      const brief = AbortSignal.any([signal, AbortSignal.timeout(courtesyMs)]);
      const owned =
        found ?? (await detailsOf(carrier, item.number as PhoneNumber, { signal: brief }).catch(() => null));
      await show(owned, askedAt);
    };
    return { mark, after };
  }

  async function show(owned: Looked | null, askedAt: number): Promise<void> {
    if (owned && owned !== 'odd') await inventory.applyFresh([owned], askedAt);
  }

  /** Looks up every number of an order whose outcome a crash left open, and says what was found. */
  async function reconcile(id: number, carrier: Carrier | null, signal: AbortSignal): Promise<void> {
    const open = await journal.orders.itemsThatAre(id, 'unknown');
    if (open.length === 0) return;
    const bought: string[] = [];
    let absent = 0;
    for (const item of open) {
      if (!carrier) break;
      const looked = await detailsOf(carrier, item.number as PhoneNumber, { signal }).catch(
        (thrown: unknown) => {
          const { code } = toAppError(thrown);
          if (code === 'not-found') absent += 1;
          return code === 'odd-record' ? 'odd' : null;
        },
      );
      if (!looked) continue;
      const { mark, after } = keep(item, looked, carrier, signal);
      const [learned] = await journal.orders.mark(id, [mark]);
      await after(learned ?? null);
      bought.push(item.number);
    }
    const unasked = open.length - bought.length - absent;
    const found = { open: open.length, bought: bought.length, absent, unasked };
    await journal.orders.setPhase(id, 'paused', { code: 'interrupted', detail: found });
    await record({
      ...{ kind: 'order', about: { kind: 'order', id } },
      text: `: ${foundWords(found)}`,
      outcome: 'info',
      numbers: bought,
    });
  }

  return {
    ...{
      name: 'order',
      purpose: 'buy',
      lanes: orderLanes,
      careful: true,
      stages: 3,
      twoTurns: false,
      againMs: 1_000,
    },
    // Refusals that are not documented may be about the account. Many numbers in a row without a clear answer mean an outage.
    breaker: { refused: 10, odd: 2, unclear: 2 },
    begins() {
      fresh.clear();
    },
    ...{ step, reconcile },
    remains: ({ counts }) => ({ code: 'no-clear-answer', detail: counts.planned + counts.unknown }),
    aside: (unknown) => ({ code: 'bought-unknown', detail: unknown }),
    async ended(order) {
      const bought = await journal.orders.itemsThatAre(order.id, 'bought');
      return doneEntry(
        order,
        bought.map(({ number }) => number),
      );
    },
    waits: ({ id }, wait) => {
      const text = ` ${recordedWait(wait)}`;
      return { kind: 'order', about: { kind: 'order', id }, text, outcome: 'info', numbers: [] };
    },
  };
}
