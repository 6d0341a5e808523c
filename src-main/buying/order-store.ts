import type {
  CartItem,
  OrderItem,
  OrderItemsWindow,
  OrderReasonCount,
  OrdersWindow,
  OrderSummary,
} from '../contract/buying.ts';
import { itemStatuses, type ItemStatus } from '../contract/order-statuses.ts';
import type { JobWait, OrderReason } from '../contract/job-words.ts';
import { formatCount } from '../contract/words.ts';
import type { ListClause } from '../contract/list-query.ts';
import { orderQuery, type OrderColumn } from '../contract/order-query.ts';
import type { Sorting } from '../contract/sorting.ts';
import { JobList, orderOf, type JobsAsked } from '../jobs/job-list.ts';
import { insertJob, JobStore, withReason, type ItemsAsked } from '../jobs/job-store.ts';
import { noRoute, type Pair } from '../contract/model.ts';
import type { Mark } from '../jobs/kind.ts';
import { orderTables } from './order-record.ts';
import type { Learned } from '../inventory/index/indexed-number.ts';
import { fitting } from '../platform/storage/fitting.ts';
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
/** What a number costs in cents, and where it belongs. */
type Bought = Pick<OrderItem, 'setup' | 'monthly' | 'rateCenter' | 'state'>;
/**
 * What became of an item. `paid`: it was bought, at this time (Unix milliseconds); `found` by a look-up, so that another order may
 * have counted it.
 */
export type OrderMark = Mark & {
  readonly status: ItemStatus;
  readonly reason: OrderReason | null;
  readonly routes?: OrderItem['routes'];
  /** A request for its routes is about to leave. */
  readonly routesSent?: true;
  readonly paid?: { readonly item: Bought; readonly at: number; readonly found: boolean };
};
export type OrderJob = {
  readonly item: RunItem;
  readonly mark: OrderMark;
  readonly view: OrderSummary;
  /** What was learned of a number that this order paid for. */
  readonly written: Learned | null;
};
/** A number that may have been bought although its order has no clear answer. */
export type DoubtedItem = Bought & { readonly orderId: number; readonly number: string };

type StoredOrder = Omit<OrderSummary, 'raised' | 'counts' | 'total' | 'spent' | 'monthly' | 'unset'> & {
  readonly raised: number | null;
};
/** What is known as an order is made. */
type NewOrder = { readonly pricedAt: readonly number[]; readonly listKnown: boolean };

const open = ['planned', 'sending', 'unknown'] as const;
const costColumns = 'setup, monthly, rate_center AS rateCenter, state';
/** What people call a route of an order; its key where it is not listed. */
const labelOf = (key: string) => `coalesce((SELECT label FROM route WHERE name = ${key}), ${key})`;
/** Nobody could say whether it was bought. */
const doubtful = `(status IN ('unknown', 'sending') OR (status = 'refused' AND doubt > 0))`;
/** Of a number that an order was stopped before. */
export const stoppedBefore = { code: 'stopped', detail: null } as const;

/** A window of the list of orders: all of them and the newest first, where it is not said which ones. `clauses` are null for none of them. */
export type OrdersAsked = Omit<JobsAsked<OrderColumn>, 'clauses' | 'sort'> & {
  readonly clauses?: readonly ListClause[] | null;
  readonly sort?: Sorting<OrderColumn>;
};
/** The newest first. */
export const newestOrders: Sorting<OrderColumn> = { column: 'order', direction: 'desc' };
/** The orders that have a route on a side, with its key. */
const withSide = (column: string) =>
  `SELECT id AS job, ${column} AS route FROM purchase_order WHERE ${column} <> ''`;
const routesOfOrders = `${withSide('primary_name')} UNION ${withSide('failover_name')}`;

/** Orders: what cannot be fetched again. */
export class OrderStore extends JobStore<OrderJob> {
  /** Finds, sorts and counts orders. */
  readonly list: JobList<OrderColumn>;

