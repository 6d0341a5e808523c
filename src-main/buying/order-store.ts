import type {
  CartItem,
  ItemState,
  OrderItem,
  OrderItemsWindow,
  OrderPhase,
  OrderReason,
  OrderSummary,
} from '../contract/buying.ts';
import { needRunning } from '../jobs/record-changed.ts';
import type { Learned } from '../inventory/index/indexed-number.ts';
import { fitting } from '../platform/storage/fitting.ts';
import { newId, nextOrdinal } from '../jobs/ordinals.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';
import { OrderSums } from './order-sums.ts';

/**
 * An item as the runner needs it. `sent` counts the requests that may have reached the carrier, `doubt` those of them whose
 * outcome was never made clear: only these can turn out to have bought something.
 */
export type RunItem = OrderItem & {
  readonly sent: number;
  readonly doubt: number;
  /** Unix milliseconds: when the carrier was last asked what it costs. */
  readonly pricedAt: number;
};
export type DoubtedItem = RunItem & { readonly orderId: number };

/** What is known as an order is made. */
type NewOrder = { readonly pricedAt: readonly number[]; readonly listKnown: boolean };

const itemColumns =
  'number, setup, monthly, billing, rate_center AS rateCenter, state, status, reason, routes, sent, doubt, priced_at AS pricedAt';
/** Orders in one answer. */
const mostListed = 200;
/** Nobody could say whether it was bought. */
const doubtful = `(status IN ('unknown', 'sending') OR (status = 'refused' AND doubt > 0))`;
const boughtElsewhere = 'Another order of this account bought it.';

/** Orders and what was learned from them: what cannot be fetched again. */
export class OrderStore {
  #database: Database;
  #sums: OrderSums;

