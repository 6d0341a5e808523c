import { describe, expect, test } from 'vitest';
import { parseOfferQuery, withToken } from '../../src-main/contract/offer-query.ts';
import { findBlocks, findPattern, keypadDigits } from '../../src-main/contract/patterns.ts';
import { Offers } from '../../src-main/buying/offers.ts';

describe('a query for numbers to buy', () => {
  test.each([
    ['npa:206 nxx:555', { npa: '206', nxx: '555' }],
    ['state:wa ratecenter:"des moines"', { state: 'WA', rateCenter: 'DES MOINES' }],
    ['state:wa rc:seattle', { state: 'WA', rateCenter: 'SEATTLE' }],
    ['555-01', { contains: '55501' }],
    ['wa taxi', { state: 'WA', contains: '8294' }],
    ['word:Flowers', { contains: '3569377' }],
    ['+1 (206) 555-0142', { contains: '12065550142' }],
    ['\uff12\uff10\uff16', { contains: '206' }],
    ['tel:+12065550142', { contains: '12065550142' }],
    ['new jersey taxi', { state: 'NJ', contains: '8294' }],
    ['state:"New Jersey"', { state: 'NJ' }],
    ['seattle', { state: 'WA', rateCenter: 'SEATTLE' }],
    ['los angeles pizza', { state: 'CA', rateCenter: 'LOS ANGELES', contains: '74992' }],
    ['portland state:me', { state: 'ME', rateCenter: 'PORTLAND' }],
    ['word:seattle', { contains: '7328853' }],
  ])('%s', (text, search) => {
    const parsed = parseOfferQuery(text);
    expect(parsed.problem).toBeNull();
    expect(Object.fromEntries(Object.entries(parsed.search).filter(([, value]) => value))).toEqual(search);
  });

  test.each([
    ['nxx:555', /needs its area code/],
    ['rc:seattle', /needs its state/],
    ['npa:206 npa:253', /Only one npa/],
    ['npa:20', /three digits/],
    ['colour:red', /no "colour"/],
    ['contains:55 word:taxi', /not for both/],
    ['word:a-b', /letters and digits/],
    ['portland', /in ME and in OR: add state:me or state:or/],
    ['+61255501234', /Only North American/],
  ])('%s is explained before anything is sent', (text, sentence) => {
    expect(parseOfferQuery(text).problem).toMatch(sentence);
  });

  test('pasted numbers are a set of their own, which nothing else goes with', () => {
    expect(parseOfferQuery('numbers:0a1b2c')).toMatchObject({ list: '0a1b2c', problem: null });
    expect(parseOfferQuery('npa:206').list).toBeNull();
    expect(parseOfferQuery('numbers:0a1b2c npa:206').problem).toMatch(/searched for by themselves/);
    expect(parseOfferQuery('numbers:"a b"').problem).toBe('Paste the numbers into the field.');
  });

  test('a place says how to ask for the word, an extension is said', () => {
    expect(parseOfferQuery('seattle').tokens[0]?.note).toMatch(/word:seattle/);
    expect(parseOfferQuery('maine').tokens[0]?.note).toMatch(/word:maine/);
    expect(parseOfferQuery('555 0142 x7').tokens.map((token) => token.problem)).not.toContain(undefined);
    expect(parseOfferQuery('2065550142 ext. 7').tokens[0]).toMatchObject({
      problem: null,
      note: 'Extension 7 is no part of the number.',
    });
  });

  test('the form writes into the text and reads back what it wrote', () => {
    let text = withToken('', 'npa', '206');
    text = withToken(text, 'ratecenter', 'Des Moines');
    text = withToken(text, 'state', 'wa');
    expect(text).toBe('npa:206 ratecenter:"Des Moines" state:wa');
    expect(parseOfferQuery(text).search).toMatchObject({ npa: '206', rateCenter: 'DES MOINES', state: 'WA' });
    expect(withToken(text, 'npa', '')).toBe('ratecenter:"Des Moines" state:wa');
  });
});

