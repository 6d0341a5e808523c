import type {
  CartItem,
  ItemState,
  OrderItem,
  OrderItemsWindow,
  OrderReason,
  OrderSummary,
} from '../contract/buying.ts';
import { JobStore } from '../jobs/job-store.ts';
import type { Mark } from '../jobs/kind.ts';
import type { Learned } from '../inventory/index/indexed-number.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { newId, nextOrdinal } from '../jobs/ordinals.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';

/**
 * An item as the runner needs it. `sent` counts the requests that may have reached the carrier, `doubt` those of them whose
 * outcome was never made clear: only these can turn out to have bought something.
 */
export type RunItem = OrderItem & {
  readonly sent: number;
  readonly doubt: number;
  /** Unix milliseconds: when the carrier was last asked what it costs. */
  readonly pricedAt: number;
  /** 1 once a request for its routes may have left. */
  readonly routesSent: number;
};
/**
 * What became of an item. `paid`: it was bought, at this time (Unix milliseconds); `found` by a look-up, so that another order may
 * have counted it.
 */
export type OrderMark = Mark & {
  readonly status: ItemState;
  readonly routes?: OrderItem['routes'];
  /** A request for its routes is about to leave. */
  readonly routesSent?: true;
  readonly paid?: { readonly item: OrderItem; readonly at: number; readonly found: boolean };
};
export type OrderJob = {
  readonly item: RunItem;
  readonly mark: OrderMark;
  readonly view: OrderSummary;
  /** What was learned of a number that this order paid for. */
  readonly written: Learned | null;
};
export type DoubtedItem = RunItem & { readonly orderId: number };

type StoredOrder = Pick<
  OrderSummary,
  'id' | 'ordinal' | 'createdAt' | 'phase' | 'waiting' | 'primary' | 'failover'
> & { readonly stopped: number; readonly raised: number | null };
/** What is known as an order is made. */
type NewOrder = { readonly pricedAt: readonly number[]; readonly listKnown: boolean };

const itemColumns =
  'number, setup, monthly, billing, rate_center AS rateCenter, state, status, reason, routes, sent, doubt, priced_at AS pricedAt, routes_sent AS routesSent';
/** Nobody could say whether it was bought. */
const doubtful = `(status IN ('unknown', 'sending') OR (status = 'refused' AND doubt > 0))`;
const boughtElsewhere = 'Another order of this account bought it.';

const routesNotSet = 'Bought, as was found later: its routes were not set.';
const routesGivenUp = 'Bought, but its routes were not set: the order was ended.';
/** Said of a number that an order was stopped before. */
export const givenUp = 'Not bought: the order was stopped before it.';

/** Orders and what was learned from them: what cannot be fetched again. */
export class OrderStore extends JobStore<OrderJob> {
  constructor(database: Database) {
    super(database, {
      ...{ job: 'purchase_order', item: 'order_item', key: 'order_id' },
      head: 'stopped, raised, primary_name AS "primary", failover_name AS failover',
      columns: itemColumns,
      stages: [
        "status IN ('unknown', 'sending')",
        "status = 'bought' AND routes = 'planned'",
        "status = 'planned'",
      ],
      counts: 'sent = sent + max(?3, 0), doubt = max(0, doubt + ?3)',
      sums: {
        by: '$.status',
        of: { setup: '$.setup', monthly: '$.monthly', unset: "($.routes = 'failed')" },
      },
    });
  }

