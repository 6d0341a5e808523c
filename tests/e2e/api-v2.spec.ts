import type { Page } from '@playwright/test';
import { expect, expectAccessible, setQuery, signIn, test } from './app.ts';

type Ledger = {
  owned: number;
  purchases: { number: string }[];
  routeChanges: { number: string; to: (string | null)[] }[];
  classes: Record<'v1' | 'v2', Record<string, number>>;
};
const rows = (page: Page) => page.getByRole('grid', { name: 'Owned numbers' }).locator('.data:not([hidden])');
const offers = (page: Page) => page.getByRole('grid', { name: 'Numbers for sale' }).locator('.data');

test('an account of API v2: the version is chosen at another address, numbers are listed, bought and routed', async ({
  launch,
  sandbox,
}) => {
  const ledger = async () => (await (await fetch(sandbox.ledgerUrl)).json()) as Ledger;
  // Many details are not there: routes come from v1's list.
  await sandbox.setSwitches({ manyDetails: 'absent-path404' });
  const { page } = await launch();
  await page.getByText('Advanced').click();
  await page.getByLabel('API address').fill('https://carrier.example');
  await expect(page.getByRole('radio', { name: /^v1/ })).toBeChecked();
  await page.getByLabel('API address').fill('https://carrier.example/v2');
  await expect(page.getByRole('radio', { name: /^v2/ })).toBeChecked();
  await expectAccessible(page);
  await sandbox.setFaults(['details:429:1']);
  await signIn(page, { ...sandbox, url: sandbox.v2Url });
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');

  // The list is there before any routes are. They come by themselves, those on screen first, and it is said how far that is.
  await expect(page.getByTestId('routes-read')).toHaveText('Routes read for 0 of 1,200');
  await expect(rows(page).first()).toContainText('not read yet');
  await expect(page.getByTestId('reading-pauses')).toContainText('the carrier asks for fewer requests');
  await expectAccessible(page);
  await sandbox.setFaults([]);
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(rows(page).first()).not.toContainText('not read yet');
  await expect(page.getByTestId('routes-read')).toBeHidden({ timeout: 60_000 });
  // All of them from the list of v1, which a few were compared with.
  expect((await ledger()).classes.v1).toEqual({ owned: 6 });

  // Routes, which the list does not tell, are read and set by a compared change, each side with a request of its own.
  await rows(page).nth(2).click();
  await rows(page)
    .nth(3)
    .click({ modifiers: ['Shift'] });
  await page.keyboard.press('r');
  await page.getByRole('dialog').getByLabel('Primary route').fill('sbc-east');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Apply to \d numbers?$/ }).click();
  // The failover first and then the primary: the last of each number has both.
  const primaries = async () => {
    const { routeChanges } = await ledger();
    return [...new Set(new Map(routeChanges.map(({ number, to }) => [number, to[0]])).values())];
  };
  await expect.poll(primaries).toEqual(['sbc-east']);

  await page.getByRole('link', { name: /^Buy/ }).click();
  await setQuery(page, '2', 'Find numbers to buy');
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  for (const place of [0, 1]) await offers(page).nth(place).click();
  await page.getByRole('button', { name: 'Add 2 to cart' }).click();
  await page.getByRole('button', { name: 'Cart (2)' }).click();
  await page.getByTestId('review').click();
  await page.getByTestId('buy').click();
  await expect(page.getByTestId('order-phase')).toHaveText('Done');
  await expect(page.getByTestId('order-progress')).toContainText('2 bought');
  const { owned, purchases, classes } = await ledger();
  expect([owned, purchases.length, classes.v2['purchase']]).toEqual([1202, 2, 2]);
  // Nothing of it went through the other version: its list was read, and no more.
  expect(classes.v1).toEqual({ owned: 6 });
  await page.getByRole('link', { name: /^Numbers/ }).click();
  await expect(page.getByTestId('counts')).toHaveText('1,202 numbers');
});

test('how fast the carrier is asked is shown, and held to a limit at once, which is kept with the account', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signIn(page, { ...sandbox, url: sandbox.v2Url });
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  const open = async () => {
    await page.keyboard.press('Control+,');
    await page.getByRole('dialog').getByRole('button', { name: 'Requests' }).click();
  };
  const field = page.getByRole('dialog').getByLabel(/^Requests per second at most, for/);
  await open();
  await expect(field).toHaveValue('');
  await expect(page.getByRole('row', { name: /^Lists of numbers and routes/ })).toContainText('none met');
  await expectAccessible(page);
  await field.fill('1.5');
  await field.press('Tab');
  await expect(page.getByRole('alert')).toContainText('Type a whole number from 1 to 1,000');
  await field.fill('1');
  await field.press('Tab');
  await expect(page.getByRole('alert')).toBeHidden();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByTestId('waits')).toHaveText('Waiting because of your limit of 1 request a second.');
  // Without the limit the same sync goes on at once.
  await page.reload();
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await open();
  await expect(field).toHaveValue('1');
  await field.fill('');
  await field.press('Tab');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('waits')).toBeHidden();
  await expect(page.getByTestId('age')).toBeVisible();
});
