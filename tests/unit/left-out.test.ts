import { expect, test } from 'vitest';
import { some } from '../support/some.ts';
import { leftOutWords, noSuchRoute, withLabels, type LeftOut } from '../../src-main/contract/left-out.ts';

test('a route that is not listed is named as it was written, cut, with what was probably meant', () => {
  const shown = `${'x'.repeat(79)}…`;
  expect(
    [noSuchRoute('x'.repeat(80)), noSuchRoute('x'.repeat(81)), noSuchRoute('PBX', 'pbx')].map(leftOutWords),
  ).toEqual([
    `There is no route "${'x'.repeat(80)}".`,
    `There is no route "${shown}".`,
    'There is no route "PBX". Did you mean "pbx"?',
  ]);
});

test('routes are named by their labels, no failover by its word; a sentence of before stays as it is', () => {
  const labels = new Map([['7', 'main office']]);
  const reasons: readonly LeftOut[] = [
    { code: 'changed-since', detail: { primary: '7', failover: '' } },
    { code: 'kept-route-gone', detail: { route: '8' } },
    { code: 'forwards-to-itself', detail: { route: '7' } },
    { code: 'text', detail: 'The route "7" is gone.' },
  ];
  expect(reasons.map((why) => leftOutWords(withLabels(why, (key) => labels.get(key) ?? key)))).toEqual([
    'Changed since: it has main office, then none now.',
    'It keeps the route "8", which does not exist any more: choose both routes.',
    'Route main office forwards to this very number: calls would go in circles.',
    'The route "7" is gone.',
  ]);
});

test('what cannot be read of a reason is said to be so', () => {
  const codes = ['text', 'number-extension', 'no-such-route', 'line-before', 'not-asked', 'changed-since'];
  const details: unknown[] = [null, {}, { written: 7, meant: {} }, { primary: 7, failover: null }, []];
  for (const code of some(codes))
    for (const detail of some(details))
      expect(leftOutWords({ code, detail } as LeftOut), JSON.stringify([code, detail])).toBe(
        'What is kept of this cannot be read.',
      );
});
