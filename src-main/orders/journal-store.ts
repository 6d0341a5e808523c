import type {
  ActivityEntry,
  ActivityKind,
  ActivityWindow,
  CartItem,
  CartView,
  ItemState,
  Offer,
  OrderItem,
  OrderPhase,
  OrderSummary,
  OrderView,
  SavedSearch,
} from '../contract/buying.ts';
import type { Learned } from '../inventory/number-index.ts';
import { closeDatabase, transaction, type Database, type OpenedDatabase } from '../storage/sqlite.ts';

export type NewActivity = Omit<ActivityEntry, 'id' | 'count'>;
/** An item as the runner needs it: `sent` counts the requests that may have reached the carrier. */
export type RunItem = OrderItem & { readonly sent: number };

const shownNumbers = 200;
const keptSearches = 30;
const itemColumns =
  'number, setup, monthly, billing, rate_center AS rateCenter, state, status, reason, routes, sent';

/** Cart, orders, what was learned, activity: what cannot be fetched again. */
export class JournalStore {
  readonly movedTo: string | null;
  #database: Database;
  #revision = 1;

  constructor({ database, movedTo }: OpenedDatabase) {
    this.movedTo = movedTo;
    this.#database = database;
  }

  get size(): { revision: number; total: number } {
    return { revision: this.#revision, total: 0 };
  }

  cart(): CartView {
    const rows = this.#all<{ billing_methods: string; gone: number | null } & Record<string, unknown>>(
      'SELECT *, rate_center AS rateCenter FROM cart ORDER BY number',
    );
    const items = rows.map(({ billing_methods, gone, ...row }): CartItem => {
      const { number, setup, monthly, billing, rateCenter, state } = row as unknown as CartItem;
      const billingMethods = JSON.parse(billing_methods) as string[];
      return {
        number,
        setup,
        monthly,
        billing,
        rateCenter,
        state,
        billingMethods,
        gone: gone === null ? null : gone === 1,
      };
    });
    return {
      revision: this.#revision,
      items,
      // What is not for sale any more costs nothing.
      setup: items.reduce((sum, item) => sum + (item.gone ? 0 : item.setup), 0),
      monthly: items.reduce((sum, item) => sum + (item.gone ? 0 : item.monthly), 0),
    };
  }

