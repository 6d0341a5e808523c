import { expect, test } from 'vitest';
import type { PrimaryUse } from '../../../src-main/contract/routing.ts';
import { effectOf, partsOf, sumOf } from '../../../src-renderer/features/routes/per-primary.ts';

const pbx: PrimaryUse = {
  primary: 'pbx "1"',
  numbers: 100,
  failovers: [
    { failover: 'sip-reg', numbers: 70 },
    { failover: 'fax', numbers: 20 },
    { failover: 'pbx "1"', numbers: 10 },
  ],
};
const fax: PrimaryUse = { primary: 'fax', numbers: 5, failovers: [{ failover: 'sip-reg', numbers: 5 }] };

test('what a route does to a row: numbers that have it already are skipped, one route twice is told', () => {
  expect(effectOf(pbx, 'failover', '')).toEqual({ changes: 0, already: 0, twice: 0 });
  expect(effectOf(pbx, 'failover', 'fax')).toEqual({ changes: 80, already: 20, twice: 0 });
  expect(effectOf(pbx, 'failover', 'west')).toEqual({ changes: 100, already: 0, twice: 0 });
  expect(effectOf(pbx, 'failover', 'pbx "1"')).toEqual({ changes: 90, already: 10, twice: 100 });
  expect(effectOf(pbx, 'primary', 'pbx "1"')).toEqual({ changes: 0, already: 100, twice: 10 });
  expect(effectOf(pbx, 'primary', 'fax')).toEqual({ changes: 100, already: 0, twice: 20 });
  expect(sumOf([effectOf(pbx, 'failover', 'fax'), effectOf(fax, 'failover', 'west')])).toEqual({
    changes: 85,
    already: 20,
    twice: 0,
  });
});

test('a part for each row that changes anything, by the very name of its primary', () => {
  const chosen = (use: PrimaryUse) => (use === pbx ? 'fax' : '');
  expect(partsOf('npa:206', [pbx, fax], 'failover', chosen)).toEqual([
    {
      of: { kind: 'query', text: 'npa:206 primary:"pbx ""1"""' },
      change: { primary: 'keep', failover: { route: 'fax' } },
    },
  ]);
  expect(partsOf('', [pbx, fax], 'primary', () => 'fax')).toEqual([
    {
      of: { kind: 'query', text: 'primary:"pbx ""1"""' },
      change: { primary: { route: 'fax' }, failover: 'keep' },
    },
  ]);
});
