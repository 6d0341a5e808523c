import { expect, test } from 'vitest';
import { mostChoices, sectionsFor, type RouteChoice } from '#renderer/lib/route-choices.ts';

const route = (label: string, value = `${label}.example.net`): RouteChoice => ({
  ...{ label, type: 'HOST', value, count: 0 },
});
const routes = [route('sbc-west'), route('my-sbc'), route('sbc'), route('fax', '10.0.0.7'), route('SBC')];
const labels = (typed: string, more = {}) =>
  sectionsFor(typed, routes, more).map(({ heading, choices }) => [
    heading,
    ...choices.map(({ label }) => label),
  ]);

test('nothing typed: the last one, recent ones and the rest, each once', () => {
  expect(labels('', { last: 'fax', recent: ['fax', 'sbc', 'gone'] })).toEqual([
    ['Same as last', 'fax'],
    ['Recent', 'sbc'],
    ['All', 'sbc-west', 'my-sbc', 'SBC'],
  ]);
  expect(labels('')).toEqual([['All', 'sbc-west', 'my-sbc', 'sbc', 'fax', 'SBC']]);
});

test('the very name is first, then names that begin so, then what has it anywhere', () => {
  expect(labels('sbc')).toEqual([['', 'sbc', 'SBC', 'sbc-west', 'my-sbc']]);
  expect(labels(' SBC ')).toEqual([['', 'SBC', 'sbc', 'sbc-west', 'my-sbc']]);
});

test('addresses are found, and names from their letters; what nothing is like finds nothing', () => {
  expect(labels('10.0')).toEqual([['', 'fax']]);
  expect(labels('sbwe')).toEqual([['', 'sbc-west']]);
  expect(labels('zzz')).toEqual([]);
});

test('a long list is cut', () => {
  const many = Array.from({ length: 500 }, (_, at) => route(`pbx-${at}`));
  const [all] = sectionsFor('', many);
  expect(all?.choices).toHaveLength(mostChoices);
});