  /**
   * Moves items from the cart into a new order, all or none. Returns null when one of them is not in the cart any more as
   * it was reviewed: gone, or at another price. `pricedAt` is when each was asked for (Unix milliseconds). Unless the list of
   * what is owned is known, each number is looked up before it is sent.
   */
  createOrder(
    items: readonly CartItem[],
    routes: { primary: string; failover: string } | null,
    at: number,
    known: NewOrder,
  ): number | null {
    try {
      return transaction(this.database, () => this.#moveToOrder(items, routes, at, known));
    } catch (thrown) {
      if (thrown instanceof Gone) return null;
      throw thrown;
    }
  }

  #moveToOrder(
    items: readonly CartItem[],
    routes: { primary: string; failover: string } | null,
    at: number,
    { pricedAt, listKnown }: NewOrder,
  ): number {
    const take = this.database.prepare(
      'DELETE FROM cart WHERE number = ? AND setup = ? AND monthly = ? AND billing = ? AND gone IS NOT 1 RETURNING doubt',
    );
    const order = newId();
    this.database
      .prepare(
        `INSERT INTO purchase_order (id, ordinal, created_at, phase, waiting, primary_name, failover_name)
           VALUES (?, ?, ?, 'running', '', ?, ?)`,
      )
      .run(
        ...[order, nextOrdinal(this.database, 'purchase_order'), at],
        ...[routes?.primary ?? '', routes?.failover ?? ''],
      );
    // What an earlier order bought or may have bought is looked up before it is sent: a list of what is for sale may lag.
    const insert = this.database.prepare(
      `INSERT INTO order_item
         (order_id, number, setup, monthly, billing, rate_center, state, status, reason, sent, routes, priced_at, doubt)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'planned', '', 0, ?8, ?9, ?10 = 0
           OR EXISTS (SELECT 1 FROM order_item WHERE number = ?2 AND ${doubtful})
           OR EXISTS (SELECT 1 FROM learned WHERE number = ?2))`,
    );
    for (const [place, item] of items.entries()) {
      const { number, setup, monthly, billing, rateCenter, state } = item;
      const taken = take.get(number, setup, monthly, billing) as { doubt: number } | undefined;
      if (!taken) throw new Gone();
      const known = listKnown && taken.doubt === 0;
      const wanted = routes ? 'planned' : 'none';
      const asked = pricedAt[place] ?? 0;
      insert.run(
        ...[order, number, setup, monthly, billing, rateCenter, state, wanted, asked, known ? 1 : 0],
      );
    }
    return order;
  }

  override summary(id: number): OrderSummary | null {
    const order = this.head<StoredOrder>(id);
    if (!order) return null;
    const counts: Record<ItemState, number> = { planned: 0, sending: 0, bought: 0, refused: 0, unknown: 0 };
    let [total, spent, monthly, unset] = [0, 0, 0, 0];
    const left = { count: 0, setup: 0, monthly: 0 };
    for (const sum of this.sums(id)) {
      const state = sum.state as ItemState;
      counts[state] = sum.count;
      total += sum.count;
      if (state === 'bought') {
        spent = sum['setup'] ?? 0;
        monthly = sum['monthly'] ?? 0;
        // Routes of a number that was not bought are nobody's to set.
        unset = sum['unset'] ?? 0;
      } else if (state !== 'refused') {
        left.count += sum.count;
        left.setup += sum['setup'] ?? 0;
        left.monthly += sum['monthly'] ?? 0;
      }
    }
    const { stopped, raised: before } = order;
    const asks = before !== null && stopped === 0 && left.count > 0;
    const raised = asks ? { ...left, dueNow: left.setup + left.monthly, before } : null;
    return { ...order, stopped: stopped === 1, raised, counts, total, spent, monthly, unset };
  }

  /** A window of an order's numbers, ascending; null stands for every status. */
  orderItems(input: {
    id: number;
    status: ItemState | null;
    offset: number;
    limit: number;
  }): OrderItemsWindow {
    const { id, status, offset, limit } = input;
    const where = 'WHERE order_id = ?1 AND (?2 IS NULL OR status = ?2)';
    const { total } = this.database
      .prepare(`SELECT count(*) AS total FROM order_item ${where}`)
      .get(id, status) as { total: number };
    const sql = `SELECT ${itemColumns} FROM order_item ${where} ORDER BY number LIMIT ?3 OFFSET ?4`;
    return { total, offset, items: fitting(this.all<RunItem>(sql, id, status, limit, offset)) };
  }

  /** From now on nothing of this order is sent, whatever happens to the process, and however often it is resumed. */
  override stop(id: number): void {
    super.stop(id);
    this.database.prepare('UPDATE purchase_order SET stopped = 1 WHERE id = ?').run(id);
  }

  protected override write(id: number, mark: OrderMark): Learned | null {
    const { number, routes, routesSent, paid } = mark;
    if (paid?.found && this.#isCountedElsewhere(id, number)) {
      super.write(id, { number, status: 'refused', reason: boughtElsewhere });
      this.#set(id, number, 'doubt = 0');
      return null;
    }
    super.write(id, mark);
    if (routes) this.#set(id, number, `routes = '${routes}'`);
    if (routesSent) this.#set(id, number, 'routes_sent = 1');
    if (!paid) return null;
    const { setup, monthly, rateCenter, state } = paid.item;
    // What the carrier will never tell again.
    this.database
      .prepare('INSERT OR REPLACE INTO learned VALUES (?, ?, ?, ?, ?, ?)')
      .run(number, setup, monthly, rateCenter, state, paid.at);
    // An order that has ended sets no routes any more, nor does one of a backup.
    if (paid.found)
      this.database
        .prepare(
          `UPDATE order_item SET routes = 'failed', reason = ?3
           WHERE order_id = ?1 AND number = ?2 AND (routes = 'failed'
             OR (routes = 'planned' AND EXISTS (SELECT 1 FROM purchase_order WHERE id = ?1 AND phase = 'done')))`,
        )
        .run(id, number, routesNotSet);
    return { number, monthly, state, rateCenter };
  }

