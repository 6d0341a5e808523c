import { expect, test } from 'vitest';
import { faultLines, type Found } from '../pictures/report.ts';

const fault: Found = {
  ...{ screen: 'numbers', state: 'full', size: '900x600', theme: 'light', kind: 'cut' },
  ...{ element: 'column "Area"', box: { x: 615, y: 90, width: 78, height: 15 } },
  what: '"Jersey City" is cut',
};

test('a fault is told once, with the first place of it and everywhere else it was seen', () => {
  const lines = faultLines([
    { ...fault, screen: 'sign-in', kind: 'console', element: 'the page', box: null, what: 'console: broken' },
    fault,
    { ...fault, theme: 'dark' },
    { ...fault, screen: 'account-menu', size: '1280x800', what: '"Hackensack" is cut' },
  ]);
  expect(lines).toEqual([
    'cut: column "Area": "Jersey City" is cut; numbers full 900x600 light at 615,90 78×15; ' +
      '3 times: account-menu numbers (full; 1280x800 900x600; dark light)',
    'console: the page: console: broken; sign-in full 900x600 light',
  ]);
  expect(faultLines([])).toEqual([]);
});
