import type { Page } from '@playwright/test';
import { expect, expectAccessible, setQuery, signInSynced, test } from './app.ts';

/** The numbers list by groups: route, state, area code, tags. */
const list = (page: Page) => page.getByRole('treegrid', { name: 'Owned numbers' });
const head = (page: Page, name: string | RegExp) =>
  list(page)
    .locator('.group:visible')
    .filter({ has: page.locator('b', { hasText: name }) });
const countOf = async (page: Page, name: string | RegExp) =>
  Number((await head(page, name).locator('.muted').innerText()).replace(',', ''));
const cursor = (page: Page) => list(page).locator('.cursor');

async function groupBy(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByLabel('Group by').selectOption(title);
  await page.keyboard.press('Escape');
}

test('numbers are grouped with counts; groups are closed, opened and selected by mouse and keys, and stay so @both', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await groupBy(page, 'Area code');
  await expect(head(page, '201')).toBeVisible();
  await expectAccessible(page);
  const first = await countOf(page, '201');
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  // All numbers of the first group stand between its head and the next.
  await list(page).focus();
  await page.keyboard.press('Home');
  await expect(cursor(page)).toContainText('201');
  await page.keyboard.press('ArrowDown');
  await expect(cursor(page)).toHaveText(/\(201\)/);
  await page.keyboard.press('ArrowLeft');
  await expect(cursor(page)).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowLeft');
  await expect(head(page, '201')).toHaveAttribute('aria-expanded', 'false');
  await expect(list(page)).toHaveAttribute('aria-rowcount', /\d/);
  await page.keyboard.press('ArrowDown');
  const second = (await cursor(page).locator('b').innerText()).trim();
  expect(second).not.toBe('201');

  // A closed group is selected as a whole by its box, and taken out again.
  await head(page, '201').locator('.check').click();
  await expect(page.getByTestId('selected')).toHaveText(`${first} number${first === 1 ? '' : 's'} selected`);
  await expect(head(page, '201')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press(' ');
  await expect(page.getByTestId('selected')).toHaveCount(0);
  // An open one by the key on its head.
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  const next = await countOf(page, second);
  await expect(page.getByTestId('selected')).toHaveText(`${next} number${next === 1 ? '' : 's'} selected`);
  await expectAccessible(page);
  await page.keyboard.press('Escape');

  await head(page, '201').locator('.group-title').click();
  await expect(head(page, '201')).toHaveAttribute('aria-expanded', 'true');

  // A filter counts anew; another group of the same list; and it stays so.
  await setQuery(page, 'npa:201');
  await expect(list(page).locator('.group:visible')).toHaveCount(1);
  expect(await countOf(page, '201')).toBe(first);
  await groupBy(page, 'Primary route');
  await expect(head(page, 'sbc-east')).toBeVisible();
  await page.reload();
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await setQuery(page, 'primary:sbc-east');
  await expect(list(page).locator('.group:visible')).toHaveCount(1);
  await expect(head(page, 'sbc-east')).toBeVisible();
  await groupBy(page, 'nothing');
  await expect(page.getByRole('grid', { name: 'Owned numbers' })).toBeVisible();
});
