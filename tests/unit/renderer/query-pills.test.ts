import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOfferQuery } from '../../../src-main/contract/offer-query.ts';
import { beginsRegion, parseQuery } from '../../../src-main/contract/query.ts';
import {
  ended,
  opened,
  partsOf,
  textOf,
  typed,
  without,
  withPill,
  type Parts,
  type QueryReader,
} from '../../../src-renderer/lib/query-pills.ts';

const reader: QueryReader = { read: (text) => parseQuery(text).tokens, goesOn: beginsRegion };
const offers: QueryReader = { read: (text) => parseOfferQuery(text).tokens };
const empty: Parts = { pills: [], draft: '' };

/** Types a text letter by letter into an empty field. */
function type(text: string, into: Parts = empty, by = reader): Parts {
  let parts = into;
  for (const letter of text) {
    const draft = parts.draft + letter;
    parts = typed({ ...parts, draft }, draft.length, by).parts;
  }
  return parts;
}

describe('typing', () => {
  test.each([
    ['state:wa', [], 'state:wa'],
    ['state:wa ', ['state:wa'], ''],
    ['state:wa tacoma', ['state:wa'], 'tacoma'],
    ['tacoma state:wa ', ['state:wa'], 'tacoma '],
    ['-route:"a b" x', ['-route:"a b"'], 'x'],
    ['route:"a b', [], 'route:"a b'],
    ['-tacoma ', ['-tacoma'], ''],
    ['"my pbx" ', ['"my pbx"'], ''],
    ['state: ', [], 'state: '],
    // What is wrong is a pill as well, and says why.
    ['colour:red npa:', ['colour:red'], 'npa:'],
    // A name of two words is not ended by the space in it.
    ['state:new jersey ', ['state:new jersey'], ''],
    ['area:new jersey ', ['area:new jersey'], ''],
    ['new jersey ', [], 'new jersey '],
    ['206 555 0142 ', [], '206 555 0142 '],
  ])('%j', (text, pills, draft) => {
    const parts = type(text);
    expect(parts.draft).toBe(draft);
    expect(parts.pills).toEqual(pills);
  });

  test('what is typed in the middle is a pill once the caret is behind it, and the caret stays where it was', () => {
    const draft = 'npa:206 tacoma';
    expect(typed({ pills: [], draft }, 3, reader).parts.pills).toEqual([]);
    expect(typed({ pills: [], draft }, 8, reader)).toEqual({
      parts: { pills: ['npa:206'], draft: 'tacoma' },
      caret: 0,
    });
  });

  test('pasted at once, what would be one number without the pill between stays text', () => {
    const draft = '206 state:wa 5550142 ';
    expect(typed({ pills: [], draft }, draft.length, reader).parts).toEqual({ pills: [], draft });
  });

  test('Enter ends the last piece too, and in Buy a place that has no key', () => {
    expect(ended(type('tacoma state:wa'), reader)).toEqual({ pills: ['state:wa'], draft: 'tacoma ' });
    expect(ended(type('state:'), reader)).toEqual({ pills: [], draft: 'state:' });
    expect(ended(type('seattle', empty, offers), offers)).toEqual({ pills: ['seattle'], draft: '' });
  });
});

test('a text from elsewhere becomes pills and what is left of it', () => {
  expect(partsOf('failover:none state:wa tacoma', reader)).toEqual({
    pills: ['failover:none', 'state:wa'],
    draft: 'tacoma',
  });
  expect(partsOf('state:wa 206 npa:206 5550142', reader)).toEqual({
    pills: ['state:wa'],
    draft: '206 npa:206 5550142',
  });
  expect(partsOf('', reader)).toEqual(empty);
});

test('pills are removed, opened and chosen', () => {
  const parts = type('state:wa npa:206 taco');
  expect(without(parts, 0)).toEqual({ pills: ['npa:206'], draft: 'taco' });
  expect(opened(parts, 1)).toEqual({ pills: ['state:wa'], draft: 'npa:206 taco' });
  expect(opened(without(type('state:wa npa:206 '), 0), 0)).toEqual({ pills: [], draft: 'npa:206' });
  expect(withPill(type('206 jersey'), 'state:nj', 4, 10, reader)).toEqual({
    pills: ['state:nj'],
    draft: '206 ',
  });
});

test('a pill never runs together with what is typed behind it', () => {
  const parts = typed({ pills: ['area:new'], draft: 'jersey' }, 6, reader).parts;
  expect(textOf(parts)).toBe('area:"new" jersey');
});

test('whatever is typed, pills and draft together mean what the text means', () => {
  const meaning = (text: string) =>
    JSON.stringify(
      parseQuery(text)
        .tokens.map(({ key, value, negated }) => [key, value, negated])
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    );
  const piece = fc.constantFrom(
    ...[
      'state:wa',
      'npa:206',
      '-tag:vip',
      'route:"a, b"',
      'new',
      'jersey',
      'area:new',
      '206',
      '5550142',
      'x',
      '-new',
    ],
    ...[
      'colour:red',
      '(206)',
      'state:',
      '"',
      '-',
      'state:new',
      'york',
      '+61255501234',
      'ext',
      '42',
      'numbers:ab12',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
      const text = pieces.join(' ');
      expect(meaning(textOf(partsOf(text, reader)))).toBe(meaning(text));
      const parts = typed({ pills: [], draft: `${text} ` }, text.length + 1, reader).parts;
      expect(meaning(textOf(parts))).toBe(meaning(`${text} `));
      expect(meaning(textOf(ended({ pills: [], draft: text }, reader)))).toBe(meaning(text));
    }),
  );
});
