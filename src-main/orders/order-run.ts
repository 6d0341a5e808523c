import { setTimeout as sleep } from 'node:timers/promises';
import type { Carrier } from '../carrier/carrier.ts';
import type { OrderPhase, OrderSummary } from '../contract/buying.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { PhoneNumber } from '../contract/model.ts';
import { plainReason } from '../contract/plain-reason.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { StoreClient } from '../storage/client.ts';
import type { NewActivity } from './activity-store.ts';
import { doneEntry } from './entries.ts';
import { setItemRoutes } from './item-routes.ts';
import type { RunItem } from './order-store.ts';
import { givenUp, isUnavailable, purchase, type Outcome } from './purchase.ts';

export type OrderRunOptions = {
  readonly journal: StoreClient<'journal'>;
  readonly inventory: Inventory;
  readonly carrier: () => Carrier | null;
  readonly onOrder: (order: OrderSummary) => void;
  readonly record: (entry: Omit<NewActivity, 'at'>) => Promise<void>;
  readonly log: (line: string) => void;
  /** Pauses of the runner in milliseconds; for tests. */
  readonly settleMs?: number;
  readonly againMs?: number;
};

/** Refusals one after another, all in the same words, that stop an order and ask. */
const mostSameRefusals = 10;
/** The same for a refusal that is not the documented one: it may be about the account. */
const mostUnknownRefusals = 2;
const paused = 'Paused. Nothing is sent until you resume it.';

/** Why an order waits: for the person who looks at it, and for the record, where no words of a carrier go. */
type Wait = { readonly told: string; readonly recorded: string };

/** One order at work, one number at a time, until it is done, waits for the person, or is called off. */
export class OrderRun {
  readonly id: number;
  readonly done: Promise<void>;
  #options: OrderRunOptions;
  #wanted: 'paused' | 'stopping' | null;
  #over = false;
  /** Tries of each number that did not settle it. */
  #tries = new Map<string, number>();
  #writes = new AbortController();
  #looks = new AbortController();

  constructor(id: number, stopped: boolean, options: OrderRunOptions) {
    this.id = id;
    this.#options = options;
    this.#wanted = stopped ? 'stopping' : null;
    this.done = this.#run().catch((thrown: unknown) => this.#failed(thrown));
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
    await this.#phase(this.#wanted === 'stopping' ? 'stopping' : 'running', '');
    let [refusal, same] = ['', 0];
    for (;;) {
      if (this.#wanted === 'stopping') await journal.call('giveUp', id, givenUp);
      if (this.#wanted === 'paused') return this.#wait({ told: paused, recorded: 'was paused' });
      const item = await journal.call('nextItem', id);
      if (!item) break;
      if (item.status === 'bought') {
        await this.#setRoutes(item);
        continue;
      }
      const outcome = await this.#attempt(item);
      const wait = await this.#keep(item, outcome);
      await this.#told();
      if (wait) return this.#wait(wait);
      if (outcome.kind === 'again') {
        const tries = (this.#tries.get(item.number) ?? 0) + 1;
        this.#tries.set(item.number, tries);
        await this.#breathe(tries);
      }
      // Trouble in between says nothing about a refusal, and neither do the digits of the number in its text.
      if (outcome.kind === 'bought') same = 0;
      if (outcome.kind === 'refused') {
        const words = outcome.reason.replace(/\d/g, '');
        same = words === refusal ? same + 1 : 1;
        refusal = words;
      }
      const most = isUnavailable(refusal) ? mostSameRefusals : mostUnknownRefusals;
      if (this.#wanted !== 'stopping' && same >= most && (await journal.call('nextItem', id))) {
        const told = `${same} numbers in a row were refused: ${refusal.trim()} Resume to go on, or stop.`;
        return this.#wait({ told, recorded: `waits: ${same} numbers in a row were refused` });
      }
    }
    this.#over = true;
    await this.#phase('done', '');
    await recordEnd(id, this.#options);
  }

  #attempt(item: RunItem): Promise<Outcome> {
    const { journal, settleMs } = this.#options;
    return purchase(item, {
      carrier: this.#carrier(),
      tries: this.#tries.get(item.number) ?? 0,
      onlySettle: this.#wanted === 'stopping',
      writes: this.#writes.signal,
      looks: this.#looks.signal,
      sending: async () => {
        await journal.call('setItem', this.id, item.number, 'sending', '');
        await this.#told();
      },
      ...(settleMs === undefined ? {} : { settleMs }),
    });
  }

  /** Writes an outcome down. Returns why the order has to wait, or null. */
  async #keep(item: RunItem, outcome: Outcome): Promise<Wait | null> {
    const { journal } = this.#options;
    const { number } = item;
    switch (outcome.kind) {
      case 'bought':
        await keepBought(this.id, item, outcome.owned, this.#carrier(), this.#options);
        return null;
      case 'refused':
        await journal.call('setItem', this.id, number, 'refused', outcome.reason, outcome.clear);
        return null;
      case 'again':
        await journal.call('setItem', this.id, number, 'planned', outcome.reason, outcome.clear);
        return null;
      case 'account':
        await journal.call('setItem', this.id, number, 'planned', outcome.reason, outcome.clear);
        return {
          told: `${outcome.reason} Nothing more was sent. Resume when it is settled, or stop.`,
          recorded: 'waits: the carrier did not take it, for a reason that is not about one number',
        };
      case 'unknown': {
        await journal.call('setItem', this.id, number, 'unknown', outcome.reason);
        const calledOff = outcome.error.code === 'cancelled';
        const told = `Whether ${number} was bought is looked up when you resume.`;
        return {
          told: `${calledOff ? paused : outcome.error.message} ${told}`,
          recorded: calledOff ? 'was paused' : `waits: ${plainReason(outcome.error)}`,
        };
      }
    }
  }

  /** An outage leaves the routes to be set, and the order waits, as with a purchase. */
  async #setRoutes(item: RunItem): Promise<void> {
    const { journal, inventory } = this.#options;
    const order = await journal.call('summary', this.id);
    const wanted = { primary: order?.primary ?? '', failover: order?.failover ?? '' };
    const ended = await setItemRoutes(item.number as PhoneNumber, wanted, {
      carrier: this.#carrier(),
      breathe: (attempt) => this.#breathe(attempt),
      signal: this.#looks.signal,
    });
    if (ended.fresh) await inventory.applyFresh([ended.fresh], ended.askedAt);
    await journal.call('setItemRoutes', this.id, item.number, ended.routes, ended.reason);
    await this.#told();
  }

  async #failed(thrown: unknown): Promise<void> {
    const error = toAppError(thrown);
    if (error.code !== 'cancelled') this.#options.log(`order ended: ${error.code}`);
    const wait =
      error.code === 'cancelled'
        ? { told: paused, recorded: 'was paused' }
        : { told: `${error.message} ${error.action}`, recorded: `waits: ${plainReason(error)}` };
    await this.#wait(wait).catch(() => undefined);
  }

  async #wait({ told, recorded }: Wait): Promise<void> {
    this.#over = true;
    await this.#phase('paused', told);
    const text = `Order ${this.id} ${recorded}`;
    await this.#options.record({ kind: 'order', text, outcome: 'info', numbers: [] });
  }

