import type { Page } from '@playwright/test';
import type { SandboxProcess } from '../support/sandbox-process.ts';
import { expect, expectAccessible, queryField, setQuery, signIn, test } from './app.ts';
import { exportedLines } from './saved.ts';

const list = (page: Page) => page.getByRole('grid', { name: 'Owned numbers' });
const rows = (page: Page) => list(page).locator('.data:not([hidden])');
const foreign = ['442079460101', '4722345678', '61255500101', '99912065550142'];

/** An account of API v2 that has numbers of other countries, among them such as hold a North American one. */
async function signInAbroad(page: Page, sandbox: SandboxProcess): Promise<void> {
  await sandbox.mutate({ add: [...foreign, '12065550142'] });
  await page.getByText('Advanced').click();
  await page.getByLabel('API address').fill(sandbox.v2Url);
  await page.getByRole('radio', { name: /^v2/ }).check();
  await signIn(page, { ...sandbox, url: sandbox.v2Url });
  await expect(page.getByTestId('counts')).toHaveText('1,205 numbers');
}

test('numbers of other countries are shown with a plus, found, copied, opened, grouped and exported', async ({
  launch,
  sandbox,
}, info) => {
  const app = await launch();
  const { page } = app;
  await signInAbroad(page, sandbox);
  await setQuery(page, '+44');
  await expect(page.getByTestId('counts')).toHaveText('1 of 1,205 numbers');
  const number = rows(page).first().locator('.number');
  await expect(number).toHaveText('+442079460101');
  await expect(number.locator('mark')).toHaveText('44');
  await expect(rows(page).first()).toContainText('United Kingdom');

  await rows(page).first().click();
  const details = page.getByRole('region', { name: 'Details of +442079460101' });
  await expect(details).toContainText('United Kingdom');
  await expect(details.getByTestId('freshness')).not.toContainText('Checking');
  await expectAccessible(page);
  for (const [keys, copied] of [
    ['Control+c', '+442079460101'],
    ['Control+Shift+c', '+442079460101'],
    ['Control+Alt+c', '442079460101'],
  ] as const) {
    await list(page).focus();
    await page.keyboard.press(keys);
    await expect.poll(() => app.clipboard()).toBe(copied);
  }
  await page.keyboard.press('Escape');

  // A whole North American number finds itself, and the number that holds it; as an area code it finds no other country.
  await setQuery(page, '(206) 555-0142');
  await expect(number.filter({ visible: true }).first()).toHaveText('(206) 555-0142');
  await expect(page.getByTestId('counts')).toHaveText('2 of 1,205 numbers');
  await setQuery(page, 'npa:999');
  await expect(page.getByTestId('counts')).toHaveText('0 of 1,205 numbers');
  await setQuery(page, 'country:');
  const offered = page.getByRole('option', { name: /Outside North America/ });
  await expect(offered).toContainText('4');
  await setQuery(page, 'country:other');
  await expect(page.getByTestId('counts')).toHaveText('4 of 1,205 numbers');
  await page.getByRole('button', { name: /^Export 4/ }).click();
  const [, ...lines] = await exportedLines(app, info);
  expect(lines.map((line) => line.split(',')[0])).toEqual(foreign.toSorted().map((one) => `'+${one}`));

  await setQuery(page, '');
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByLabel('Group by').selectOption('Area code');
  await page.keyboard.press('Escape');
  const grouped = page.getByRole('treegrid', { name: 'Owned numbers' });
  await grouped.focus();
  await page.keyboard.press('End');
  const head = grouped.locator('.group:visible').filter({ hasText: 'Other countries' });
  await expect(head.locator('.muted')).toHaveText('4');
});

test('numbers of other countries are pasted, pointed at a route and back; they are not for sale', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInAbroad(page, sandbox);
  await queryField(page).evaluate((field) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', '0044 20 7946 0101\n+47 22 34 56 78\n4420794609990\n206-555-0142');
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  });
  await expect(page.getByTestId('counts')).toHaveText('3 of 1,205 numbers');
  await setQuery(page, '+47 22 34 56 78');
  await expect(page.getByTestId('counts')).toHaveText('1 of 1,205 numbers');
  const pair = async () => {
    const text = await (await fetch(new URL('/__sandbox/owned', sandbox.ledgerUrl))).text();
    return text.split('\n').find((line) => line.startsWith('4722345678 '));
  };
  const before = await pair();
  await rows(page).first().click();
  await page.keyboard.press('r');
  await page.getByRole('dialog').getByLabel('Primary route').fill('sbc-east');
  await page.keyboard.press('Enter');
  await expect.poll(pair).toContain('sbc-east');
  await expect(rows(page).first()).toContainText('sbc-east');
  await page.keyboard.press('ControlOrMeta+z');
  await page.getByRole('button', { name: /^Apply to 1 number$/ }).click();
  await expect.poll(pair).toBe(before);

  await page.getByRole('link', { name: /^Buy/ }).click();
  await setQuery(page, '+44 20', 'Find numbers to buy');
  await expect(page.getByText('Only North American numbers are for sale here.')).toBeVisible();
});
