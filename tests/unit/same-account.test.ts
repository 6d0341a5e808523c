import { expect, test } from 'vitest';
import { isSameAccount } from '../../src-main/accounts/same-account.ts';
import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { v1Features } from '../../src-main/carrier/flowroute/v1/features.ts';
import type { Route } from '../../src-main/contract/model.ts';

const route = (name: string, value = 'a.example'): Route => ({
  ...{ key: name, label: name, type: 'HOST', value, builtin: false },
});
const builtIn: Route = {
  ...{ key: 'sip-reg', label: 'sip-reg', type: 'SIP-REG', value: null, builtin: true },
};

/** A carrier that shows these numbers and routes. */
function showing(numbers: readonly string[], routes: readonly Route[] = []): Carrier {
  const page = <T>(items: readonly T[]) => Promise.resolve({ items, odd: [], next: null });
  return {
    features: v1Features,
    listOwned: () => page(numbers.map((number) => ({ number }))),
    listRoutes: () => page([builtIn, ...routes]),
  } as unknown as Carrier;
}
const knowing = (numbers: readonly string[], routes: readonly Route[] = []) => ({
  total: numbers.length,
  owned: (asked: readonly string[]) => Promise.resolve(asked.filter((number) => numbers.includes(number))),
  routes: [builtIn, ...routes],
});

test.each([
  ['the same numbers', ['1', '2', '3'], ['1', '2', '3'], true],
  ['most of them, and newer ones', ['1', '2', '8', '9'], ['1', '2', '3'], true],
  ['the first page of many', ['1', '2'], ['1', '2', '3', '4', '5', '6'], true],
  ['none of them', ['7', '8'], ['1', '2', '3'], false],
  ['one that was moved over', ['1', '7', '8', '9'], ['1', '2', '3', '4'], false],
  ['no numbers where there are some', [], ['1', '2'], false],
])('by numbers: %s', async (_, now, before, same) => {
  const shared = [route('sbc')];
  expect(await isSameAccount(showing(now, shared), knowing(before, shared))).toBe(same);
});

test.each([
  ['the same routes', [route('sbc'), route('fax')], [route('sbc')], true],
  ['a route of that name with another value', [route('sbc', 'b.example')], [route('sbc')], false],
  ['none but the one that every account has', [], [], false],
  ['no list of routes here', [route('sbc')], [], false],
])('by routes, where no number is known: %s', async (_, now, before, same) => {
  expect(await isSameAccount(showing([], now), knowing([], before))).toBe(same);
  expect(await isSameAccount(showing(['1'], now), knowing([], before))).toBe(same);
});

test('a carrier that cannot be asked is no answer', async () => {
  const broken = { ...showing([]), listOwned: () => Promise.reject(new Error('gone')) };
  await expect(isSameAccount(broken, knowing(['1']))).rejects.toThrow('gone');
});