  #set(id: number, number: string, what: string): void {
    this.database.prepare(`UPDATE order_item SET ${what} WHERE order_id = ? AND number = ?`).run(id, number);
  }

  /** Another order has counted it since this one was begun: one purchase is in one receipt. */
  #isCountedElsewhere(id: number, number: string): boolean {
    const sql = `SELECT 1 FROM learned JOIN purchase_order AS mine ON mine.id = ?1
       WHERE learned.number = ?2 AND learned.bought_at >= mine.created_at AND EXISTS (
         SELECT 1 FROM order_item WHERE number = ?2 AND order_id <> ?1 AND status = 'bought')`;
    return this.all(sql, id, number).length > 0;
  }

  learned(): Learned[] {
    return this.all<Learned>('SELECT number, monthly, state, rate_center AS rateCenter FROM learned');
  }

  /** What was learned of a number when it was bought: cents, and Unix milliseconds. */
  learnedOf(number: string): { setup: number; monthly: number; boughtAt: number } | null {
    const row = this.database
      .prepare('SELECT setup, monthly, bought_at AS boughtAt FROM learned WHERE number = ?')
      .get(number) as { setup: number; monthly: number; boughtAt: number } | undefined;
    return row ?? null;
  }

  /** Why numbers of an order were not bought or not routed, the most frequent reason first. */
  orderReasons(id: number): OrderReason[] {
    return this.all<OrderReason>(
      `SELECT status, reason, count(*) AS count FROM order_item WHERE order_id = ? AND reason <> ''
       GROUP BY status, reason ORDER BY count DESC, reason LIMIT 6`,
      id,
    );
  }

  /** Gives up what cannot have been bought. What may have been sent has to be looked up first. */
  override leave(id: number): void {
    this.database
      .prepare(
        "UPDATE order_item SET status = 'refused', reason = ? WHERE order_id = ? AND status = 'planned' AND doubt = 0",
      )
      .run(givenUp, id);
    this.database
      .prepare(
        "UPDATE order_item SET status = 'unknown' WHERE order_id = ? AND status IN ('planned', 'sending')",
      )
      .run(id);
  }

  /** Numbers that are not known stay so, and every sync looks for them. */
  override setAside(id: number, waiting: string): void {
    transaction(this.database, () => {
      this.database
        .prepare(
          `UPDATE order_item SET routes = 'failed', reason = ?
           WHERE order_id = ? AND routes = 'planned' AND status = 'bought'`,
        )
        .run(routesGivenUp, id);
      super.setAside(id, waiting);
    });
  }

  /**
   * Items of orders at rest that may have been bought although nobody could say so then. A number that a later order
   * bought is that order's; of two orders in doubt about one number, the later one is told.
   */
  doubted(): DoubtedItem[] {
    return this.all<DoubtedItem>(
      `SELECT order_id AS orderId, ${itemColumns} FROM order_item AS item
       WHERE ${doubtful} AND order_id IN (SELECT id FROM purchase_order WHERE phase IN ('paused', 'done'))
         AND NOT EXISTS (SELECT 1 FROM order_item AS later JOIN purchase_order AS newer ON newer.id = later.order_id
           WHERE later.number = item.number AND later.sent > 0
           AND newer.ordinal > (SELECT ordinal FROM purchase_order WHERE id = item.order_id)
           AND (later.status IN ('bought', 'unknown', 'sending') OR later.doubt > 0))`,
    );
  }

  /** Which of these numbers an order that has not ended is about, or were bought after `since` (Unix milliseconds). */
  ordered(numbers: readonly string[], since: number): string[] {
    const open = this.database.prepare(
      `SELECT 1 FROM order_item JOIN purchase_order ON id = order_id
       WHERE number = ?1 AND phase <> 'done' AND status IN ('planned', 'sending', 'unknown')
       UNION ALL SELECT 1 FROM learned WHERE number = ?1 AND bought_at > ?2`,
    );
    return numbers.filter((number) => open.get(number, since) !== undefined);
  }
}

/** Rolls an order back when the cart does not hold what it is about. */
class Gone extends Error {}
