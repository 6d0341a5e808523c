import type { OrderItem, OrderSummary } from '#main/contract/buying.ts';
import type { NumberFormat } from '#main/contract/phone.ts';
import { formatCount, numbersOf } from '#main/contract/words.ts';
import type { AppState, Subject } from '../../app/app.svelte.ts';
import { readAll } from '../../app/read-all.ts';
import { copyNumbers } from '../../lib/copy.ts';
import { pagesOf } from '../../lib/export.ts';

/** What can be done with the numbers that an order has bought. */
export class Receipt {
  /** What is being printed: all bought numbers of an order, as the paper shows them. */
  printed = $state.raw<{ readonly order: OrderSummary; readonly items: readonly OrderItem[] } | null>(null);
  #app: AppState;

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Shows them in the list, and nothing else. */
  async show(order: OrderSummary): Promise<void> {
    const numbers = await this.#numbers(order);
    if (numbers === null) return;
    const kept = await this.#app.client.call('numbers.keep', { numbers: [...numbers] });
    if (kept.ok) this.#app.showNumbers(`numbers:${kept.value.id} `);
    else this.#app.say(`${kept.error.message} ${kept.error.action}`);
  }

  /** Copies them in the usual format, or in this one. */
  async copy(order: OrderSummary, format: NumberFormat = this.#app.settings.numberFormat): Promise<void> {
    if (order.counts.bought === 0) {
      this.#app.say(`Order ${formatCount(order.ordinal)} has bought no number: nothing was copied.`);
      return;
    }
    const numbers = await this.#numbers(order);
    if (numbers !== null) this.#app.say(await copyNumbers(numbers, format));
  }

  async setTags(order: OrderSummary): Promise<void> {
    this.#app.tagging = (await this.#subject(order)) ?? this.#app.tagging;
  }

  async setRoutes(order: OrderSummary): Promise<void> {
    this.#app.assigning = (await this.#subject(order)) ?? this.#app.assigning;
  }

  /** Reads every bought number, for the paper; `print` is called once it is drawn. */
  async print(order: OrderSummary): Promise<void> {
    const items = await this.#items(order);
    if (items !== null) this.printed = { order, items };
  }

  async #subject(order: OrderSummary): Promise<Subject | null> {
    const numbers = await this.#numbers(order);
    return numbers && { kind: 'numbers', numbers };
  }

  async #numbers(order: OrderSummary): Promise<readonly string[] | null> {
    return (await this.#items(order))?.map(({ number }) => number) ?? null;
  }

  /** The bought numbers; null, and it was said why, when they cannot be read, or when another account is open by now. */
  async #items({ id, counts }: OrderSummary): Promise<readonly OrderItem[] | null> {
    const pages = pagesOf(async (offset, limit) => {
      const result = await this.#app.client.call('orders.items', { id, status: 'bought', offset, limit });
      return result.ok
        ? { ok: true, value: { rows: result.value.items, matching: result.value.total } }
        : result;
    });
    const items = await readAll<OrderItem>(this.#app, pages);
    if (items === null || items.length > 0) return items;
    this.#app.say(`The ${numbersOf(counts.bought)} of this order cannot be read. Look again in a moment.`);
    return null;
  }
}
