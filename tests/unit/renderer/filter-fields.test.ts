import { expect, test } from 'vitest';
import { activityQuery } from '../../../src-main/contract/activity-query.ts';
import { fieldsOf, pieceOf } from '../../../src-renderer/lib/filter-fields.ts';

const routes = [{ label: 'sbc west', type: 'HOST', value: 'west.example', count: 4 }];
const fields = fieldsOf(activityQuery, routes);
const pieces = (key: string, ...values: string[]) =>
  fields
    .filter((field) => field.key === key)
    .flatMap((field) => values.map((value) => pieceOf(field, value)));

test('each key of a language has a field of its kind', () => {
  expect(fields.map(({ key, label, kind }) => [key, label, kind])).toEqual([
    ['kind', 'Kind', 'choice'],
    ['outcome', 'Outcome', 'choice'],
    ['number', 'Number', 'digits'],
    ['route', 'Route', 'route'],
    ['order', 'Order', 'digits'],
    ['change', 'Change', 'digits'],
    ['since', 'Since', 'day'],
    ['before', 'Before', 'day'],
  ]);
});

test('a value becomes a piece of the query: a route its very name, what has spaces in quotes', () => {
  expect(pieces('route', 'sbc west', 'a"b')).toEqual(['route:"sbc west"', 'route:"a""b"']);
  expect(pieces('kind', 'order')).toEqual(['kind:order']);
  expect(pieces('number', '206 555')).toEqual(['number:"206 555"']);
  expect(pieces('since', '2026-11-01')).toEqual(['since:2026-11-01']);
});
