import { patternNames } from '../../src-main/contract/patterns.ts';
import { Offers } from '../../src-main/buying/offers.ts';
import { seeded } from '../../src-main/sandbox/random.ts';
import { figure, timed, type Bench } from './measure.ts';

const sort = { column: 'number', direction: 'asc' } as const;

/** A pattern over everything loaded. The baseline is the plain list in the same order: what filtering and marking add. */
export const patterns: Bench = async ({ quick }) => {
  const count = 100_000;
  const random = seeded(7);
  const offers = new Offers();
  while (offers.count < count) {
    const number = `1206${2_000_000 + Math.floor(random() * 400_000)}`;
    offers.add([
      { number, rateCenter: 'SEATTLE', state: 'WA', setup: 100, monthly: 125, billingMethods: ['METERED'] },
    ]);
  }
  const figures = [];
  for (const pattern of patternNames) {
    const ours: number[] = [];
    const plain: number[] = [];
    for (let run = 0; run < (quick ? 3 : 21); run += 1) {
      // Nothing may be answered from what was kept.
      offers.add([]);
      ours.push(await timed(() => offers.ask({ sort, pattern, blockSize: 3 })));
      offers.add([]);
      plain.push(await timed(() => offers.ask({ sort, pattern: null, blockSize: 3 })));
    }
    figures.push(figure(`${pattern} in 100,000`, 'ms', ours, { 'the whole list': plain }));
  }
  return figures;
};
