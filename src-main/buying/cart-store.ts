import type { CartItem, CartItemsWindow, CartRoutes, CartView, Offer } from '../contract/buying.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';

type Row = Omit<CartItem, 'billingMethods' | 'gone' | 'was'> & {
  readonly methods: string;
  readonly gone: number | null;
  readonly oldSetup: number | null;
  readonly oldMonthly: number | null;
};
const noRoutes: CartRoutes = { primary: '', failover: '' };
const columns = `number, setup, monthly, billing, rate_center AS rateCenter, state, billing_methods AS methods, gone,
  old_setup AS oldSetup, old_monthly AS oldMonthly`;

/** Numbers chosen to be bought, with what they cost when they were last asked about. Money is integer cents. */
export class CartStore {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  cart(): Omit<CartView, 'checking'> {
    // What is not for sale any more costs nothing.
    const sums = this.#database
      .prepare(
        `SELECT count(*) AS count, count(*) FILTER (WHERE gone = 1) AS gone,
           count(*) FILTER (WHERE old_setup IS NOT NULL AND gone IS NOT 1) AS repriced,
           coalesce(sum(setup) FILTER (WHERE gone IS NOT 1), 0) AS setup,
           coalesce(sum(monthly) FILTER (WHERE gone IS NOT 1), 0) AS monthly
         FROM cart`,
      )
      .get() as Omit<CartView, 'checking' | 'routes'>;
    return { ...sums, routes: sums.count > 0 ? this.#routes() : noRoutes };
  }

  /** Keeps the routes for all of the cart, as they were typed. Those of an empty cart are for nothing. */
  setRoutes({ primary, failover }: CartRoutes): void {
    this.#database.prepare('INSERT OR REPLACE INTO cart_routes VALUES (1, ?, ?)').run(primary, failover);
  }

  #routes(): CartRoutes {
    const kept = this.#database
      .prepare('SELECT primary_label AS "primary", failover_label AS failover FROM cart_routes')
      .get() as CartRoutes | undefined;
    return kept ? { primary: kept.primary, failover: kept.failover } : noRoutes;
  }

  /** A window of the cart in the order of the numbers; those that are gone or cost something else now come first. */
  cartItems(offset: number, limit: number): CartItemsWindow {
    const { total } = this.#database.prepare('SELECT count(*) AS total FROM cart').get() as { total: number };
    const rows = this.#database
      .prepare(
        `SELECT ${columns} FROM cart ORDER BY gone IS NOT 1 AND old_setup IS NULL, number LIMIT ? OFFSET ?`,
      )
      .all(limit, offset) as Row[];
    return { total, offset, items: rows.map(toItem) };
  }

  /** Every item, by number. */
  wholeCart(): CartItem[] {
    return (this.#database.prepare(`SELECT ${columns} FROM cart ORDER BY number`).all() as Row[]).map(toItem);
  }

  /** Which of these are in the cart. */
  inCart(numbers: readonly string[]): string[] {
    const find = this.#database.prepare('SELECT 1 FROM cart WHERE number = ?');
    return numbers.filter((number) => find.get(number) !== undefined);
  }

  /** Returns how many were not there before. */
  addToCart(offers: readonly Offer[]): number {
    const before = this.cart().count;
    const insert = this.#database.prepare(
      `INSERT INTO cart (number, setup, monthly, billing_methods, billing, rate_center, state, gone)
       VALUES (?, ?, ?, ?, ?, ?, ?, NULL)
       ON CONFLICT (number) DO UPDATE SET setup = excluded.setup, monthly = excluded.monthly,
         billing_methods = excluded.billing_methods, billing = excluded.billing, gone = NULL,
         old_setup = NULL, old_monthly = NULL`,
    );
    transaction(this.#database, () => {
      // What was chosen for an earlier cart is not for this one.
      if (before === 0) this.#database.exec('DELETE FROM cart_routes');
      for (const offer of offers) {
        const methods = JSON.stringify(offer.billingMethods);
        const { number, setup, monthly, rateCenter, state } = offer;
        insert.run(number, setup, monthly, methods, usualBilling(offer), rateCenter, state);
      }
    });
    return this.cart().count - before;
  }

  removeFromCart(numbers: readonly string[]): void {
    const remove = this.#database.prepare('DELETE FROM cart WHERE number = ?');
    transaction(this.#database, () => {
      for (const number of numbers) remove.run(number);
    });
  }

  /** Forgets what the carrier does not sell any more. */
  removeGone(): void {
    this.#database.exec('DELETE FROM cart WHERE gone = 1');
  }

  /** Returns false when the number is not in the cart or not offered like that. */
  setBilling(number: string, billing: string): boolean {
    const item = this.#item(number);
    if (!item?.billingMethods.includes(billing)) return false;
    this.#database.prepare('UPDATE cart SET billing = ? WHERE number = ?').run(billing, number);
    return true;
  }

  /** What the carrier says of a number of the cart now; null when it does not offer it any more. */
  checkedInCart(number: string, offer: Offer | null): void {
    const item = this.#item(number);
    if (!item) return;
    if (offer === null) {
      this.#database.prepare('UPDATE cart SET gone = 1 WHERE number = ?').run(number);
      return;
    }
    const first = item.was ?? item;
    const same = first.setup === offer.setup && first.monthly === offer.monthly;
    this.#database
      .prepare(
        `UPDATE cart SET gone = 0, setup = ?, monthly = ?, billing_methods = ?, billing = ?, old_setup = ?,
           old_monthly = ? WHERE number = ?`,
      )
      .run(
        offer.setup,
        offer.monthly,
        JSON.stringify(offer.billingMethods),
        offer.billingMethods.includes(item.billing) ? item.billing : usualBilling(offer),
        same ? null : first.setup,
        same ? null : first.monthly,
        number,
      );
  }

  #item(number: string): CartItem | null {
    const row = this.#database.prepare(`SELECT ${columns} FROM cart WHERE number = ?`).get(number);
    return row ? toItem(row as Row) : null;
  }
}

function toItem({ methods, gone, oldSetup, oldMonthly, ...item }: Row): CartItem {
  return {
    ...item,
    billingMethods: JSON.parse(methods) as string[],
    gone: gone === null ? null : gone === 1,
    was: oldSetup === null || oldMonthly === null ? null : { setup: oldSetup, monthly: oldMonthly },
  };
}

/** METERED is what the carrier's own clients default to; anything else is a choice a person makes. */
function usualBilling({ billingMethods }: Offer): string {
  const [first = ''] = billingMethods;
  return billingMethods.includes('METERED') ? 'METERED' : first;
}
