import type { Locator, Page } from '@playwright/test';
import { expect, expectAccessible, setQuery, signInSynced, test } from './app.ts';

/** What the numbers list can do, in the other lists: columns, a menu for each row, the keys that copy. */
const cellsOf = (page: Page, list: string, column: string) =>
  page.getByRole('grid', { name: list }).locator(`.data:visible [data-cell="${column}"]`);
const digitsOf = (number: string) => `1${number.replace(/\D/g, '')}`;

async function hide(page: Page, column: string, within: Page | Locator = page): Promise<void> {
  const chooser = within.getByRole('button', { name: 'Choose columns' });
  await chooser.click();
  await page.getByRole('dialog', { name: 'Columns' }).getByLabel(column, { exact: true }).uncheck();
  await page.keyboard.press('Escape');
  // The focus comes back once the chooser is gone: what takes it before loses it again.
  await expect(chooser).toBeFocused();
}

test('cart and orders: columns are chosen and stay so, rows are copied by keys and have a menu', async ({
  launch,
  sandbox,
}) => {
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  await page.getByRole('link', { name: /^Buy/ }).click();
  await setQuery(page, '2', 'Find numbers to buy');
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  const offers = page.getByRole('grid', { name: 'Numbers for sale' }).locator('.data:visible');
  for (const place of [0, 1, 2]) await offers.nth(place).click();
  await page.getByRole('button', { name: 'Add 3 to cart' }).click();
  await page.getByRole('button', { name: 'Cart (3)' }).click();
  const cart = page.getByRole('grid', { name: 'Cart' });
  await expect(cellsOf(page, 'Cart', 'number')).toHaveCount(3);
  await expect(page.getByTestId('cart-total')).toContainText('3 numbers:');
  const numbers = await cellsOf(page, 'Cart', 'number').allInnerTexts();
  await hide(page, 'State');
  await expect(cellsOf(page, 'Cart', 'state')).toHaveCount(0);
  await expectAccessible(page);

  await cart.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+Shift+C');
  await expect.poll(() => app.clipboard()).toBe(`+${digitsOf(numbers[1] ?? '')}`);
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menu')).toContainText(numbers[1] ?? 'none');
  await expectAccessible(page);
  await page.getByRole('menuitem', { name: 'Remove from the cart' }).click();
  await expect(cellsOf(page, 'Cart', 'number')).toHaveCount(2);
  await expect(cart).toBeFocused();

  await page.getByTestId('review').click();
  await page.getByTestId('buy').click();
  await expect(page.getByTestId('order-phase')).toHaveText('Done');
  const order = 'Numbers of order 1';
  await expect(cellsOf(page, order, 'number')).toHaveCount(2);
  await hide(page, 'Set-up', page.getByRole('region', { name: 'Order 1' }));
  await expect(cellsOf(page, order, 'setup')).toHaveCount(0);
  await page.getByRole('grid', { name: order }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+c');
  const first = await cellsOf(page, order, 'number').first().innerText();
  await expect.poll(() => app.clipboard()).toBe(first);
  await expectAccessible(page);
  // What was bought is shown among the numbers.
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: `Details of ${first}` })).toBeVisible();

  await page.reload();
  await page.getByRole('link', { name: /^Buy/ }).click();
  await page.getByRole('button', { name: /^Orders/ }).click();
  await cellsOf(page, 'Orders', 'order').first().click();
  await expect(cellsOf(page, order, 'number')).toHaveCount(2);
  await expect(cellsOf(page, order, 'setup')).toHaveCount(0);
});

test('routes and the numbers of a change: columns are chosen, rows are copied and have a menu', async ({
  launch,
  sandbox,
}) => {
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  await page.getByRole('link', { name: 'Routes' }).click();
  await hide(page, 'Type');
  await expect(page.getByRole('columnheader', { name: 'Type' })).toHaveCount(0);
  await expectAccessible(page);

  await page.getByRole('link', { name: /^Numbers/ }).click();
  await setQuery(page, '-route:sbc-east npa:201');
  await expect(page.getByTestId('counts')).toHaveText(/^\d+ of 1,200 numbers$/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('r');
  await page.getByLabel('Primary route').fill('sbc-east');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Compared with the carrier.', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: /^to change/ }).click();
  const list = page.getByRole('grid', { name: 'Before and after' });
  await expect(cellsOf(page, 'Before and after', 'number').first()).toBeVisible();
  await list.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
  const third = await cellsOf(page, 'Before and after', 'number').nth(2).innerText();
  await page.keyboard.press('Control+Alt+c');
  await expect.poll(() => app.clipboard()).toBe(digitsOf(third));
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menu')).toContainText(third);
  await expectAccessible(page);
  await page.getByRole('menuitem', { name: 'Show in Numbers' }).click();
  await expect(page.getByRole('region', { name: `Details of ${third}` })).toBeVisible();
});