  constructor(database: Database) {
    super(database, {
      ...orderTables,
      head: `raised, ${labelOf('primary_name')} AS "primary", ${labelOf('failover_name')} AS failover`,
      columns: `${costColumns}, billing, routes, doubt, priced_at AS pricedAt, routes_sent AS routesSent`,
      stages: [
        "status IN ('unknown', 'sending')",
        "status = 'bought' AND routes = 'planned'",
        "status = 'planned'",
      ],
      counts: 'sent = sent + max(?3, 0), doubt = max(0, doubt + ?3)',
      left: { status: 'refused', reason: stoppedBefore, where: 'doubt = 0' },
      sums: {
        by: '$.status',
        of: { setup: '$.setup', monthly: '$.monthly', unset: "($.routes = 'failed')" },
      },
    });
    const bought = (what: string) => this.sums.sql(what, 'purchase_order.id', ['bought']);
    this.list = new JobList<OrderColumn>(
      database,
      {
        ...orderTables,
        language: orderQuery,
        items: 'TRUE',
        called: "'order ' || ordinal",
        routes: `SELECT DISTINCT route FROM (${routesOfOrders})`,
        withRoutes: 'EXISTS (SELECT 1 FROM json_each(?) WHERE value IN (primary_name, failover_name))',
        routesOf: routesOfOrders,
        sorts: {
          order: 'ordinal',
          state: orderOf('phase', ['running', 'stopping', 'paused', 'done']),
          numbers: this.sums.sql('count', 'purchase_order.id', itemStatuses),
          bought: bought('count'),
          spent: `(${bought('setup')} + ${bought('monthly')})`,
          monthly: bought('monthly'),
          primary: `${labelOf('primary_name')} COLLATE NOCASE`,
          when: 'created_at',
        },
        counted: ['numbers', 'bought', 'spent', 'monthly'],
        routesKnown: () => true,
      },
      this.sums,
    );
  }

  /** A window of orders, and how many there are. */
  orders({ clauses = [], sort = newestOrders, offset, limit }: OrdersAsked): OrdersWindow {
    const [{ total } = { total: 0 }] = this.all<{ total: number }>(
      'SELECT count(*) AS total FROM purchase_order',
    );
    if (clauses === null) return { total, matching: 0, offset, orders: [] };
    const { matching, ids } = this.list.window({ clauses, sort, offset, limit });
    return { total, matching, offset, orders: fitting(ids.flatMap((id) => this.summary(id) ?? [])) };
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
    { pricedAt, listKnown }: NewOrder,
  ): number | null {
    const asked = items.map(({ number, setup, monthly, billing }, place) => [
      ...[number, setup, monthly, billing, pricedAt[place] ?? 0],
    ]);
    const reviewed = JSON.stringify(asked);
    const found = `json_each(?1) AS asked JOIN cart ON number = asked.value->>0 AND setup = asked.value->>1
      AND monthly = asked.value->>2 AND billing = asked.value->>3 AND gone IS NOT 1`;
    return transaction(this.database, () => {
      const [there] = this.all<{ count: number }>(`SELECT count(*) AS count FROM ${found}`, reviewed);
      if (there?.count !== items.length) return null;
      const { primary = '', failover = '' } = routes ?? {};
      const named = { primary_name: primary, failover_name: failover };
      const order = insertJob(this.database, 'purchase_order', {
        created_at: at,
        phase: 'running',
        ...named,
      });
      // What an earlier order bought or may have bought is looked up before it is sent: a list of what is for sale may lag.
      this.run(
        `INSERT INTO order_item
           (order_id, number, setup, monthly, billing, rate_center, state, status, reason, sent, routes, priced_at, doubt)
         SELECT ?2, number, setup, monthly, billing, rate_center, state, 'planned', '', 0, ?3, asked.value->>4,
           ?4 = 0 OR cart.doubt > 0
             OR EXISTS (SELECT 1 FROM order_item AS earlier WHERE earlier.number = cart.number AND ${doubtful})
             OR EXISTS (SELECT 1 FROM learned WHERE learned.number = cart.number)
         FROM ${found}`,
        ...[reviewed, order, routes ? 'planned' : 'none', listKnown ? 1 : 0],
      );
      this.run('DELETE FROM cart WHERE number IN (SELECT value->>0 FROM json_each(?))', reviewed);
      return order;
    });
  }

  /** What the record of activity calls an order; null when there is none of this id. */
  called(id: number): string | null {
    const [order] = this.all<{ ordinal: number }>('SELECT ordinal FROM purchase_order WHERE id = ?', id);
    return order ? `Order ${formatCount(order.ordinal)}` : null;
  }

