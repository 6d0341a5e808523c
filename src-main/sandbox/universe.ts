import rateCenters from './data/rate-centers.json' with { type: 'json' };
import { areaOf } from '../nanp/area.ts';
import { shuffle } from './random.ts';

/** A real exchange of a real rate center. `prefix` is 1NPANXX0000. */
export type ExchangeData = { readonly prefix: number; readonly center: number };

export type Center = { readonly name: string; readonly state: string };

/** Every exchange the data knows, in an order given by the seed. */
export function makeUniverse(random: () => number): { exchanges: ExchangeData[]; centers: Center[] } {
  const centers: Center[] = [];
  const exchanges: ExchangeData[] = [];
  for (const [npa, list] of Object.entries(rateCenters.entries as Record<string, string[][]>)) {
    const { state } = areaOf(npa);
    for (const [name = '', codes = ''] of list) {
      const center = centers.push({ name, state }) - 1;
      for (const nxx of codes.split(' ')) exchanges.push({ prefix: Number(`1${npa}${nxx}0000`), center });
    }
  }
  return { exchanges: shuffle(exchanges, random), centers };
}

/**
 * `count` different numbers, ascending, out of `exchanges`: some exchanges give a handful, some whole blocks, as an
 * account that grew over years looks.
 */
export function drawNumbers(
  exchanges: readonly ExchangeData[],
  count: number,
  random: () => number,
): Float64Array {
  const numbers = new Float64Array(count);
  const usual = Math.max(6, Math.ceil((count * 2) / exchanges.length));
  let filled = 0;
  exchanges.forEach((exchange, at) => {
    if (filled >= count) return;
    const wanted = Math.ceil(usual * (0.3 + 1.9 * random() ** 2));
    const needed = Math.ceil((count - filled) / (exchanges.length - at));
    const take = Math.min(10_000, count - filled, Math.max(wanted, needed));
    const step = 1 + Math.floor(random() * Math.min(7, Math.floor(10_000 / take)));
    const start = Math.floor(random() * (10_000 - step * (take - 1)));
    for (let i = 0; i < take; i += 1) numbers[filled + i] = exchange.prefix + start + i * step;
    filled += take;
  });
  if (filled < count) throw new RangeError(`at most ${filled} numbers can be made here`);
  return numbers.sort();
}
