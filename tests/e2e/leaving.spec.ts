import type { Locator, Page } from '@playwright/test';
import { demoListed, expect, expectQuery, setQuery, signIn, test } from './app.ts';

const go = (page: Page, name: RegExp) =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name }).click();
const tab = (page: Page, name: RegExp) => page.getByRole('button', { name }).click();
/** How far a list is scrolled, in px. */
const scrolled = (list: Locator) => list.evaluate((element) => element.scrollTop);
async function scrollTo(list: Locator, top: number): Promise<void> {
  await list.evaluate((element, to) => {
    element.scrollTop = to;
  }, top);
  await expect.poll(() => scrolled(list)).toBe(top);
}
const sorted = (page: Page, name: string) => page.getByRole('columnheader', { name });

test('filter, order, selection and place of every screen survive leaving it, and belong to their account', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch(['--demo']);
  await page.setViewportSize({ width: 900, height: 600 });
  await demoListed(page);
  const grid = page.getByRole('grid', { name: 'Owned numbers' });
  const offers = page.getByRole('grid', { name: 'Numbers for sale' });
  const routes = page.getByRole('grid', { name: 'Inbound routes' });
  const buyQuery = 'Find numbers to buy';

  await setQuery(page, 'failover:none');
  await expect(page.getByTestId('counts')).toHaveText(/^[\d,]+ of 2,480 numbers$/);
  await sorted(page, 'Primary').getByRole('button').click();
  await grid.focus();
  for (const key of ['Home', 'Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
  await expect(page.getByTestId('selected')).toHaveText('3 numbers selected');
  await scrollTo(grid, 4_000);
  const inView = grid.locator('.data:visible').filter({ hasText: /\d/ });
  await expect(inView.first()).toBeVisible();

  await go(page, /^Buy/);
  await setQuery(page, 'npa:206', buyQuery);
  await page.keyboard.press('Enter');
  await sorted(page, 'Monthly').getByRole('button').click();
  await expect(offers.locator('.data').first()).toBeVisible();
  await offers.focus();
  for (const key of ['ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
  await expect(page.getByRole('button', { name: 'Add 2 to cart' })).toBeEnabled();
  await scrollTo(offers, 96);

  await go(page, /^Routes/);
  await setQuery(page, 'state:listed s', 'Filter routes');
  await page.keyboard.press('Enter');
  await sorted(page, 'Value').getByRole('button').click();
  await scrollTo(routes, 20);
  await tab(page, /^Audit/);

  await go(page, /^Activity/);
  await setQuery(page, 'sync kind:sync', 'Filter the activity');

  await go(page, /^Numbers/);
  await expectQuery(page, 'failover:none');
  await expect(sorted(page, 'Primary')).toHaveAttribute('aria-sort', 'ascending');
  await expect(page.getByTestId('selected')).toHaveText('3 numbers selected');
  await expect.poll(() => scrolled(grid)).toBe(4_000);
  await expect(inView.first()).toBeVisible();

  await go(page, /^Buy/);
  await expectQuery(page, 'npa:206', buyQuery);
  await expect(sorted(page, 'Monthly')).toHaveAttribute('aria-sort', 'ascending');
  await expect(page.getByRole('button', { name: 'Add 2 to cart' })).toBeEnabled();
  await expect.poll(() => scrolled(offers)).toBe(96);

  await go(page, /^Routes/);
  await expect(page.getByRole('list', { name: 'Findings' })).toBeVisible();
  await tab(page, /^Routes \(/);
  await expectQuery(page, 'state:listed s', 'Filter routes');
  await expect(sorted(page, 'Value')).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(() => scrolled(routes)).toBe(20);

  await go(page, /^Activity/);
  await expectQuery(page, 'sync kind:sync', 'Filter the activity');

  // Whoever comes by a link gets what the link is about, from the top, and the mouse leads back.
  await go(page, /^Routes/);
  await routes.getByRole('button', { name: /with sip-reg as failover$/ }).click();
  await expectQuery(page, 'failover:"sip-reg"');
  await expect.poll(() => scrolled(grid)).toBe(0);
  const mouse = (button: number) =>
    page.evaluate((which) => {
      document.body.dispatchEvent(new MouseEvent('mouseup', { button: which, bubbles: true }));
    }, button);
  await mouse(3);
  await expect(routes).toBeVisible();
  await mouse(4);
  await expectQuery(page, 'failover:"sip-reg"');

  // Nothing of it is another account's.
  const menu = () => page.locator('aside [aria-haspopup="menu"]').click();
  await menu();
  await page.getByRole('menuitem', { name: 'Add account…' }).click();
  await signIn(page, sandbox);
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await expectQuery(page, '');
  await expect(page.getByTestId('selected')).toHaveCount(0);
  await go(page, /^Buy/);
  await expectQuery(page, '', buyQuery);
  await menu();
  await page.getByRole('menuitemradio', { name: 'Demo account' }).click();
  await expectQuery(page, 'npa:206', buyQuery);
  await expect(offers.locator('.data').first()).toBeVisible();
  await go(page, /^Numbers/);
  await expectQuery(page, 'failover:"sip-reg"');
  await expect(sorted(page, 'Primary')).toHaveAttribute('aria-sort', 'ascending');
});