  addToCart(offers: readonly Offer[]): CartView {
    const insert = this.#database.prepare(
      `INSERT INTO cart (number, setup, monthly, billing_methods, billing, rate_center, state, gone)
       VALUES (?, ?, ?, ?, ?, ?, ?, NULL)
       ON CONFLICT (number) DO UPDATE SET setup = excluded.setup, monthly = excluded.monthly,
         billing_methods = excluded.billing_methods, billing = excluded.billing, gone = NULL`,
    );
    return this.#changed(() => {
      for (const offer of offers) {
        const billing = usualBilling(offer);
        const methods = JSON.stringify(offer.billingMethods);
        insert.run(offer.number, offer.setup, offer.monthly, methods, billing, offer.rateCenter, offer.state);
      }
    });
  }

  removeFromCart(numbers: readonly string[]): CartView {
    const remove = this.#database.prepare('DELETE FROM cart WHERE number = ?');
    return this.#changed(() => {
      for (const number of numbers) remove.run(number);
    });
  }

  setBilling(number: string, billing: string): CartView {
    return this.#changed(() => {
      this.#database.prepare('UPDATE cart SET billing = ? WHERE number = ?').run(billing, number);
    });
  }

  /** What the carrier says of a number of the cart now; null when it does not offer it any more. */
  checkedInCart(number: string, offer: Offer | null): void {
    if (offer === null) {
      this.#database.prepare('UPDATE cart SET gone = 1 WHERE number = ?').run(number);
      return;
    }
    this.#database
      .prepare(
        `UPDATE cart SET gone = 0, setup = ?1, monthly = ?2, billing_methods = ?3,
           billing = CASE WHEN instr(?3, '"' || billing || '"') > 0 THEN billing ELSE ?4 END WHERE number = ?5`,
      )
      .run(offer.setup, offer.monthly, JSON.stringify(offer.billingMethods), usualBilling(offer), number);
  }

  /** Moves items from the cart into a new order, all or none. Returns null when one of them is not in the cart any more. */
  createOrder(
    items: readonly CartItem[],
    routes: { primary: string; failover: string } | null,
    at: number,
  ): number | null {
    try {
      return transaction(this.#database, () => this.#moveToOrder(items, routes, at));
    } catch (thrown) {
      if (thrown instanceof Gone) return null;
      throw thrown;
    }
  }

  #moveToOrder(
    items: readonly CartItem[],
    routes: { primary: string; failover: string } | null,
    at: number,
  ): number {
    const take = this.#database.prepare('DELETE FROM cart WHERE number = ?');
    const made = this.#database
      .prepare(
        `INSERT INTO purchase_order (created_at, phase, waiting, primary_name, failover_name)
           VALUES (?, 'running', '', ?, ?)`,
      )
      .run(at, routes?.primary ?? '', routes?.failover ?? '');
    const order = Number(made.lastInsertRowid);
    const insert = this.#database.prepare(
      `INSERT INTO order_item (order_id, number, setup, monthly, billing, rate_center, state, status, reason, sent, routes)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'planned', '', 0, ?)`,
    );
    for (const item of items) {
      if (Number(take.run(item.number).changes) !== 1) throw new Gone();
      const { number, setup, monthly, billing, rateCenter, state } = item;
      insert.run(order, number, setup, monthly, billing, rateCenter, state, routes ? 'planned' : 'none');
    }
    this.#revision += 1;
    return order;
  }

  orders(): OrderSummary[] {
    return this.#all<{ id: number }>('SELECT id FROM purchase_order ORDER BY id DESC').flatMap(
      ({ id }) => this.summary(id) ?? [],
    );
  }

  summary(id: number): OrderSummary | null {
    const order = this.#database
      .prepare('SELECT id, created_at AS createdAt, phase, waiting FROM purchase_order WHERE id = ?')
      .get(id) as Pick<OrderSummary, 'id' | 'createdAt' | 'phase' | 'waiting'> | undefined;
    if (!order) return null;
    const counts: Record<ItemState, number> = { planned: 0, sending: 0, bought: 0, refused: 0, unknown: 0 };
    let [total, spent, monthly] = [0, 0, 0];
    const groups = this.#all<{ status: ItemState; count: number; setup: number; monthly: number }>(
      `SELECT status, count(*) AS count, sum(setup) AS setup, sum(monthly) AS monthly
       FROM order_item WHERE order_id = ? GROUP BY status`,
      id,
    );
    for (const group of groups) {
      counts[group.status] = group.count;
      total += group.count;
      if (group.status !== 'bought') continue;
      spent = group.setup;
      monthly = group.monthly;
    }
    const { createdAt, phase, waiting } = order;
    return { id, createdAt, phase, waiting, counts, total, spent, monthly };
  }

  order(id: number): OrderView | null {
    const summary = this.summary(id);
    if (!summary) return null;
    const routes = this.#database
      .prepare('SELECT primary_name AS "primary", failover_name AS failover FROM purchase_order WHERE id = ?')
      .get(id) as { primary: string; failover: string };
    const items = this.#all<RunItem>(
      `SELECT ${itemColumns} FROM order_item WHERE order_id = ? ORDER BY number`,
      id,
    );
    return { ...summary, ...routes, items };
  }

  setPhase(id: number, phase: OrderPhase, waiting: string): void {
    this.#database
      .prepare('UPDATE purchase_order SET phase = ?, waiting = ? WHERE id = ?')
      .run(phase, waiting, id);
  }

  /** The next number to work on: first those whose outcome is not known, then those not sent, then routes to set. */
  nextItem(id: number): RunItem | null {
    const item = this.#database
      .prepare(
        `SELECT ${itemColumns} FROM order_item
         WHERE order_id = ?1 AND (status IN ('planned', 'unknown', 'sending') OR (status = 'bought' AND routes = 'planned'))
         ORDER BY CASE status WHEN 'sending' THEN 0 WHEN 'unknown' THEN 0 WHEN 'bought' THEN 1 ELSE 2 END, number
         LIMIT 1`,
      )
      .get(id) as RunItem | undefined;
    return item ?? null;
  }

  setItem(id: number, number: string, status: ItemState, reason: string): void {
    const sent = status === 'sending' ? 1 : 0;
    this.#database
      .prepare(
        'UPDATE order_item SET status = ?, reason = ?, sent = sent + ? WHERE order_id = ? AND number = ?',
      )
      .run(status, reason, sent, id, number);
  }

  setItemRoutes(id: number, number: string, routes: OrderItem['routes'], reason: string): void {
    this.#database
      .prepare('UPDATE order_item SET routes = ?, reason = ? WHERE order_id = ? AND number = ?')
      .run(routes, reason, id, number);
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

  /** After a crash: what was being sent has an unknown outcome, what was running waits for the person. */
  recover(waiting: string): number[] {
    return transaction(this.#database, () => {
      this.#database.exec("UPDATE order_item SET status = 'unknown' WHERE status = 'sending'");
      const open = this.#all<{ id: number }>("SELECT id FROM purchase_order WHERE phase <> 'done'");
      this.#database
        .prepare(
          "UPDATE purchase_order SET phase = 'paused', waiting = ? WHERE phase IN ('running', 'stopping')",
        )
        .run(waiting);
      return open.map((row) => row.id);
    });
  }

  /** Ends an order: what was never sent is given up. What may have been sent has to be looked up first. */
  giveUp(id: number, reason: string): void {
    transaction(this.#database, () => {
      this.#database
        .prepare(
          "UPDATE order_item SET status = 'refused', reason = ? WHERE order_id = ? AND status = 'planned' AND sent = 0",
        )
        .run(reason, id);
      this.#database
        .prepare("UPDATE order_item SET status = 'unknown' WHERE order_id = ? AND status = 'planned'")
        .run(id);
    });
  }

  /**
   * Items that may have been bought although nobody could say so then: with an unclear answer before the no. Ours, if the
   * account turns out to have them.
   */
  doubted(): (RunItem & { readonly orderId: number })[] {
    return this.#all<RunItem & { orderId: number }>(
      `SELECT order_id AS orderId, ${itemColumns} FROM order_item
       WHERE (status = 'refused' AND sent > 1) OR (status = 'unknown' AND order_id IN
         (SELECT id FROM purchase_order WHERE phase IN ('paused', 'done')))`,
    );
  }

  /** Which of these numbers an order that has not ended is about. */
  ordered(numbers: readonly string[]): string[] {
    const open = this.#database.prepare(
      `SELECT 1 FROM order_item JOIN purchase_order ON id = order_id
       WHERE number = ? AND phase <> 'done' AND status IN ('planned', 'sending', 'unknown')`,
    );
    return numbers.filter((number) => open.get(number) !== undefined);
  }

  record({ at, kind, text, outcome, numbers }: NewActivity): number {
    const shown = JSON.stringify(numbers.slice(0, shownNumbers));
    this.#database
      .prepare('INSERT INTO activity (at, kind, text, outcome, numbers, count) VALUES (?, ?, ?, ?, ?, ?)')
      .run(at, kind, text, outcome, shown, numbers.length);
    return (this.#database.prepare('SELECT count(*) AS total FROM activity').get() as { total: number })
      .total;
  }

  activity(input: {
    text: string;
    kind: ActivityKind | null;
    offset: number;
    limit: number;
  }): ActivityWindow {
    const words = `%${input.text.trim().replace(/[\\%_]/g, '\\$&')}%`;
    // "Order 1" is not about numbers that have a 1.
    const digits = /^[\d\s()+./-]+$/.test(input.text) ? input.text.replace(/\D/g, '') : '';
    const where = `WHERE (?1 IS NULL OR kind = ?1)
      AND (text LIKE ?2 ESCAPE '\\' OR (?3 <> '' AND numbers LIKE '%' || ?3 || '%'))`;
    const { total } = this.#database
      .prepare(`SELECT count(*) AS total FROM activity ${where}`)
      .get(input.kind, words, digits) as { total: number };
    const rows = this.#database
      .prepare(`SELECT * FROM activity ${where} ORDER BY id DESC LIMIT ?4 OFFSET ?5`)
      .all(input.kind, words, digits, input.limit, input.offset) as (Omit<ActivityEntry, 'numbers'> & {
      numbers: string;
    })[];
    return { total, entries: rows.map((row) => ({ ...row, numbers: JSON.parse(row.numbers) as string[] })) };
  }

  searches(): SavedSearch[] {
    const rows = this.#all<{ text: string; saved: number; usedAt: number }>(
      'SELECT text, saved, used_at AS usedAt FROM search ORDER BY saved DESC, used_at DESC',
    );
    return rows.map((row) => ({ ...row, saved: row.saved === 1 }));
  }

  useSearch(text: string, saved: boolean, at: number): SavedSearch[] {
    this.#database
      .prepare(
        `INSERT INTO search VALUES (?1, ?2, ?3)
         ON CONFLICT (text) DO UPDATE SET saved = max(saved, ?2), used_at = ?3`,
      )
      .run(text, saved ? 1 : 0, at);
    this.#database
      .prepare(
        `DELETE FROM search WHERE saved = 0 AND text NOT IN
           (SELECT text FROM search WHERE saved = 0 ORDER BY used_at DESC LIMIT ?)`,
      )
      .run(keptSearches);
    return this.searches();
  }

  forgetSearch(text: string): SavedSearch[] {
    this.#database.prepare('DELETE FROM search WHERE text = ?').run(text);
    return this.searches();
  }

  stock(name: string): { at: number; codes: string[] } | null {
    const row = this.#database.prepare('SELECT at, codes FROM stock WHERE name = ?').get(name) as
      { at: number; codes: string } | undefined;
    return row ? { at: row.at, codes: JSON.parse(row.codes) as string[] } : null;
  }

  putStock(name: string, at: number, codes: readonly string[]): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO stock VALUES (?, ?, ?)')
      .run(name, at, JSON.stringify(codes));
  }

  close(): void {
    closeDatabase(this.#database);
  }

  #changed(work: () => void): CartView {
    transaction(this.#database, work);
    this.#revision += 1;
    return this.cart();
  }

  #all<T>(sql: string, ...values: (string | number | null)[]): T[] {
    return this.#database.prepare(sql).all(...values) as T[];
  }
}

/** Rolls an order back when the cart does not hold what it is about. */
class Gone extends Error {}

/** METERED is what the carrier's own clients default to; anything else is a choice a person makes. */
function usualBilling({ billingMethods }: Offer): string {
  const [first = 'METERED'] = billingMethods;
  return billingMethods.includes('METERED') ? 'METERED' : first;
}
