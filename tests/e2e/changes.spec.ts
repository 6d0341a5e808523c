import type { Locator, Page } from '@playwright/test';
import {
  expect,
  expectAccessible,
  expectQuery,
  jobList,
  queryField,
  setQuery,
  signInSynced,
  test,
} from './app.ts';

/** The list of changes: wide and narrow, sorted and filtered, by mouse and by keys alone. */
const { list, rows, cells, openEmpty } = jobList('Changes');
const widthOf = async (locator: Locator) => (await locator.boundingBox())?.width ?? 0;

/** Plans a change of the numbers that a query finds; applies it where it says so. */
async function plan(page: Page, query: string, route: string, apply: boolean): Promise<void> {
  await page.getByRole('link', { name: /^Numbers/ }).click();
  await setQuery(page, query);
  await expect(page.getByTestId('counts')).toHaveText(/^\d{1,2} of 1,200 numbers$/);
  await page.getByRole('button', { name: /^Set the routes of all \d+ numbers shown$/ }).click();
  await page.getByLabel('Primary route').fill(route);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Compared with the carrier.', { exact: false })).toBeVisible();
  if (!apply) return;
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
}

test('changes are a list as any: sorted, filtered, opened and left by keys alone @both', async ({
  launch,
  sandbox,
}) => {
  test.setTimeout(120_000);
  const app = await launch();
  const { page } = app;
  await openEmpty(page, sandbox);
  await plan(page, '-primary:sbc-east npa:201', 'sbc-east', true);
  await plan(page, '-primary:sbc-west npa:201', 'sbc-west', false);
  await plan(page, '-primary:fax npa:201', 'fax', false);
  const panel = page.getByRole('region', { name: 'Change 3' });

  await test.step('wide while nothing is open', async () => {
    await page.getByRole('button', { name: 'All changes' }).click();
    await expect(panel).toHaveCount(0);
    await expect(list(page)).toBeFocused();
    await expect(cells(page, 'change')).toHaveText([/^3\s+Set primary to fax/, /^2\s/, /^1\s/]);
    await expect(cells(page, 'state')).toHaveText(['Draft', 'Draft', 'Done']);
    await expect(cells(page, 'from')).toHaveText(['Selection', 'Selection', 'Selection']);
    await expect(cells(page, 'done').first()).toHaveText('–');
    await expect(cells(page, 'done').last()).toHaveText(/^\d+$/);
    await expect(page.getByTestId('listed')).toHaveText('3 changes');
    await expect(rows(page).first()).toHaveClass(/cursor/);
    await expectAccessible(page);
  });

  await test.step('sorted by two columns', async () => {
    await page.getByRole('columnheader', { name: 'State' }).getByRole('button').click();
    await page
      .getByRole('columnheader', { name: 'When' })
      .getByRole('button')
      .click({ modifiers: ['Shift'] });
    await expect(page.getByRole('columnheader', { name: 'State' })).toHaveAttribute('aria-sort', 'ascending');
    await expect(page.getByRole('columnheader', { name: 'When' })).toHaveAttribute('aria-sort', 'ascending');
    await expect(cells(page, 'change')).toHaveText([/^2\s/, /^3\s/, /^1\s/]);
    await page.getByRole('columnheader', { name: 'State' }).getByRole('button').click();
    await expect(cells(page, 'state')).toHaveText(['Done', 'Draft', 'Draft']);
  });

  await test.step('filtered by what is typed, with suggestions', async () => {
    await queryField(page, 'Filter changes').focus();
    await page.keyboard.type('dra');
    await expect(page.getByRole('option').first()).toContainText(/State\s*Draft\s*2/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expectQuery(page, 'state:draft', 'Filter changes');
    await expect(page.getByTestId('listed')).toHaveText('2 of 3 changes');
    await page.keyboard.type('kind:x');
    await expect(page.getByText('There is no filter "kind" here.', { exact: false })).toBeVisible();
    await expect(page.getByText('The filter is not understood, so it finds no change.')).toBeVisible();
    await expectAccessible(page);
    await setQuery(page, 'route:nobody state:done', 'Filter changes');
    await expect(page.getByText('No change fits this filter.')).toBeVisible();
    await page.getByRole('button', { name: 'Clear the filter' }).last().click();
    await expect(cells(page, 'change')).toHaveCount(3);
  });

  await test.step('filtered by a form of the same keys', async () => {
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    const form = page.getByRole('form', { name: 'Add a filter' });
    await expectAccessible(page);
    await form.getByLabel('State').selectOption('Draft');
    await expectQuery(page, 'state:draft', 'Filter changes');
    await expect(page.getByTestId('listed')).toHaveText('2 of 3 changes');
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await form.getByRole('combobox', { name: 'Route' }).fill('sbc-w');
    await page.getByRole('option', { name: /^sbc-west/ }).click();
    await expectQuery(page, 'state:draft route:"sbc-west"', 'Filter changes');
    await setQuery(page, '', 'Filter changes');
    await expect(cells(page, 'change')).toHaveCount(3);
  });

  await test.step('opened and left by keys', async () => {
    await queryField(page, 'Filter changes').focus();
    await page.keyboard.press('Escape');
    await expect(list(page)).toBeFocused();
    const wide = await widthOf(list(page));
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: 'Change 1' })).toBeVisible();
    await expect(list(page)).toBeFocused();
    await expect(rows(page).first()).toHaveAttribute('aria-current', 'true');
    expect(await widthOf(list(page))).toBeLessThan(wide / 2);
    await expectAccessible(page);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('plan-phase')).toHaveText('Draft');
    // From inside of what is open Escape leads to the list, and from there to all of it.
    await page.getByTestId('apply').focus();
    await page.keyboard.press('Escape');
    await expect(list(page)).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('plan-phase')).toHaveCount(0);
    await expect(list(page)).toBeFocused();
    await expect(rows(page).nth(1)).toHaveClass(/cursor/);
    expect(await widthOf(list(page))).toBe(wide);
  });

  await test.step('with a menu that does what its keys do', async () => {
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+F10');
    const entries = page.getByRole('menu').getByRole('menuitem');
    await expect(entries).toHaveText([
      ...[/Open\s*Enter/, /Undo…\s*U/, /Export…\s*E/],
      ...[/^Copy its numbers\s/, /^Copy its numbers as E\.164/, /^Copy its numbers as digits/],
    ]);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(list(page)).toBeFocused();
    const count = Number(await cells(page, 'numbers').first().textContent());
    await page.keyboard.press('ControlOrMeta+Alt+c');
    await expect(page.getByText(`Copied ${count} numbers as digits`)).toBeVisible();
    const copied = (await app.clipboard()).split('\n');
    expect([copied.length, ...new Set(copied.map((number) => number.slice(0, 4)))]).toEqual([count, '1201']);
    await page.keyboard.press('e');
    await expect(page.getByRole('dialog')).toContainText('Columns');
    await page.keyboard.press('Escape');
    await expect(list(page)).toBeFocused();
    await page.keyboard.press('u');
    await expect(page.getByRole('heading', { name: 'Undo of Change 1' })).toBeVisible();
    await expect(page.getByTestId('apply')).toBeFocused();
    await expect(cells(page, 'change')).toHaveCount(4);
  });
});