  #breathe(attempt: number): Promise<void> {
    const wait = (this.#options.againMs ?? 1_000) * 2 ** Math.min(attempt, 5);
    return sleep(wait, undefined, { signal: this.#writes.signal }).catch(() => undefined);
  }

  async #phase(phase: OrderPhase, waiting: string): Promise<void> {
    await this.#options.journal.call('setPhase', this.id, phase, waiting);
    await this.#told();
  }

  async #told(): Promise<void> {
    const summary = await this.#options.journal.call('summary', this.id);
    if (summary) this.#options.onOrder(summary);
  }

  #carrier(): Carrier {
    return needCarrier(this.#options);
  }
}

/** Writes down that a number was bought, with what it costs, and brings it into the list as the carrier has it now. */
export async function keepBought(
  id: number,
  item: RunItem,
  found: Awaited<ReturnType<Carrier['getOwned']>> | null,
  carrier: Carrier,
  { journal, inventory }: Pick<OrderRunOptions, 'journal' | 'inventory'>,
): Promise<void> {
  await inventory.learn([await journal.call('bought', id, item, Date.now())]);
  const askedAt = Date.now();
  const owned = found ?? (await carrier.getOwned(item.number as PhoneNumber).catch(() => null));
  if (owned) await inventory.applyFresh([owned], askedAt);
}

/** Writes an order's end into the activity. */
export async function recordEnd(
  id: number,
  { journal, record }: Pick<OrderRunOptions, 'journal' | 'record'>,
): Promise<void> {
  const summary = await journal.call('summary', id);
  const bought = await journal.call('itemsThatAre', id, 'bought');
  const numbers = bought.map((item) => item.number);
  if (summary) await record(doneEntry(summary, numbers));
}

/** The carrier to ask; rejects with `signed-out` when there are no keys. */
export function needCarrier({ carrier }: Pick<OrderRunOptions, 'carrier'>): Carrier {
  const found = carrier();
  if (found) return found;
  throw failure('signed-out', 'There are no keys to buy with.', 'Enter the keys of this account.');
}