  constructor(database: Database) {
    this.#database = database;
    this.#sums = new OrderSums(database);
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
      return transaction(this.#database, () => this.#moveToOrder(items, routes, at, known));
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
    const take = this.#database.prepare(
      'DELETE FROM cart WHERE number = ? AND setup = ? AND monthly = ? AND billing = ? AND gone IS NOT 1 RETURNING doubt',
    );
    const order = newId();
    this.#database
      .prepare(
        `INSERT INTO purchase_order (id, ordinal, created_at, phase, waiting, primary_name, failover_name)
           VALUES (?, ?, ?, 'running', '', ?, ?)`,
      )
      .run(
        ...[order, nextOrdinal(this.#database, 'purchase_order'), at],
        ...[routes?.primary ?? '', routes?.failover ?? ''],
      );
    // What an earlier order bought or may have bought is looked up before it is sent: a list of what is for sale may lag.
    const insert = this.#database.prepare(
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

  /** All orders, the newest first. */
  orders(): OrderSummary[] {
    return this.#all<{ id: number }>('SELECT id FROM purchase_order ORDER BY ordinal DESC').flatMap(
      ({ id }) => this.summary(id) ?? [],
    );
  }

  /** The same from a place on, as many as one answer holds; none past the last one. */
  ordersFrom(offset: number): OrderSummary[] {
    const sql = 'SELECT id FROM purchase_order ORDER BY ordinal DESC LIMIT ? OFFSET ?';
    return fitting(
      this.#all<{ id: number }>(sql, mostListed, offset).flatMap(({ id }) => this.summary(id) ?? []),
    );
  }

  summary(id: number): OrderSummary | null {
    const order = this.#database
      .prepare(
        `SELECT id, ordinal, created_at AS createdAt, phase, waiting, stopped, raised, primary_name AS "primary",
           failover_name AS failover FROM purchase_order WHERE id = ?`,
      )
      .get(id) as
      | (Pick<OrderSummary, 'id' | 'ordinal' | 'createdAt' | 'phase' | 'waiting' | 'primary' | 'failover'> & {
          stopped: number;
          raised: number | null;
        })
      | undefined;
    if (!order) return null;
    const counts: Record<ItemState, number> = { planned: 0, sending: 0, bought: 0, refused: 0, unknown: 0 };
    let [total, spent, monthly, unset] = [0, 0, 0, 0];
    const left = { count: 0, setup: 0, monthly: 0 };
    for (const group of this.#sums.of(id)) {
      counts[group.status] = group.count;
      total += group.count;
      // Routes of a number that was not bought are nobody's to set.
      if (group.status === 'bought') unset += group.unset;
      if (group.status === 'bought') {
        spent = group.setup;
        monthly = group.monthly;
      } else if (group.status !== 'refused') {
        left.count += group.count;
        left.setup += group.setup;
        left.monthly += group.monthly;
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
    const { total } = this.#database
      .prepare(`SELECT count(*) AS total FROM order_item ${where}`)
      .get(id, status) as { total: number };
    const sql = `SELECT ${itemColumns} FROM order_item ${where} ORDER BY number LIMIT ?3 OFFSET ?4`;
    return { total, offset, items: fitting(this.#all<RunItem>(sql, id, status, limit, offset)) };
  }

  /** All items of an order in one state. */
  itemsThatAre(id: number, status: ItemState): RunItem[] {
    const sql = `SELECT ${itemColumns} FROM order_item WHERE order_id = ? AND status = ? ORDER BY number`;
    return this.#all<RunItem>(sql, id, status);
  }

  setPhase(id: number, phase: OrderPhase, waiting: string): void {
    this.#database
      .prepare('UPDATE purchase_order SET phase = ?, waiting = ? WHERE id = ?')
      .run(phase, waiting, id);
  }

  /** From now on nothing of this order is sent, whatever happens to the process. What has ended stays ended. */
  stopOrder(id: number): void {
    this.#database
      .prepare(
        `UPDATE purchase_order SET stopped = 1, phase = CASE phase WHEN 'running' THEN 'stopping' ELSE phase END
         WHERE id = ?`,
      )
      .run(id);
  }

  /**
   * The next number to work on: first those whose outcome is not known, then routes to set, then those not sent. `skip` are
   * left for later.
   */
  nextItem(id: number, skip: readonly string[] = []): RunItem | null {
    const item = this.#database
      .prepare(
        `SELECT ${itemColumns} FROM order_item
         WHERE order_id = ?1 AND (status IN ('planned', 'unknown', 'sending') OR (status = 'bought' AND routes = 'planned'))
           AND number NOT IN (SELECT value FROM json_each(?2))
         ORDER BY CASE status WHEN 'sending' THEN 0 WHEN 'unknown' THEN 0 WHEN 'bought' THEN 1 ELSE 2 END, number
         LIMIT 1`,
      )
      .get(id, JSON.stringify(skip)) as RunItem | undefined;
    return item ?? null;
  }

  /**
   * `clear`: the request that was sent last has been answered with a no, so that it can have bought nothing. Throws `storage`
   * for one that is about to be sent of an order that is not here as a running one: its record was put together again
   * meanwhile, and nothing may be sent that is not written down.
   */
  setItem(id: number, number: string, status: ItemState, reason: string, clear = false): void {
    const sent = status === 'sending' ? 1 : 0;
    if (sent === 1) needRunning(this.#database, 'order', id, number);
    this.#database
      .prepare(
        `UPDATE order_item SET status = ?, reason = ?, sent = sent + ?, doubt = max(0, doubt + ?)
         WHERE order_id = ? AND number = ?`,
      )
      .run(status, reason, sent, clear ? -1 : sent, id, number);
  }

  setItemRoutes(id: number, number: string, routes: OrderItem['routes'], reason: string): void {
    this.#database
      .prepare('UPDATE order_item SET routes = ?, reason = ? WHERE order_id = ? AND number = ?')
      .run(routes, reason, id, number);
  }

  /**
   * An item that may have been bought is in the account. Bought by this order, unless another one has counted it since this
   * one was begun: one purchase is in one receipt. Null then.
   */
  foundBought(id: number, item: OrderItem, at: number): Learned | null {
    const counted = this.#database
      .prepare(
        `SELECT 1 FROM learned JOIN purchase_order AS mine ON mine.id = ?1
         WHERE learned.number = ?2 AND learned.bought_at >= mine.created_at AND EXISTS (
           SELECT 1 FROM order_item WHERE number = ?2 AND order_id <> ?1 AND status = 'bought')`,
      )
      .get(id, item.number);
    if (counted) {
      this.#database
        .prepare(
          "UPDATE order_item SET status = 'refused', reason = ?, doubt = 0 WHERE order_id = ? AND number = ?",
        )
        .run(boughtElsewhere, id, item.number);
      return null;
    }
    const learned = this.bought(id, item, at);
    // An order that has ended sets no routes any more, nor does one of a backup.
    this.#database
      .prepare(
        `UPDATE order_item SET routes = 'failed', reason = 'Bought, as was found later: its routes were not set.'
         WHERE order_id = ?1 AND number = ?2 AND (routes = 'failed'
           OR (routes = 'planned' AND EXISTS (SELECT 1 FROM purchase_order WHERE id = ?1 AND phase = 'done')))`,
      )
      .run(id, item.number);
    return learned;
  }

  /** Marks a number bought and keeps what the carrier will never tell again, in one step. */
  bought(id: number, item: OrderItem, at: number): Learned {
    transaction(this.#database, () => {
      this.setItem(id, item.number, 'bought', '');
      this.#database
        .prepare('INSERT OR REPLACE INTO learned VALUES (?, ?, ?, ?, ?, ?)')
        .run(item.number, item.setup, item.monthly, item.rateCenter, item.state, at);
    });
    return item;
  }

  learned(): Learned[] {
    return this.#all<Learned>('SELECT number, monthly, state, rate_center AS rateCenter FROM learned');
  }

  /** What was learned of a number when it was bought: cents, and Unix milliseconds. */
  learnedOf(number: string): { setup: number; monthly: number; boughtAt: number } | null {
    const row = this.#database
      .prepare('SELECT setup, monthly, bought_at AS boughtAt FROM learned WHERE number = ?')
      .get(number) as { setup: number; monthly: number; boughtAt: number } | undefined;
    return row ?? null;
  }

  /** Why numbers of an order were not bought or not routed, the most frequent reason first. */
  orderReasons(id: number): OrderReason[] {
    return this.#all<OrderReason>(
      `SELECT status, reason, count(*) AS count FROM order_item WHERE order_id = ? AND reason <> ''
       GROUP BY status, reason ORDER BY count DESC, reason LIMIT 6`,
      id,
    );
  }

  /** A run ended in the middle of a request: whether it bought something is not known. */
  settleSending(id: number): void {
    this.#database
      .prepare("UPDATE order_item SET status = 'unknown' WHERE order_id = ? AND status = 'sending'")
      .run(id);
  }

  /** After a crash: what was being sent has an unknown outcome, what was running waits for the person. */
  recover(waiting: string): number[] {
    return transaction(this.#database, () => {
      this.#database.exec("UPDATE order_item SET status = 'unknown' WHERE status = 'sending'");
      const open = this.#all<{ id: number }>(
        "SELECT id FROM purchase_order WHERE phase <> 'done' ORDER BY ordinal",
      );
      this.#database
        .prepare(
          "UPDATE purchase_order SET phase = 'paused', waiting = ? WHERE phase IN ('running', 'stopping')",
        )
        .run(waiting);
      return open.map((row) => row.id);
    });
  }

  /** Of a stopped order: what cannot have been bought is given up. What may have been sent has to be looked up first. */
  giveUp(id: number, reason: string): void {
    transaction(this.#database, () => {
      this.#database
        .prepare(
          "UPDATE order_item SET status = 'refused', reason = ? WHERE order_id = ? AND status = 'planned' AND doubt = 0",
        )
        .run(reason, id);
      this.#database
        .prepare(
          "UPDATE order_item SET status = 'unknown' WHERE order_id = ? AND status IN ('planned', 'sending')",
        )
        .run(id);
    });
  }

  /** Ends an order whose last numbers cannot be looked up now: they stay unknown, and every sync looks for them. */
  setAside(id: number, waiting: string, reason: string): void {
    transaction(this.#database, () => {
      this.#database
        .prepare(
          `UPDATE order_item SET routes = 'failed', reason = ?
           WHERE order_id = ? AND routes = 'planned' AND status = 'bought'`,
        )
        .run(reason, id);
      this.stopOrder(id);
      this.setPhase(id, 'done', waiting);
    });
  }

  /**
   * Items of orders at rest that may have been bought although nobody could say so then. A number that a later order
   * bought is that order's; of two orders in doubt about one number, the later one is told.
   */
  doubted(): DoubtedItem[] {
    return this.#all<DoubtedItem>(
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
    const open = this.#database.prepare(
      `SELECT 1 FROM order_item JOIN purchase_order ON id = order_id
       WHERE number = ?1 AND phase <> 'done' AND status IN ('planned', 'sending', 'unknown')
       UNION ALL SELECT 1 FROM learned WHERE number = ?1 AND bought_at > ?2`,
    );
    return numbers.filter((number) => open.get(number, since) !== undefined);
  }

  #all<T>(sql: string, ...values: (string | number | null)[]): T[] {
    return this.#database.prepare(sql).all(...values) as T[];
  }
}

/** Rolls an order back when the cart does not hold what it is about. */
class Gone extends Error {}
