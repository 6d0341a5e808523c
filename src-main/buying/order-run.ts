import type { Journal } from '../journal/open.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Carrier } from '../carrier/carrier.ts';
import { steadyNow } from '../platform/clock.ts';
import type { OrderPhase, OrderSummary } from '../contract/buying.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { PhoneNumber } from '../contract/model.ts';
import { plainReason } from '../contract/plain-reason.ts';
import { numbersOf } from '../contract/words.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { NewActivity } from '../activity/activity-store.ts';
import { doneEntry } from './order-words.ts';
import { setItemRoutes } from './item-routes.ts';
import type { RunItem } from './order-store.ts';
import { priceRest } from './price-rest.ts';
import { givenUp, isUnavailable, purchase, type Looked, type Outcome } from './purchase.ts';

export type OrderRunOptions = {
  readonly journal: Journal;
  readonly inventory: Inventory;
  readonly carrier: () => Carrier | null;
  readonly onOrder: (order: OrderSummary) => void;
  readonly record: (entry: Omit<NewActivity, 'at'>) => Promise<void>;
  readonly log: (line: string) => void;
  /** Pauses of the runner in milliseconds; for tests. */
  readonly settleMs?: number;
  readonly againMs?: number;
  /** How long somebody who waits for an answer is kept waiting for it; for tests. */
  readonly patienceMs?: number;
  /** How old a price may be when it is paid. */
  readonly freshMs?: number;
};

/** Refusals without a purchase in between that stop an order and ask. */
const mostRefusals = 10;
/** The same for refusals that are not the documented one: they may be about the account. */
const mostOddRefusals = 2;
/** Numbers given up for now, one after another: an outage. */
const mostUnclear = 2;
/** How long the list waits to show what was just bought, in milliseconds: the next sync brings it anyhow. */
const courtesyMs = 5_000;
const paused = 'Paused. Nothing is sent until you resume it.';

/** Why an order waits: for the person who looks at it, and for the record, where no words of a carrier go. */
type Wait = { readonly told: string; readonly recorded: string };

/** One order at work, one number at a time, until it is done, waits for the person, or is called off. */
export class OrderRun {
  readonly id: number;
  readonly done: Promise<void>;
  /** Resolves when the order is marked as running; rejects when that could not be written down: then nothing was sent. */
  readonly begun: Promise<void>;
  #begun = Promise.withResolvers<void>();
  #options: OrderRunOptions;
  #wanted: 'paused' | 'stopping' | null;
  #over = false;
  /** Tries of each number that did not settle it. */
  #tries = new Map<string, number>();
  /** Bought in this run, with the routes to be set next. */
  #bought = new Set<string>();
  /** Numbers that come last in this run. */
  #skipped = new Set<string>();
  #row = { refused: 0, odd: 0, unclear: 0 };
  #writes = new AbortController();
  #looks = new AbortController();

