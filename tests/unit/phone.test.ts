import { describe, expect, test } from 'vitest';
import { formatNumber, isPhoneNumber, readPhoneNumber } from '../../src-main/contract/phone.ts';
import { areaOf } from '../../src-main/nanp/area.ts';

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
  test.each(['', '555-0142', '1065550142', '2061550142', '22065550142', '2065550142x', '+44 20 7946 0958'])(
    '%s is not a North American number',
    (text) => {
      expect(readPhoneNumber(text)).toBeNull();
    },
  );
  test('every format is read back', () => {
    for (const format of ['national', 'international', 'digits', 'e164'] as const) {
      expect(readPhoneNumber(formatNumber('12065550142', format))).toBe('12065550142');
    }
    expect(formatNumber('911', 'national')).toBe('911');
    expect(isPhoneNumber('12065550142\n')).toBe(false);
  });
});

test('area codes: old, new, Canadian, toll-free, unknown', () => {
  expect(areaOf('206')).toMatchObject({ country: 'US', state: 'WA', place: 'Seattle' });
  expect(areaOf('604')).toMatchObject({ country: 'CA', state: 'BC' });
  expect(areaOf('888')).toEqual({ npa: '888', country: '', state: '', place: 'Toll-free' });
  expect(areaOf('299')).toEqual({ npa: '299', country: '', state: '', place: 'Unknown area code' });
  expect(areaOf('__proto__').state).toBe('');
});