  override summary(id: number): OrderSummary | null {
    const order = this.head<StoredOrder>(id);
    if (!order) return null;
    const { counts, sum } = this.tally(id, itemStatuses);
    const [total, spent, monthly] = [sum('count'), sum('setup', ['bought']), sum('monthly', ['bought'])];
    // A number that was not bought gets no routes.
    const unset = sum('unset', ['bought']);
    const left = { count: sum('count', open), setup: sum('setup', open), monthly: sum('monthly', open) };
    const { stopped, raised: before } = order;
    const asks = before !== null && !stopped && left.count > 0;
    const raised = asks ? { ...left, dueNow: left.setup + left.monthly, before } : null;
    return { ...order, raised, counts, total, spent, monthly, unset };
  }

  /** The routes for what an order buys, by their keys; both are `noRoute` where it sets none. */
  routesOf(id: number): Pair {
    const sql =
      'SELECT primary_name AS "primary", failover_name AS failover FROM purchase_order WHERE id = ?';
    return this.all<Pair>(sql, id)[0] ?? { primary: noRoute, failover: noRoute };
  }

  /** A window of an order's numbers. */
  orderItems(asked: ItemsAsked): OrderItemsWindow {
    return { ...this.window<OrderItem>(asked), offset: asked.offset };
  }

  protected override write(id: number, mark: OrderMark): Learned | null {
    const { number, routes, routesSent, paid } = mark;
    if (paid?.found && this.#isCountedElsewhere(id, number)) {
      super.write(id, { number, status: 'refused', reason: { code: 'bought-elsewhere', detail: null } });
      this.#set(id, number, 'doubt = 0');
      return null;
    }
    super.write(id, mark);
    if (routes) this.#set(id, number, `routes = '${routes}'`);
    if (routesSent) this.#set(id, number, 'routes_sent = 1');
    if (!paid) return null;
    const { setup, monthly, rateCenter, state } = paid.item;
    // The carrier never tells this again.
    this.run(
      'INSERT OR REPLACE INTO learned VALUES (?, ?, ?, ?, ?, ?)',
      ...[number, setup, monthly, rateCenter, state, paid.at],
    );
    // An order that has ended sets no routes any more, nor does one of a backup.
    if (paid.found)
      this.run(
        `UPDATE order_item SET routes = 'failed', reason = 'routes-late', reason_detail = 'null'
         WHERE order_id = ?1 AND number = ?2 AND (routes = 'failed'
           OR (routes = 'planned' AND EXISTS (SELECT 1 FROM purchase_order WHERE id = ?1 AND phase = 'done')))`,
        ...[id, number],
      );
    return { number, monthly, state, rateCenter };
  }

  #set(id: number, number: string, what: string): void {
    this.run(`UPDATE order_item SET ${what} WHERE order_id = ? AND number = ?`, id, number);
  }

  /** Another order has counted it since this one was begun: one purchase is in one receipt. */
  #isCountedElsewhere(id: number, number: string): boolean {
    const sql = `SELECT 1 FROM learned JOIN purchase_order AS mine ON mine.id = ?1
       WHERE learned.number = ?2 AND learned.bought_at >= mine.created_at AND EXISTS (
         SELECT 1 FROM order_item WHERE number = ?2 AND order_id <> ?1 AND status = 'bought')`;
    return this.all(sql, id, number).length > 0;
  }

  /** Why numbers of an order were not bought or not routed, the most frequent reason first. */
  orderReasons(id: number): OrderReasonCount[] {
    const found = this.all<{ status: ItemStatus; reason: string; reasonDetail: string; count: number }>(
      `SELECT status, reason, reason_detail AS reasonDetail, count(*) AS count FROM order_item
       WHERE order_id = ? AND reason <> ''
       GROUP BY status, reason, reason_detail ORDER BY count DESC, reason, reason_detail LIMIT 6`,
      id,
    );
    return found.map((row) => withReason(row) as OrderReasonCount);
  }

  /** Numbers that are not known stay so, and every sync looks for them. */
  override setAside(id: number, waiting: JobWait | null): void {
    transaction(this.database, () => {
      this.run(
        `UPDATE order_item SET routes = 'failed', reason = 'routes-ended', reason_detail = 'null'
         WHERE order_id = ? AND routes = 'planned' AND status = 'bought'`,
        id,
      );
      super.setAside(id, waiting);
    });
  }

  /**
   * Items of orders at rest that may have been bought although nobody could say so then. A number that a later order
   * bought is that order's; of two orders in doubt about one number, the later one is told.
   */
  doubted(): DoubtedItem[] {
    return this.all<DoubtedItem>(
      `SELECT order_id AS orderId, number, ${costColumns} FROM order_item AS item
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
