import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guarded, readNumberCell } from '../../src-main/contract/cells.ts';
import {
  copiedNumber,
  exportedNumber,
  formatNumber,
  isPhoneNumber,
  readNorthAmerican,
  readPhoneNumber,
} from '../../src-main/contract/phone.ts';
import { areaOf } from '../../src-main/nanp/area.ts';
import { anyForeign } from '../support/any-number.ts';

describe('numbers', () => {
  test.each([
    '2065550142',
    '12065550142',
    '+1 206-555-0142',
    '(206) 555 0142',
    '206.555.0142',
    '1/206/5550142',
  ])('%s is read', (text) => {
    expect(readPhoneNumber(text)).toBe('12065550142');
  });
  test.each(['', '555-0142', '1065550142', '2061550142', '2065550142x', '120655501423', '206555014'])(
    '%s is no number',
    (text) => {
      expect(readPhoneNumber(text)).toBeNull();
    },
  );
  test.each([
    '+44 20 7946 0958',
    '0044 20 7946 0958',
    '011 44 20 7946 0958',
    '+44 (0)20 7946 0958',
    '0044 (0) 20-7946-0958',
    'tel:+44-20-7946-0958',
    'sip:442079460958@pbx.example.com',
    '442079460958',
    '44 20 7946 0958',
    '44-20/7946 0958',
    '\u202a+44\u00a020\u00a07946\u00a00958\u202c',
  ])('%s is a number of another country', (text) => {
    expect(readPhoneNumber(text)).toBe('442079460958');
    expect(readNorthAmerican(text)).toBeNull();
  });
  test.each([
    ['61255501234', '61255501234'],
    ['+4722345678', '4722345678'],
    // Ten digits without a plus sign are North American.
    ['4722345678', '14722345678'],
    ['1 310 542 8070', '13105428070'],
    ['310 542 8070', '13105428070'],
    ['+2065550142', '2065550142'],
    ['+354 555 1234', '3545551234'],
    ['+3545551', '3545551'],
    ['+44 2079460958', '442079460958'],
    ['4420 79460958', '442079460958'],
    ['+49 30 2312 5101', '493023125101'],
    ['20261127140500', '20261127140500'],
    ['+999999999999999', '999999999999999'],
  ])('%s is %s', (text, number) => {
    expect(readPhoneNumber(text)).toBe(number);
  });
  test.each([
    '+354555',
    '+9999999999999999',
    '+0442079460958',
    '+1 206 555 014',
    '+1 206 555 01423',
    '442079460958 x12',
    // An address, a number with a count behind it, a national number without its country.
    '208.100.200.123',
    '212-555-0142 17',
    '1 212 555 0142 17',
    '2. 206-555-0143',
    '2) (206) 555-0143',
    '020 7946 0958',
    '44 20 7946 0958 and more',
    // Two numbers, and a day with a time.
    '555-0142 555-0143',
    '555 0142 555 0143',
    '5550142 5550143',
    '2906001 2906002',
    '+2906001 +2906002',
    '+2906001+2906002',
    '+2906001 2906002',
    '+44 20 7946 0958 +49 30 231251',
    '2026-11-27',
    '2026-11-27 1405',
    '2026/11/27 140500',
    '27-11-2026 1405',
    '27/11/2026 14 05 00',
  ])('%s is not taken for one', (text) => {
    expect(readPhoneNumber(text)).toBeNull();
  });
  test('every format is read back', () => {
    for (const format of ['national', 'international', 'digits', 'e164'] as const) {
      expect(readPhoneNumber(formatNumber('12065550142', format))).toBe('12065550142');
    }
    expect(formatNumber('911', 'national')).toBe('911');
    expect(isPhoneNumber('12065550142\n')).toBe(false);
  });
  test('a number of another country has its plus sign in every format, and is read back; only as digits it is copied without', () => {
    fc.assert(
      fc.property(anyForeign, (number) => {
        for (const format of ['national', 'international', 'digits', 'e164'] as const) {
          expect(formatNumber(number, format)).toBe(`+${number}`);
          expect(readPhoneNumber(formatNumber(number, format))).toBe(number);
          expect(copiedNumber(number, format)).toBe(format === 'digits' ? number : `+${number}`);
        }
        expect(readNumberCell(guarded(exportedNumber(number)))).toBe(number);
      }),
    );
    expect(exportedNumber('12065550142')).toBe('12065550142');
  });
  test('a number has 7 to 15 digits, those of North America eleven', () => {
    expect(['2345678', '234567890123456', '12065550142', '11065550142'].every(isPhoneNumber)).toBe(true);
    const none = [
      '234567',
      '2345678901234567',
      '1206555014',
      '120655501421',
      '02345678',
      '+2345678',
      '23456a8',
    ];
    expect(none.some(isPhoneNumber)).toBe(false);
  });
});

test('area codes: old, new, Canadian, toll-free, unknown', () => {
  expect(areaOf('206')).toMatchObject({ country: 'US', state: 'WA', place: 'Seattle' });
  expect(areaOf('604')).toMatchObject({ country: 'CA', state: 'BC' });
  expect(areaOf('888')).toEqual({ npa: '888', country: '', state: '', place: 'Toll-free' });
  expect(areaOf('299')).toEqual({ npa: '299', country: '', state: '', place: 'Unknown area code' });
  expect(areaOf('__proto__').state).toBe('');
});
