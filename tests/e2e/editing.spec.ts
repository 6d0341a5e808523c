import type { Page } from '@playwright/test';
import { expect, expectAccessible, signInSynced, test, queryField, setQuery } from './app.ts';

/** Cells of the numbers list that are changed where they stand. */
const grid = (page: Page) => page.getByRole('grid', { name: 'Owned numbers' });
const row = (page: Page, place: number) => grid(page).locator(`.data[data-row="${place}"]`);
const cell = (page: Page, place: number, column: string) =>
  row(page, place).locator(`[data-cell="${column}"]`);
const staged = (page: Page) => page.getByTestId('staged');

test('routes are changed in their cells, staged, reviewed as one plan and applied @both', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await setQuery(page, '-route:sbc-east -route:fax');
  await expect(page.getByTestId('counts')).toHaveText(/^\d+ of 1,200 numbers$/);
  const before = await cell(page, 0, 'primary').innerText();
  const second = await cell(page, 1, 'primary').innerText();

  // F2 on the row of the cursor; Enter takes what the list offers and goes to the row below.
  await page.keyboard.press('Escape');
  await page.keyboard.press('F2');
  const primary = page.getByRole('combobox', { name: /^Primary route of/ });
  await expect(primary).toBeFocused();
  await page.keyboard.type('sbc-ea');
  await expect(page.getByRole('option', { name: /^sbc-east/ })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(cell(page, 0, 'primary')).toHaveText('sbc-east');
  await expect(cell(page, 0, 'primary')).toHaveClass(/staged/);
  await expect(cell(page, 0, 'primary')).toHaveAttribute('title', `${before} → sbc-east, not sent`);
  await expect(staged(page)).toHaveText('1 change is not sent');
  // The row below, and by Tab its next cell; a name that no route has is said there and not staged.
  await expect(primary).toBeFocused();
  await page.keyboard.type('nowhere');
  await expect(page.getByText('There is no route "nowhere".')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(primary).toBeFocused();
  await expect(staged(page)).toHaveText('1 change is not sent');
  await primary.fill('');
  await page.keyboard.press('Tab');
  const failover = page.getByRole('combobox', { name: /^Failover route of/ });
  await expect(failover).toBeFocused();
  await page.keyboard.type('fax');
  await page.keyboard.press('Tab');
  await expect(cell(page, 1, 'failover')).toHaveText('fax');
  await expect(cell(page, 1, 'primary')).toHaveText(second);
  // Escape gives up the cell only.
  await expect(page.getByRole('combobox', { name: /^Primary route of/ })).toBeFocused();
  await page.keyboard.type('fax');
  for (const key of ['Escape', 'Escape']) await page.keyboard.press(key);
  await expect(grid(page)).toBeFocused();
  await expect(staged(page)).toHaveText('2 changes are not sent');
  await expectAccessible(page);

  // Those that the filter hides are told, shown with what becomes of them, and can be given up alone.
  await setQuery(page, 'route:sbc-east');
  await expect(staged(page)).toHaveText('2 changes are not sent, 2 outside this filter');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  const hidden = page.getByRole('table', { name: 'Changes that are not shown' });
  await expect(hidden.getByText(`${before} → sbc-east`)).toBeVisible();
  await expect(hidden.getByText(/→ fax$/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Discard them' }).click();
  await expect(staged(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(staged(page)).toHaveText('2 changes are not sent, 2 outside this filter');
  await setQuery(page, '-route:sbc-east -route:fax');
  await expect(staged(page)).toHaveText('2 changes are not sent');

  // They outlast a look at another screen, and can be given up and had back.
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByRole('link', { name: 'Numbers' }).click();
  await expect(staged(page)).toHaveText('2 changes are not sent');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(staged(page)).toHaveCount(0);
  await expect(cell(page, 0, 'primary')).toHaveText(before);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(staged(page)).toHaveText('2 changes are not sent');

  // One plan; nothing was sent before it is applied, and it is found again while nothing else is staged.
  const owned = async () => (await fetch(sandbox.ledgerUrl.replace('ledger', 'owned'))).text();
  const untouched = await owned();
  await page.getByRole('button', { name: 'Review…' }).click();
  const heading = page.getByRole('heading', { name: /^Set primary to sbc-east, failover to fax$/ });
  await expect(heading).toBeVisible();
  await expect(page.getByText('Compared with the carrier.', { exact: false })).toBeVisible();
  expect(await owned()).toBe(untouched);
  await page.getByRole('link', { name: 'Numbers' }).click();
  await expect(staged(page)).toHaveText('2 changes are not sent');
  await page.getByRole('button', { name: 'Review…' }).click();
  await expect(heading).toBeVisible();
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  await page.getByRole('link', { name: 'Numbers' }).click();
  await expect(staged(page)).toHaveCount(0);
});

test('tags are changed in their cells and applied together, with one Undo', async ({ launch, sandbox }) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await page.getByRole('button', { name: 'Choose columns' }).click();
  await page.getByRole('dialog', { name: 'Columns' }).getByLabel('Tags').check();
  await page.keyboard.press('Escape');
  // Where the column is: a cell without tags has no text to click on.
  const [head, first] = [
    await grid(page).locator('[data-column="tags"]').boundingBox(),
    await row(page, 0).boundingBox(),
  ];
  await page.mouse.dblclick((head?.x ?? 0) + 20, (first?.y ?? 0) + 6);
  const tags = page.getByRole('combobox', { name: /^Tags of/ });
  await expect(tags).toBeFocused();
  // The details that the first of both clicks opened are closed again.
  await expect(page.getByRole('region', { name: /^Details of/ })).toHaveCount(0);
  await page.keyboard.type('none');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The word "none" means numbers without tags.')).toBeVisible();
  await tags.fill('vip, West');
  await page.keyboard.press('Enter');
  await expect(tags).toBeFocused();
  await page.keyboard.type('vip');
  await page.keyboard.press('Escape');
  await expect(staged(page)).toHaveText('1 change is not sent');

  // By the menu of a row, and by a click elsewhere, which takes what is complete.
  await row(page, 2).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Edit tags…' }).click();
  await expect(tags).toBeFocused();
  await page.keyboard.type('spare');
  await page.getByRole('button', { name: 'Apply tags' }).focus();
  await expect(staged(page)).toHaveText('2 changes are not sent');
  await expect(cell(page, 2, 'tags')).toHaveText('spare');
  await expect(cell(page, 2, 'tags')).toHaveClass(/staged/);
  await page.getByRole('button', { name: 'Apply tags' }).click();
  await expect(staged(page)).toHaveCount(0);
  await expect(cell(page, 0, 'tags')).toHaveText('vip, West');
  await expect(cell(page, 2, 'tags')).not.toHaveClass(/staged/);
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Tags of 2 numbers are as before.')).toBeVisible();
  await expect(cell(page, 2, 'tags')).toHaveText('');
});

test('a double click changes the cell it was on; a number that leaves the list takes its changes along', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await setQuery(page, 'failover:sip-reg');
  await expect(page.getByTestId('counts')).toHaveText(/^\d+ of 1,200 numbers$/);
  const number = await cell(page, 0, 'number').innerText();
  await cell(page, 0, 'failover').dblclick();
  await expect(page.getByRole('combobox', { name: /^Failover route of/ })).toBeFocused();
  await page.keyboard.type('fax');
  await queryField(page).focus();
  await expect(staged(page)).toHaveText('1 change is not sent');
  await expect(cell(page, 0, 'failover')).toHaveText('fax');
  await sandbox.mutate({ remove: [`1${number.replace(/\D/g, '')}`] });
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByText(`${number} is not in the list any more`, { exact: false })).toBeVisible();
  await expect(staged(page)).toHaveCount(0);
});
