import type { Page } from '@playwright/test';
import { expect, expectAccessible, setQuery, signInSynced, test } from './app.ts';

/** Plans the same pair of routes for all numbers that a query finds. */
async function plan(page: Page, query: string, primary: string, failover: string): Promise<void> {
  await page.getByRole('link', { name: /^Numbers/ }).click();
  await setQuery(page, query);
  await expect(page.getByTestId('counts')).toHaveText(/ of 1,200 numbers$/);
  await page.getByRole('button', { name: /^Set the routes of all [\d,]+ numbers shown$/ }).click();
  await page.getByRole('dialog').getByLabel('Primary route').fill(primary);
  if (failover) await page.getByRole('dialog').getByLabel('Failover route').fill(failover);
  await page.getByRole('button', { name: 'Plan the change' }).click();
  await expect(page.getByTestId('plan-summary')).toBeVisible();
}

/** Rows of the review, its head not counted, that can be seen whole. */
const rowsSeen = (page: Page): Promise<number> =>
  page.getByRole('region', { name: /^Change \d/ }).evaluate((section) => {
    const rows = [...section.querySelectorAll('.data')];
    return rows.filter((row) => {
      const { left, top, bottom } = row.getBoundingClientRect();
      const at = (y: number) => row.contains(document.elementFromPoint(left + 40, y));
      return at(top + 2) && at(bottom - 2);
    }).length;
  });

test('the review of a change has room for eight rows in a small window, with its buttons in view', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await page.setViewportSize({ width: 900, height: 600 });
  await plan(page, 'npa:2', 'sbc-west', 'fax');
  await expect(page.getByText('Compared with the carrier.')).toBeVisible();
  await page.getByRole('button', { name: /^to change/ }).click();
  await expect(page.getByLabel('Before and after').getByRole('row').nth(12)).toBeAttached();
  expect(await rowsSeen(page)).toBeGreaterThanOrEqual(8);
  await page.getByTestId('apply').click({ trial: true });
  // A file with lines that cannot be used says more above its rows.
  const numbers = await page
    .getByLabel('Before and after')
    .getByRole('row')
    .filter({ hasText: /\d{4}/ })
    .allInnerTexts();
  const lines = numbers.slice(0, 12).map((row, at) => {
    const number = row.slice(0, 14);
    return `${number};${at === 3 ? 'sbc-est' : 'sbc-east'};${at % 2 === 0 ? 'fax' : 'sbc-east'}`;
  });
  const buffer = Buffer.from(`TN;Primary Route;Failover Route;Customer\n${lines.join('\n')}\n`);
  await page.getByLabel('CSV file').setInputFiles({ name: 'moves.csv', mimeType: 'text/csv', buffer });
  await expect(page.getByTestId('plan-columns')).toBeVisible();
  await expect(page.getByText('Compared with the carrier.')).toBeVisible();
  await page.getByTestId('apply').click({ trial: true });
  await page
    .getByRole('table', { name: 'Before and after' })
    .or(page.getByRole('grid', { name: 'Before and after' }))
    .focus();
  // Rows of a file are as high as what they say.
  expect(await rowsSeen(page)).toBeGreaterThanOrEqual(3);
});

test('a change that changes nothing says so, and leads to the numbers that are so already', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await plan(page, 'primary:sbc-east', 'sbc-east', '');
  const said = page.getByTestId('nothing-to-change');
  await expect(said).toContainText(/^There is nothing to change: [\d,]+ numbers have these routes already\./);
  await expect(page.getByTestId('apply')).toBeHidden();
  await expectAccessible(page);
  await said.getByRole('button', { name: /^Show the [\d,]+ numbers right already$/ }).click();
  await expect(page.getByLabel('Before and after').getByRole('row').nth(1)).toContainText('nothing to do');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByText('Changes of routes are planned first')).toBeVisible();
});