describe('patterns', () => {
  test.each([
    ['12065550142', 'repeats', [4, 7]],
    ['12065510142', 'repeats', null],
    ['12061234142', 'sequence', [4, 8]],
    ['12069876142', 'sequence', [4, 8]],
    ['12065550145', 'palindrome', null],
    ['12065521255', 'palindrome', [4, 11]],
    ['12065551000', 'round', [8, 11]],
    ['12065551200', 'round', [9, 11]],
    ['12065551122', 'pairs', [7, 11]],
  ] as const)('%s as %s', (number, pattern, mark) => {
    expect(findPattern(number, pattern)).toEqual(mark);
  });

  test('each row of numbers has a head before it, in the order of the heads', () => {
    const offers = new Offers();
    const offer = (end: number, monthly = 100) => ({
      ...{ number: `1206555${end}`, rateCenter: 'SEATTLE', state: 'WA', setup: 50, monthly },
      billingMethods: [],
    });
    // A row of three, one alone, a row of two that costs more, and a row over the end of a thousand.
    offers.add([0, 1, 2].map((at) => offer(1_000 + at)));
    offers.add([offer(2_000), offer(3_000, 900), offer(3_001, 900), offer(5_999), offer(6_000)]);
    const asked = (column: 'number' | 'monthly', direction: 'asc' | 'desc', blockSize = 2) => {
      const { lines, blocks } = offers.grouped({ sort: { column, direction }, pattern: 'block', blockSize });
      expect(lines.filter(({ block }) => block)).toHaveLength(blocks);
      return lines.map((line) => (line.block ? `${line.block.length}:` : '') + line.offer.number.slice(-4));
    };
    const three = ['3:1000', '1000', '1001', '1002'];
    const dear = ['2:3000', '3000', '3001'];
    const over = ['2:5999', '5999', '6000'];
    expect(asked('number', 'asc')).toEqual([...three, ...dear, ...over]);
    expect(asked('number', 'desc')).toEqual([...over, ...dear, ...three]);
    expect(asked('monthly', 'asc')).toEqual([...over, ...three, ...dear]);
    expect(asked('number', 'asc', 3)).toEqual(three);
    // What comes later makes a row longer.
    offers.add([offer(1_003)]);
    expect(asked('number', 'asc', 4)).toEqual(['4:1000', '1000', '1001', '1002', '1003']);
    expect(asked('number', 'asc', 5)).toEqual([]);
  });

  test('an answer costs what its numbers cost, the heads of blocks counted for nothing', () => {
    const offers = new Offers();
    const offer = (number: string, monthly: number) => ({
      ...{ number, monthly, setup: 50, rateCenter: 'SEATTLE', state: 'WA', billingMethods: [] },
    });
    offers.add([offer('12065551000', 100), offer('12065551001', 100), offer('12065553000', 900)]);
    const question = { sort: { column: 'number', direction: 'asc' }, blockSize: 2 } as const;
    const every = () => offers.costOf(offers.ask({ ...question, pattern: null }));
    expect(every()).toEqual({ setup: 150, monthly: 1_100 });
    expect(offers.costOf(offers.grouped({ ...question, pattern: 'block' }).lines)).toEqual({
      ...{ setup: 100, monthly: 200 },
    });
    // One that is told anew at another price, and one that came since.
    offers.add([offer('12065553000', 800), offer('12065554000', 1)]);
    expect(every()).toEqual({ setup: 200, monthly: 1_001 });
  });

  test('blocks are numbers in a row, at least so many', () => {
    const numbers = ['12065550141', '12065550142', '12065550143', '12065550145', '12065550146'];
    expect([...findBlocks(numbers, 3)]).toEqual([1, 1, 1, 0, 0]);
    expect([...findBlocks(numbers, 2)]).toEqual([1, 1, 1, 1, 1]);
    expect([...findBlocks([], 2)]).toEqual([]);
  });

  test('letters are where the keypad has them', () => {
    expect(keypadDigits('abcdefghijklmnopqrstuvwxyz')).toBe('22233344455566677778889999');
    expect([keypadDigits('123'), keypadDigits('caf\u00e9')]).toEqual([null, null]);
  });

  test('overlapping pages count a number once; any column sorts, ties by number', () => {
    const offers = new Offers();
    const offer = (number: string, monthly: number) => ({
      ...{ number, monthly, setup: 100, rateCenter: 'SEATTLE', state: 'WA', billingMethods: ['METERED'] },
    });
    offers.add([offer('12065550002', 125), offer('12065550001', 125)]);
    offers.add([offer('12065550002', 90), offer('12065550003', 300)]);
    expect(offers.count).toBe(3);
    const sorted = (direction: 'asc' | 'desc') =>
      offers
        .ask({ sort: { column: 'monthly', direction }, pattern: null, blockSize: 2 })
        .map((one) => one.offer.monthly);
    expect([sorted('asc'), sorted('desc')]).toEqual([
      [90, 125, 300],
      [300, 125, 90],
    ]);
  });

  test('a second column decides where the first leaves offers equal, and the numbers after both', () => {
    const offers = new Offers();
    const offer = (number: string, monthly: number, rateCenter: string) => ({
      ...{ number, monthly, rateCenter, setup: 100, state: 'WA', billingMethods: ['METERED'] },
    });
    offers.add([
      offer('12065550001', 125, 'SEATTLE'),
      offer('12065550002', 90, 'TACOMA'),
      offer('12065550003', 125, 'KENT'),
      offer('12065550004', 125, 'KENT'),
    ]);
    const also = [{ column: 'rateCenter', direction: 'asc' } as const];
    const sort = { column: 'monthly', direction: 'desc', also } as const;
    const found = offers.ask({ sort: { ...sort, also: [...sort.also] }, pattern: null, blockSize: 2 });
    expect(found.map((one) => one.offer.number.slice(-1))).toEqual(['3', '4', '1', '2']);
  });
});