test('in a small window what is open takes the place of the list, and Escape leads back', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await plan(page, '-primary:sbc-east npa:201', 'sbc-east', false);
  await page.setViewportSize({ width: 700, height: 500 });
  await page.getByRole('button', { name: 'All changes' }).click();
  await expect(list(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Set primary to sbc-east' })).toBeFocused();
  await expect(list(page)).toHaveCount(0);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(list(page)).toBeFocused();
  await expect(rows(page).first()).toHaveClass(/cursor/);
  // Back and forward know what was open.
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('plan-phase')).toHaveText('Draft');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByText('No changes yet.')).toBeVisible();
  await expect(queryField(page, 'Filter changes')).toBeFocused();
});

test('a change that was edited and discarded comes back by Undo, by its toast and by keys', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await openEmpty(page, sandbox);
  const owned = await (await fetch(new URL('/__sandbox/owned', sandbox.ledgerUrl))).text();
  const [number = ''] = owned.split(' ');
  await page.getByLabel('CSV file').setInputFiles({
    ...{ name: 'moves.csv', mimeType: 'text/csv' },
    buffer: Buffer.from(`number,primary\n${number},nowhere\n`),
  });
  await expect(page.getByTestId('plan-summary')).toContainText('1 left out');
  const cell = page.getByRole('row').filter({ hasText: 'nowhere' });
  await expect(cell).toBeVisible();
  for (const undo of ['toast', 'keys'] as const) {
    await page.getByRole('button', { name: 'Discard', exact: true }).click();
    await expect(page.getByText('Change 1 was discarded: Import of moves.csv.')).toBeVisible();
    await expect(page.getByText('No changes yet.')).toBeVisible();
    if (undo === 'toast') await page.getByRole('button', { name: 'Undo', exact: true }).click();
    else await page.keyboard.press('ControlOrMeta+z');
    await expect(page.getByRole('heading', { name: 'Import of moves.csv' })).toBeFocused();
    await expect(cell).toBeVisible();
  }
});
