import { expect, test } from 'vitest';
import { parseOfferQuery } from '../../src-main/contract/offer-query.ts';
import { offerSuggestions } from '../../src-main/contract/offer-suggestions.ts';

const tokens = (typed: string) => offerSuggestions(typed).map(({ token }) => token);

test('a word is a place before it is a word for the keypad', () => {
  const found = tokens('seattle');
  expect(found).toEqual(['"Seattle"', 'word:seattle']);
  expect(offerSuggestions('seattle')[0]).toMatchObject({ key: 'ratecenter', detail: 'WA', replaces: 7 });
  expect(tokens('new jer')).toEqual(['state:nj']);
  expect(tokens('jersey')).toEqual(['state:nj', '"Jersey City"', 'word:jersey']);
  expect(tokens('wa')[0]).toBe('state:wa');
  expect(tokens('taxi')).toEqual(['word:taxi']);
  expect(offerSuggestions('taxi')[0]?.detail).toBe('8294');
});

test('digits of an area code, and values and keys, are completed', () => {
  expect(offerSuggestions('206')).toMatchObject([{ token: 'npa:206', detail: 'Seattle, WA', replaces: 3 }]);
  expect(tokens('2065')).toEqual([]);
  expect(tokens('npa:20').every((token) => token.startsWith('npa:20'))).toBe(true);
  expect(tokens('state:wa')[0]).toBe('state:wa');
  expect(tokens('rate')).toContain('ratecenter:');
  expect(tokens('-seattle')).toEqual([]);
  expect(tokens('zz9-')).toEqual([]);
});

test('whatever is offered as a whole piece is understood by itself, a place of several states but for which', () => {
  const typed = [...'abcdefghijklmnopqrstuvwxyz', ...['2', 'new', 'st', 'state:', 'po', 'san', 'jersey']];
  const whole = typed.flatMap(tokens).filter((token) => !token.endsWith(':'));
  expect(whole.length).toBeGreaterThan(60);
  const wrong = whole.filter((token) => {
    const { problem } = parseOfferQuery(token);
    return problem !== null && !problem.startsWith('There is one in');
  });
  expect(wrong).toEqual([]);
});
