import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, signIn, test } from './app.ts';

const offers = (page: Page) => page.getByRole('grid', { name: 'Numbers for sale' }).locator('.data');
const ledger = async (url: string) =>
  (await (await fetch(url)).json()) as { owned: number; purchases: { number: string }[] };

async function openBuy(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^Buy/ }).click();
  await expect(page.getByRole('button', { name: 'Find', exact: true })).toBeVisible();
}

test('search, cart, review, buy, receipt, and the number is in the list with its cost', async ({
  host,
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signIn(page, sandbox);
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await openBuy(page);
  await expect(page.getByText(/area codes with stock/)).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Find numbers to buy').fill('nxx:555');
  await expect(page.getByText('An exchange needs its area code')).toBeVisible();
  await page.getByLabel('Find numbers to buy').fill('2');
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  await expectAccessible(page);
  for (const place of [0, 1, 2]) await offers(page).nth(place).click();
  await page.getByRole('button', { name: 'Add 3 to cart' }).click();
  await expect(page.getByRole('link', { name: /^Buy/ })).toContainText('cart 3');
  await page.getByRole('button', { name: 'Cart (3)' }).click();
  await page.getByRole('button', { name: 'Check availability' }).click();
  await expect(page.getByRole('button', { name: 'Check availability' })).toBeEnabled();
  await expectAccessible(page);
  await page.getByTestId('review').click();
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expect(page.getByTestId('buy')).toHaveText(/^\s*Buy 3 numbers for \$[\d.]+ now\s*$/);
  await expectAccessible(page);
  // As fast as a hand can: the second click finds nothing to do.
  await page.getByTestId('buy').dblclick();
  await expect(page.getByTestId('order-phase')).toHaveText('Done');
  await expect(page.getByRole('heading', { name: 'Receipt' })).toBeVisible();
  await expect(page.getByTestId('order-progress')).toContainText('3 bought');
  await expectAccessible(page);
  expect(await ledger(sandbox.ledgerUrl)).toMatchObject({ owned: 1203 });
  if (host === 'browser') {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const csv = readFileSync(await (await download).path(), 'utf8')
      .slice(1)
      .split('\r\n');
    expect([csv[0], csv.length]).toEqual([
      'number,status,setup,monthly,billing,rate_center,state,routes,reason',
      5,
    ]);
  }
  await page.getByRole('link', { name: /^Activity/ }).click();
  await expect(page.getByText(/is done: 3 bought/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: /^Numbers/ }).click();
  await expect(page.getByTestId('counts')).toHaveText('1,203 numbers');
  await expect(page.getByTestId('cost')).toContainText('/mo for 3 known');
  await expectAccessible(page);
});

test('over the limit the count has to be typed, and a held key buys nothing', async ({ launch, sandbox }) => {
  const { page } = await launch();
  await signIn(page, sandbox);
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Ask for the count when an order costs more').fill('0');
  await page.getByRole('button', { name: 'Done' }).click();
  await openBuy(page);
  await page.getByLabel('Find numbers to buy').fill('2');
  await expect(page.getByTestId('found')).toHaveText(/loaded$/);
  for (const place of [0, 1]) await offers(page).nth(place).click();
  await page.getByRole('button', { name: 'Add 2 to cart' }).click();
  await page.getByRole('button', { name: 'Cart (2)' }).click();
  // Enter held down on "Review order" opens the review and must not go on into buying.
  await page.getByTestId('review').focus();
  for (let i = 0; i < 30; i += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  expect((await ledger(sandbox.ledgerUrl)).purchases).toEqual([]);
  if (!(await page.getByRole('dialog').isVisible())) await page.getByTestId('review').click();
  await expect(page.getByTestId('buy')).toBeDisabled();
  await page.getByLabel(/Type 2 to confirm/).fill('2');
  await page.getByTestId('buy').focus();
  for (let i = 0; i < 10; i += 1) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await expect(page.getByTestId('order-phase')).toHaveText('Done');
  expect((await ledger(sandbox.ledgerUrl)).purchases).toHaveLength(2);
});

test('browse: a state on the map, an area code, its exchanges, its numbers', async ({ launch }) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await openBuy(page);
  await page.getByRole('button', { name: /Washington, \d+ area code/ }).click();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('button', { name: /Oregon/ })).toBeFocused();
  await page.getByRole('button', { name: /^206/ }).click();
  await page.getByRole('button', { name: 'All numbers of 206' }).click();
  await expect(page.getByLabel('Find numbers to buy')).toHaveValue('npa:206');
  await expect(page.getByLabel('Area code')).toHaveValue('206');
  await expect(offers(page).first()).toContainText('(206)');
});

test('ten thousand results stream in without one long task in the window', async ({ launch }) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await openBuy(page);
  await expect(page.getByText(/area codes with stock/)).toBeVisible();
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { tasks });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) tasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
  await page.getByLabel('Find numbers to buy').fill('2');
  const loaded = async () =>
    Number(/[\d,]+/.exec(await page.getByTestId('found').innerText())?.[0].replace(',', ''));
  await expect.poll(loaded, { timeout: 20_000 }).toBeGreaterThan(10_000);
  await page.getByRole('grid', { name: 'Numbers for sale' }).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  const tasks = await page.evaluate(() => (window as unknown as { tasks: number[] }).tasks);
  // The page reports only tasks over 50 ms.
  expect(tasks).toEqual([]);
});
