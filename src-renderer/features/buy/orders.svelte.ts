import type { Client } from '#main/contract/client.ts';
import type { OrdersWindow, OrderSummary } from '#main/contract/buying.ts';
import type { AppError } from '#main/contract/errors.ts';
import { orderQuery, type OrderColumn } from '#main/contract/order-query.ts';
import { sortsOf } from '../../lib/columns.ts';
import { QueriedList } from '../../lib/queried-list.svelte.ts';
import type { RowsWindow } from '../../lib/window-source.svelte.ts';

export type Steering = 'pause' | 'resume' | 'stop' | 'setAside';
/** What grows while an order runs. */
const growing: readonly OrderColumn[] = ['bought', 'spent', 'monthly'];

/** The orders of an account as the window has them: the list, and the one that is open. */
export class OrdersState {
  readonly list: QueriedList<OrderSummary, OrderColumn, OrdersWindow & RowsWindow<OrderSummary>>;
  /** How many there are, whatever is asked for; null while that is not known. */
  total = $state<number | null>(null);
  /** The order that is open, by its id: it may be on its way still. */
  opened = $state<number | null>(null);
  order = $state.raw<OrderSummary | null>(null);
  /** Why it cannot be shown. */
  error = $state.raw<AppError | null>(null);
  /** The order that is being opened gets the focus as soon as it is on screen. */
  arriving = $state(false);
  #client: Client;
  /** The last event of each order, with its place among all events. */
  #told: Record<number, { readonly order: OrderSummary; readonly at: number }> = {};
  #tellings = 0;

  constructor(client: Client) {
    this.#client = client;
    this.list = new QueriedList(orderQuery, { column: 'order', direction: 'desc' }, async (question) => {
      const result = await client.call('orders.list', question);
      if (!result.ok) return result;
      this.total = result.value.total;
      return { ok: true, value: { ...result.value, rows: result.value.orders } };
    });
  }

  /** Listens until the returned function is called. */
  start(): () => void {
    const end = this.#client.on('orders', (order) => {
      this.keep(order);
    });
    // Events that came while another account was looked at were not received.
    void this.list.refresh();
    if (this.opened !== null) void this.open(this.opened);
    return () => {
      this.arriving = false;
      this.list.stop();
      end();
    };
  }

  /** Shows an order. */
  async open(id: number): Promise<void> {
    if (id !== this.opened) this.error = null;
    this.opened = id;
    const known = this.#told[id]?.order ?? this.list.find(id);
    if (this.order?.id !== id) this.order = known ?? null;
    const since = this.#tellings;
    const result = await this.#client.call('orders.get', { id });
    if (this.opened !== id) return;
    const told = this.#told[id];
    this.error = result.ok ? null : result.error;
    // An answer may be older than an event that came while it was on its way.
    if (result.ok) this.order = told && told.at > since ? told.order : result.value;
  }

  /** No order is open any more. */
  shut(): void {
    [this.order, this.opened, this.error] = [null, null, null];
    // What waited for it does not take the focus to another one.
    this.arriving = false;
  }

  /** Takes an order as it is told. */
  keep(order: OrderSummary): void {
    const before = this.#told[order.id]?.order ?? this.list.find(order.id);
    this.#told[order.id] = { order, at: ++this.#tellings };
    this.list.put(order);
    if (order.id === this.opened) this.order = order;
    // One that is new or has another phase changes what is found, and what it has bought may decide where it stands.
    if (before?.phase !== order.phase) void this.list.refresh();
    else if (sortsOf(this.list.sort).some(({ column }) => growing.includes(column))) this.list.refreshSoon();
  }

  /** `agreed` is what somebody agreed to of a raised price, for a resume. Resolves with what went wrong, or null. */
  async steer(
    what: Steering,
    id: number,
    agreed?: { dueNow: number; typedCount: number | null },
  ): Promise<AppError | null> {
    const result = await (what === 'resume'
      ? this.#client.call('orders.resume', { id, ...(agreed && { agreed }) })
      : this.#client.call(`orders.${what}`, { id }));
    if (!result.ok) return result.error;
    this.keep(result.value);
    return null;
  }
}