  constructor(id: number, stopped: boolean, options: OrderRunOptions) {
    this.id = id;
    this.#options = options;
    this.#wanted = stopped ? 'stopping' : null;
    this.begun = this.#begun.promise;
    // Told to whoever waits for it.
    this.begun.catch(() => undefined);
    this.done = this.#run()
      .catch((thrown: unknown) => this.#failed(thrown))
      .finally(() => {
        this.#begun.resolve();
      });
  }

  /** True once it takes no more orders: it is being paused, or its last phase is being written. */
  get leaving(): boolean {
    return this.#over || this.#wanted === 'paused';
  }

  /** Waits for what is on its way; a question that takes longer than `graceMs` is broken off. */
  pause(graceMs: number): void {
    this.#wanted = 'paused';
    this.#writes.abort();
    setTimeout(() => {
      this.#looks.abort();
    }, graceMs).unref();
  }

  /** Sends nothing more; what may have been sent is still looked up. False when it is too late to be heard. */
  stop(): boolean {
    if (this.leaving) return false;
    this.#wanted = 'stopping';
    this.#writes.abort();
    return true;
  }

  async #run(): Promise<void> {
    const { id } = this;
    const { journal } = this.#options;
    await this.#phase(this.#stopping() ? 'stopping' : 'running', '');
    this.#begun.resolve();
    for (;;) {
      if (this.#stopping()) {
        this.#skipped.clear();
        await journal.orders.giveUp(id, givenUp);
      }
      if (this.#wanted === 'paused') return this.#wait({ told: paused, recorded: 'was paused' });
      const item = await journal.orders.nextItem(id, [...this.#skipped]);
      if (!item) break;
      if (item.status === 'bought') {
        await this.#setRoutes(item);
        continue;
      }
      const stopped = this.#stopping();
      const outcome = await this.#attempt(item);
      const wait = (await this.#keep(item, outcome)) ?? (await this.#inRow(item, outcome));
      await this.#told();
      // Whoever stopped it meanwhile has answered already what the wait would ask.
      const answered = this.#stopping() && !stopped;
      if (wait && !answered) return this.#wait(wait);
      if (outcome.kind === 'again') {
        const tries = (this.#tries.get(item.number) ?? 0) + 1;
        this.#tries.set(item.number, tries);
        await this.#breathe(tries);
      }
    }
    if (this.#skipped.size > 0) {
      const told = `The carrier has no clear answer for ${numbersOf(this.#skipped.size)}. Resume to try again, or stop.`;
      return this.#wait({ told, recorded: `waits: no clear answer for ${numbersOf(this.#skipped.size)}` });
    }
    this.#over = true;
    await this.#phase('done', '');
    await recordEnd(id, this.#options);
  }

  #stopping(): boolean {
    return this.#wanted === 'stopping';
  }

  #attempt(item: RunItem): Promise<Outcome> {
    const { journal, settleMs, freshMs } = this.#options;
    return purchase(item, {
      carrier: this.#carrier(),
      tries: this.#tries.get(item.number) ?? 0,
      onlySettle: this.#stopping(),
      writes: this.#writes.signal,
      looks: this.#looks.signal,
      sending: async () => {
        await journal.orders.setItem(this.id, item.number, 'sending', '');
        await this.#told();
      },
      priced: (setup, monthly) => journal.prices.priceItem(this.id, item.number, setup, monthly, steadyNow()),
      ...(settleMs === undefined ? {} : { settleMs }),
      ...(freshMs === undefined ? {} : { freshMs }),
    });
  }

  /** Writes an outcome down. Returns why the order has to wait, or null. */
  async #keep(item: RunItem, outcome: Outcome): Promise<Wait | null> {
    const { journal, inventory } = this.#options;
    const { number } = item;
    const set = (status: 'refused' | 'planned' | 'unknown', reason: string, clear = false) =>
      journal.orders.setItem(this.id, number, status, reason, clear);
    switch (outcome.kind) {
      case 'bought':
        // First what was paid, then what is shown of it.
        await keepBought(this.id, item, outcome.owned, this.#options, this.#looks.signal);
        if (!outcome.owned) this.#bought.add(number);
        return null;
      case 'had':
        await set('refused', 'The account had it already: this order did not pay for it.', true);
        if (outcome.owned !== 'odd') await inventory.applyFresh([outcome.owned], Date.now());
        return null;
      case 'refused':
        await set('refused', outcome.reason, outcome.clear);
        return null;
      case 'again':
        await set('planned', outcome.reason, outcome.clear);
        return null;
      case 'later':
        this.#skipped.add(number);
        await set('planned', outcome.reason);
        return null;
      case 'dearer': {
        const now = `${dollars(outcome.setup)} set-up and ${dollars(outcome.monthly)} a month`;
        const before = `${dollars(item.setup)} and ${dollars(item.monthly)}`;
        await priceRest(this.id, { journal, carrier: this.#carrier(), signal: this.#writes.signal });
        return {
          told: `${number} costs ${now} by now, not ${before}. Look at what is left and what it costs, then go on or stop.`,
          recorded: 'waits: a price went up',
        };
      }
      case 'account':
        await set('planned', outcome.reason, outcome.clear);
        return {
          told: `${outcome.reason} Nothing more was sent. Resume when it is settled, or stop.`,
          recorded: 'waits: the carrier did not take it, for a reason that is not about one number',
        };
      case 'unknown': {
        await set('unknown', outcome.reason);
        const calledOff = outcome.error.code === 'cancelled';
        const told = `Whether ${number} was bought is looked up when you resume.`;
        return {
          told: `${calledOff ? paused : outcome.error.message} ${told}`,
          recorded: calledOff ? 'was paused' : `waits: ${plainReason(outcome.error)}`,
        };
      }
    }
  }

  /** Trouble one number after another is about more than numbers: the order waits and asks. */
  async #inRow(item: RunItem, outcome: Outcome): Promise<Wait | null> {
    const row = this.#row;
    if (outcome.kind === 'bought') this.#row = { refused: 0, odd: 0, unclear: 0 };
    if (outcome.kind === 'later') row.unclear += 1;
    if (outcome.kind === 'refused') {
      row.refused += 1;
      if (!isUnavailable(outcome.reason)) row.odd += 1;
    }
    if (this.#stopping() || !(await this.#options.journal.orders.nextItem(this.id))) return null;
    if (row.unclear >= mostUnclear) {
      const told = `${item.reason || 'The carrier gives no clear answer.'} Resume when it is better, or stop.`;
      return { told, recorded: `waits: no clear answer for ${numbersOf(row.unclear)} in a row` };
    }
    if (outcome.kind !== 'refused' || (row.odd < mostOddRefusals && row.refused < mostRefusals)) return null;
    const told = `${numbersOf(row.refused)} in a row were refused, the last one with: ${outcome.reason} Resume to go on, or stop.`;
    return { told, recorded: `waits: ${numbersOf(row.refused)} in a row were refused` };
  }

  /** An outage leaves the routes to be set, and the order waits, as with a purchase. */
  async #setRoutes(item: RunItem): Promise<void> {
    const { journal, inventory } = this.#options;
    const order = await journal.orders.summary(this.id);
    const wanted = { primary: order?.primary ?? '', failover: order?.failover ?? '' };
    const ended = await setItemRoutes(item.number as PhoneNumber, wanted, {
      carrier: this.#carrier(),
      breathe: (attempt) => this.#breathe(attempt),
      signal: this.#looks.signal,
      isNew: this.#bought.delete(item.number),
    });
    if (ended.fresh) await inventory.applyFresh([ended.fresh], ended.askedAt);
    await journal.orders.setItemRoutes(this.id, item.number, ended.routes, ended.reason);
    await this.#told();
  }

  async #failed(thrown: unknown): Promise<void> {
    const error = toAppError(thrown);
    if (error.code !== 'cancelled') this.#options.log(`order ended: ${error.code}`);
    const wait =
      error.code === 'cancelled'
        ? { told: paused, recorded: 'was paused' }
        : { told: `${error.message} ${error.action}`, recorded: `waits: ${plainReason(error)}` };
    const { journal } = this.#options;
    // What was on its way when something broke may have gone through.
    await journal.orders.settleSending(this.id).catch(() => undefined);
    await this.#wait(wait).catch(() => {
      this.#begun.reject(thrown);
    });
  }

  async #wait({ told, recorded }: Wait): Promise<void> {
    this.#over = true;
    await this.#phase('paused', told);
    const order = await this.#options.journal.orders.summary(this.id);
    // Its record may be lost, when that was put together again meanwhile.
    if (!order) return;
    const text = `Order ${order.ordinal} ${recorded}`;
    await this.#options.record({ kind: 'order', text, outcome: 'info', numbers: [] });
  }

  #breathe(attempt: number): Promise<void> {
    const wait = (this.#options.againMs ?? 1_000) * 2 ** Math.min(attempt, 5);
    return sleep(wait, undefined, { signal: this.#writes.signal }).catch(() => undefined);
  }

  async #phase(phase: OrderPhase, waiting: string): Promise<void> {
    await this.#options.journal.orders.setPhase(this.id, phase, waiting);
    await this.#told();
  }

  async #told(): Promise<void> {
    const summary = await this.#options.journal.orders.summary(this.id);
    if (summary) this.#options.onOrder(summary);
  }

  #carrier(): Carrier {
    return needCarrier(this.#options);
  }
}

/**
 * Writes down that a number was bought, with what it costs, then brings it into the list as the carrier has it now. `found` is
 * how a look-up had it: then it may be another order's purchase. The rest is a courtesy: it fails in silence.
 */
export async function keepBought(
  id: number,
  item: RunItem,
  found: Looked | null,
  { journal, inventory, carrier }: Pick<OrderRunOptions, 'journal' | 'inventory' | 'carrier'>,
  signal: AbortSignal,
): Promise<void> {
  const learned = await (found
    ? journal.orders.foundBought(id, item, Date.now())
    : journal.orders.bought(id, item, Date.now()));
  if (learned) await inventory.learn([learned]);
  const askedAt = Date.now();
  const brief = AbortSignal.any([signal, AbortSignal.timeout(courtesyMs)]);
  const owned =
    found ??
    (await carrier()
      ?.getOwned(item.number as PhoneNumber, { signal: brief })
      .catch(() => null));
  if (owned && owned !== 'odd') await inventory.applyFresh([owned], askedAt);
}

const dollars = (cents: number): string => `$${(cents / 100).toFixed(2)}`;

/** Writes an order's end into the activity. */
export async function recordEnd(
  id: number,
  { journal, record }: Pick<OrderRunOptions, 'journal' | 'record'>,
): Promise<void> {
  const summary = await journal.orders.summary(id);
  const bought = await journal.orders.itemsThatAre(id, 'bought');
  const numbers = bought.map((item) => item.number);
  if (summary) await record(doneEntry(summary, numbers));
}

/** The carrier to ask; rejects with `signed-out` when there are no keys. */
export function needCarrier({ carrier }: Pick<OrderRunOptions, 'carrier'>): Carrier {
  const found = carrier();
  if (found) return found;
  throw failure('signed-out', 'There are no keys to buy with.', 'Enter the keys of this account.');
}
