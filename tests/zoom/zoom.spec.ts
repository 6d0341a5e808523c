import { test } from '@playwright/test';
import { expectWithinReach } from './reach.ts';

/** Every screen, panel and dialog once, by its name among the pictures. */
const met = [
  ...['numbers', 'numbers-selected-details', 'numbers-filter-menu', 'numbers-columns', 'numbers-staged'],
  ...['numbers-routes-of-many', 'numbers-tags', 'numbers-export'],
  ...['buy-browse', 'buy-find-pasted', 'buy-find-in-a-row', 'buy-refine', 'buy-cart-routes'],
  ...['buy-review-over-limit', 'buy-receipt', 'routes-details', 'routes-new', 'routes-move'],
  ...['routes-change-large', 'routes-change-nothing', 'routes-import', 'routes-import-columns'],
  ...['routes-audit', 'routes-audit-each', 'activity', 'account-menu', 'account-add'],
  ...['palette', 'shortcuts', 'diagnostics', 'settings-general'],
  ...['settings-backup'],
];

test('at 200 % every control of every screen and dialog can be brought into view and pressed, and nothing scrolls sideways', async () => {
  await expectWithinReach(met);
});
