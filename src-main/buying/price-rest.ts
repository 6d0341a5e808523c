import type { Journal } from '../journal/open.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { steadyNow } from '../platform/clock.ts';
import { toOffer } from './offers.ts';

/** The pacing decides how many of these are really on their way. */
const askedAtOnce = 8;

/**
 * Asks what the numbers of an order that were not sent yet cost today: who has to agree to a raised price sees all of them at
 * once. What cannot be asked for keeps its price for now: each price is asked for again before it is paid.
 */
export async function priceRest(
  id: number,
  { journal, carrier, signal }: { journal: Journal; carrier: Carrier; signal: AbortSignal },
): Promise<void> {
  const queue = await journal.orders.itemsThatAre(id, 'planned');
  const lane = async () => {
    for (let item = queue.pop(); item !== undefined && !signal.aborted; item = queue.pop()) {
      const { number } = item;
      const askedAt = steadyNow();
      const found = await carrier
        .searchAvailable({ contains: number, cursor: null, limit: 10, signal })
        .catch(() => null);
      const offer = found?.items.find((one) => one.number === number);
      if (!offer) continue;
      const { setup, monthly } = toOffer(offer);
      await journal.prices.priceItem(id, number, setup, monthly, askedAt);
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, lane));
}
