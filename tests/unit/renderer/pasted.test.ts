import { describe, expect, test } from 'vitest';
import { createClient } from '../../../src-main/contract/client.ts';
import { readNumberList, saidOthers, withNumbers } from '../../../src-renderer/lib/pasted.ts';
import { NumbersState } from '../../../src-renderer/features/numbers/numbers.svelte.ts';

describe('what is pasted into the query', () => {
  test.each([
    ['a column', '12065550142\n(206) 555-0143\r\n+1 206.555.0144\n'],
    ['a column with its title', 'Phone\n12065550142\n2065550143\n2065550144'],
    ['commas', '12065550142, 12065550143,12065550144'],
    ['words', '12065550142 12065550143  2065550144'],
    ['cells of a spreadsheet', 'ACME\t12065550142\nBolt\t="12065550143"\nCog\t"12065550144"'],
    ['twice the same', '12065550142\n12065550143\n2065550144\n+12065550142'],
    ['a list that counts', '1. 206-555-0142\n2. 206-555-0143\n12) (206) 555-0144'],
    ['brackets and spaces in one line', '(206) 555-0142 206 555 0143 206-555-0144'],
    ['a plus sign before each, in one line', '+1 206 555 0142 +1 206 555 0143 +12065550144'],
    ['a plus sign before the first only', '+1 206 555 0142 206 555 0143 (206) 555 0144'],
    ['slashes between', '206-555-0142 / 206-555-0143 / 206-555-0144'],
    ['line ends of other systems', '206-555-0142\u0085206-555-0143\f206-555-0144'],
    ['links', 'tel:+12065550142\nsip:12065550143@pbx.example.com\n２０６５５５０１４４'],
  ])('%s is one filter', (_, text) => {
    expect(readNumberList(text)?.numbers).toEqual(['12065550142', '12065550143', '12065550144']);
  });
  test.each([
    '(206) 555-0142',
    'npa:206,253',
    '206 555',
    'pbx-1\nfax\n12065550142\n12065550143\nx',
    '',
    'taxi\n',
  ])('%j is pasted as it is', (text) => {
    expect(readNumberList(text)).toBeNull();
  });
  test('a long line of marks that stand between digits is read at once', () => {
    const began = performance.now();
    expect(readNumberList(`${'. - '.repeat(10_000)}\n2065550142\n2065550143`)?.numbers).toHaveLength(2);
    expect(performance.now() - began).toBeLessThan(3_000);
  });
  test('numbers of other countries count, and lines that are none are named', () => {
    const list = readNumberList('12065550142\n+61 2 5550 1234\n0044 20 7946 0958\n493023125101\ntotal');
    expect(list).toEqual({
      numbers: ['12065550142', '61255501234', '442079460958', '493023125101'],
      others: ['total'],
    });
    expect(readNumberList('2065550142\t17\n206-555-0143 17\n2065550144')?.numbers).toEqual([
      '12065550142',
      '12065550144',
    ]);
    expect(readNumberList('+44 20 7946 0958 +49 30 23125101 (+1) 206 555 0142')?.numbers).toEqual([
      ...['442079460958', '493023125101', '12065550142'],
    ]);
    expect(
      readNumberList(
        '12065550142\n+2906001 +2906002\n+2906003 2906004\n555-0142 555-0143\n2026-11-27 1405\n2065550143',
      ),
    ).toEqual({
      numbers: ['12065550142', '2906001', '2906002', '12065550143'],
      others: ['+2906003 2906004', '555-0142 555-0143', '2026-11-27 1405'],
    });
    expect(saidOthers(list?.others ?? [])).toBe('One line was no number: total');
    expect(saidOthers(['a', 'b'])).toBe('2 lines were no numbers, such as a');
    expect(saidOthers([])).toBe('');
  });
});

test('a kept set takes the place of what was marked and of a set before; the rest of the query stays', () => {
  expect(withNumbers('', 'abc', 0, 0)).toBe('numbers:abc ');
  expect(withNumbers('npa:206 ', 'abc', 8, 8)).toBe('npa:206 numbers:abc ');
  expect(withNumbers('numbers:old npa:206 failover:"a b"', 'abc', 11, 19)).toBe(
    'numbers:abc failover:"a b" ',
  );
  expect(withNumbers('everything', 'abc', 0, 10)).toBe('numbers:abc ');
});

test('pasted numbers are kept by the list, and the query names them', async () => {
  const asked: unknown[] = [];
  let refuse = false;
  const error = {
    code: 'invalid-input',
    message: 'Too many.',
    action: 'Paste less.',
    retryable: false,
  } as const;
  const state = new NumbersState(
    createClient({
      invoke(method, input) {
        asked.push([method, input]);
        if (method === 'numbers.keep')
          return Promise.resolve(
            refuse ? { ok: false, error } : { ok: true, value: { id: 'k1', count: 2, owned: 1 } },
          );
        return new Promise(() => undefined);
      },
      subscribe: () => () => undefined,
    }),
  );
  state.setText('npa:206');
  const list = { numbers: ['12065550142', '12065550143'], others: ['Phone'] };
  expect(await state.filterBy(list, 7, 7)).toBe('One line was no number: Phone');
  expect(state.text).toBe('npa:206 numbers:k1 ');
  expect(asked).toContainEqual(['numbers.keep', { numbers: list.numbers }]);
  refuse = true;
  expect(await state.filterBy(list, 0, 0)).toBe('Too many. Paste less.');
  expect(state.text).toBe('npa:206 numbers:k1 ');
});
