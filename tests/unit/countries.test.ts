import { expect, test } from 'vitest';
import { some } from '../support/some.ts';
import { areaOfNumber } from '../../src-main/nanp/area.ts';
import {
  callingCode,
  countryCode,
  countryCodes,
  countryName,
  countryOfNumber,
  isCountryBegun,
  prefixesOf,
} from '../../src-main/nanp/countries.ts';

test.each([
  ['442079460958', 'GB', 'United Kingdom'],
  ['61255501234', 'AU', 'Australia'],
  ['493023125101', 'DE', 'Germany'],
  ['3531234567', 'IE', 'Ireland'],
  ['74951234567', 'RU', 'Russia'],
  ['77271234567', 'KZ', 'Kazakhstan'],
])('%s is of %s', (number, country, place) => {
  expect(countryOfNumber(number)).toBe(country);
  expect(areaOfNumber(number)).toEqual({ state: '', place });
});

test('a code of no country is told as that', () => {
  expect(countryOfNumber('80012345678')).toBe('');
  expect(areaOfNumber('80012345678')).toEqual({ state: '', place: 'Another country' });
});

test.each([
  ['gb', 'GB'],
  ['UK', 'GB'],
  ['united  kingdom', 'GB'],
  ['Germany', 'DE'],
  ['cote d’ivoire', 'CI'],
  ["Côte d'Ivoire", 'CI'],
  ['us', 'US'],
  ['canada', 'CA'],
  ['jamaica', 'JM'],
  ['antarctica', null],
  ['', null],
])('%j is %s', (text, country) => {
  expect(countryCode(text)).toBe(country);
});

test('every country has a name, a beginning that is nobody else’s, and is found by its name', () => {
  const owners = new Map<string, string>();
  for (const country of some(countryCodes())) {
    expect(countryCode(countryName(country)), country).toBe(country);
    for (const prefix of some(prefixesOf(country))) {
      expect(owners.get(prefix), prefix).toBeUndefined();
      owners.set(prefix, country);
    }
  }
  const all = [...owners.keys()];
  expect(all.filter((one) => all.some((other) => other !== one && one.startsWith(other)))).toEqual([]);
  expect(owners.size).toBeGreaterThan(500);
});

test.each([
  ['GB', '44'],
  ['us', '1'],
  ['JM', '1'],
  ['KZ', '7'],
  ['RU', '7'],
  ['XX', null],
  ['', null],
])('the code of %j is %j', (country, code) => {
  expect(callingCode(country)).toBe(code);
});

test('a beginning of a name is on its way, of nothing else', () => {
  expect(['unit', 'g', 'oth', 'gb'].map(isCountryBegun)).toEqual([true, true, true, true]);
  expect(['xx', '12'].map(isCountryBegun)).toEqual([false, false]);
});
