import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectQuery, queryField, setQuery, signInSynced, test } from './app.ts';
import type { SandboxProcess } from '../support/sandbox-process.ts';

const label = 'Find numbers to buy';
const offers = (page: Page) => page.getByRole('grid', { name: 'Numbers for sale' }).locator('.data');
type Ledger = { classes: Record<'v1' | 'v2', Record<string, number>>; purchases: unknown[] };
const ledger = async ({ ledgerUrl }: SandboxProcess) => (await (await fetch(ledgerUrl)).json()) as Ledger;
const searches = async (sandbox: SandboxProcess) => {
  const { v1, v2 } = (await ledger(sandbox)).classes;
  return (v1['search'] ?? 0) + (v2['search'] ?? 0);
};
const owned = async ({ ledgerUrl }: SandboxProcess) => {
  const text = await (await fetch(new URL('/__sandbox/owned', ledgerUrl))).text();
  return text.split('\n').map((line) => line.split(' ')[0] ?? '');
};

async function paste(page: Page, text: string): Promise<void> {
  await queryField(page, label).evaluate((field, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

async function openBuy(page: Page, sandbox: SandboxProcess): Promise<void> {
  await signInSynced(page, sandbox);
  await page.getByRole('link', { name: /^Buy/ }).click();
  await expect(page.getByText(/area codes? with stock/)).toBeVisible();
}

test('a column of a spreadsheet is one pill; what of it is on offer comes into the cart with one button', async ({
  launch,
  sandbox,
}) => {
  const app = await launch();
  const { page } = app;
  await openBuy(page, sandbox);
  await setQuery(page, '2', label);
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  const offered: string[] = [];
  for (let at = 0; at < 6; at += 1)
    offered.push((await offers(page).nth(at).locator('.number').innerText()).trim());
  const mine = (await owned(sandbox)).slice(0, 2);
  const before = await searches(sandbox);
  await setQuery(page, '', label);
  await paste(page, [...offered, '999 not a number', '(202) 201-0000', '212-201-0001', ...mine].join('\n'));
  await expect(page.getByTestId('found')).toHaveText('6 on offer, 2 not, 2 already yours');
  await expect(page.getByText('10 numbers', { exact: true })).toBeVisible();
  await expect(page.getByTestId('no-numbers')).toHaveText('One line was no number: 999 not a number');
  await expectQuery(page, /^numbers:[a-z0-9]+$/, label);
  // One request for each exchange, none for what is owned.
  const exchanges = new Set(offered.map((number) => number.replace(/\D/g, '').slice(0, 6))).size;
  expect((await searches(sandbox)) - before).toBe(exchanges + 2);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Copy those not on offer' }).click();
  await expect.poll(() => app.clipboard()).toBe('(202) 201-0000\n(212) 201-0001');
  await page.getByRole('button', { name: 'Add all 6 to cart' }).click();
  await expect(page.getByText('Added 6 numbers to the cart')).toBeVisible();
  await expect(page.getByRole('link', { name: /^Buy/ })).toContainText('cart 6');
  await page.getByRole('button', { name: 'Add all 6 to cart' }).click();
  await expect(page.getByText('All of them are in the cart already')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save search' })).toBeDisabled();
  expect((await ledger(sandbox)).purchases).toEqual([]);
});

test('a search that was stopped goes on where it stopped, and so does one whose screen was left', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await openBuy(page, sandbox);
  const all = await searches(sandbox);
  await setQuery(page, 'contains:2', label);
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  const found = await page.getByTestId('found').innerText();
  const pages = (await searches(sandbox)) - all;
  await setQuery(page, '', label);
  await sandbox.setFaults(['search:latency:1:1500']);
  await setQuery(page, 'contains:2', label);
  await expect(offers(page).first()).toBeVisible();
  const first = (await offers(page).first().textContent()) ?? '';
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByTestId('found')).toHaveText(/ loaded \(stopped\)$/);
  const before = await searches(sandbox);
  expect(before - all - pages).toBeLessThan(pages);
  await page.getByRole('button', { name: 'Go on looking' }).click();
  // What was found stays on screen.
  await expect(offers(page).first()).toHaveText(first);
  await expect(page.getByTestId('found')).toHaveText(/ loaded so far$/);
  await page.getByRole('link', { name: /^Numbers/ }).click();
  await expect(page.getByTestId('counts')).toBeVisible();
  await sandbox.setFaults([]);
  await page.getByRole('link', { name: /^Buy/ }).click();
  await expect(page.getByTestId('found')).toHaveText(found);
  // Each page once, and twice those four that were on their way at the stop and at the leaving.
  expect((await searches(sandbox)) - all - pages).toBeLessThanOrEqual(pages + 8);
  const counted = await searches(sandbox);
  await page.getByRole('link', { name: /^Numbers/ }).click();
  await expect(page.getByTestId('counts')).toBeVisible();
  await page.getByRole('link', { name: /^Buy/ }).click();
  await expect(page.getByTestId('found')).toHaveText(found);
  expect(await searches(sandbox)).toBe(counted);
});

test('suggestions say what is known of the stock; the routes of the cart are kept with it and looked for in the review', async ({
  launch,
  sandbox,
}) => {
  const first = await launch();
  const { page } = first;
  await openBuy(page, sandbox);
  const suggestions = page.getByRole('listbox', { name: 'Suggestions' });
  await queryField(page, label).fill('washington');
  const washington = suggestions.getByRole('option', { name: /^State\s*Washington\s*WA/ });
  await expect(washington).toHaveText(/ \d+ area codes?$/);
  await setQuery(page, 'state:wa ', label);
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  const count = /^[\d,]+ numbers/.exec(await page.getByTestId('found').innerText())?.[0] ?? '';
  await setQuery(page, '', label);
  await queryField(page, label).fill('washington');
  await expect(washington).toContainText(new RegExp(`${count} in \\d+ rate centers?`));
  await page.keyboard.press('Escape');
  await setQuery(page, '2', label);
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  await offers(page).first().click();
  await page.getByRole('button', { name: 'Add 1 to cart' }).click();
  await page.getByRole('button', { name: 'Cart (1)' }).click();
  await page.getByLabel('Primary route for all').fill('sbc-west');
  await page.getByLabel('Failover route for all').fill('gone-by-now');
  await expect(page.getByText('There is no route "gone-by-now".')).toBeVisible();
  const address = first.address;
  const other = await page.context().newPage();
  await other.goto(address);
  await other.getByRole('link', { name: /^Buy/ }).click();
  await other.getByRole('button', { name: 'Cart (1)' }).click();
  await expect(other.getByLabel('Failover route for all')).toHaveValue('gone-by-now');
  await other.getByTestId('review').click();
  const dialog = other.getByRole('dialog');
  await expect(dialog.getByLabel('Primary route (optional)')).toHaveValue('sbc-west');
  await expect(dialog.getByText('There is no route "gone-by-now".')).toBeVisible();
  await expect(other.getByTestId('buy')).toBeDisabled();
  expect((await ledger(sandbox)).purchases).toEqual([]);
});
