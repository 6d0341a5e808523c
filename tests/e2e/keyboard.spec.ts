import type { Locator, Page } from '@playwright/test';
import { expect, expectQuery, queryField, signInSynced, test } from './app.ts';

/**
 * Ten jobs of a day, done with nothing but keys. After every step the focus is where somebody goes on from, and never lost.
 */
const grid = (page: Page) => page.getByRole('grid', { name: 'Owned numbers' });
const head = (page: Page, title: string) => grid(page).getByRole('columnheader', { name: title });
const dialog = (page: Page) => page.getByRole('dialog');
const press = (page: Page, ...keys: string[]) =>
  keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
const type = (page: Page, text: string) => page.keyboard.type(text);
const focused = (target: Locator) => expect(target).toBeFocused();

/** Something that can be seen has the focus. */
async function somewhere(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const at = document.activeElement;
        return at !== null && at !== document.body && at.checkVisibility();
      }),
    )
    .toBe(true);
}

/** Presses Tab until this has the focus; every stop on the way is one. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const there = () => target.evaluate((element) => element === document.activeElement).catch(() => false);
  for (let stops = 0; stops < 40 && !(await there()); stops += 1) {
    await page.keyboard.press(key);
    await somewhere(page);
  }
  await focused(target);
}

/** Puts a command of the palette to work. */
async function command(page: Page, title: string): Promise<void> {
  await press(page, 'Control+k');
  await focused(dialog(page).getByRole('combobox'));
  await type(page, title);
  await expect(dialog(page).getByRole('option').first()).toContainText(title);
  await press(page, 'Enter');
}

test('ten jobs of a day by keys alone, and the focus is never lost', async ({ launch, sandbox }) => {
  test.setTimeout(120_000);
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  const counts = page.getByTestId('counts');

  await test.step('find a number and copy it', async () => {
    await focused(queryField(page));
    await type(page, 'npa:201 ');
    await expect(counts).toHaveText(/^[1-9]\d* of 1,200 numbers$/);
    await focused(queryField(page));
    await press(page, 'ArrowDown');
    await focused(grid(page));
    const number = (await grid(page).locator('.cursor .number').innerText()).trim();
    await press(page, 'c');
    await expect.poll(() => app.clipboard()).toBe(number);
    await focused(grid(page));
  });

  await test.step('go from a button to the first row, and not to the second', async () => {
    await press(page, '/');
    await type(page, 'npa:201 -tag:gone ');
    await expect(counts).toHaveText(/^[1-9]\d* of 1,200 numbers$/);
    await tabTo(page, page.getByRole('button', { name: 'Filter', exact: true }));
    await press(page, 'ArrowDown');
    await focused(grid(page));
    await expect(grid(page).locator('.data.cursor')).toHaveAttribute('data-row', '0');
    await press(page, '/');
    await type(page, 'npa:201 ');
    await press(page, 'ArrowDown');
    await focused(grid(page));
  });

  await test.step('tag all that are shown', async () => {
    await press(page, 'Control+a');
    await expect(page.getByTestId('selected')).toBeVisible();
    await press(page, 't');
    await focused(dialog(page).getByLabel('Add'));
    await type(page, 'seattle');
    await press(page, 'Enter');
    await expect(page.getByTestId('tags-asked')).toContainText('new tag seattle');
    await somewhere(page);
    await press(page, 'Enter');
    await expect(dialog(page)).toHaveCount(0);
    await expect(grid(page).locator('.data .tags').first()).toHaveText('seattle');
    await focused(grid(page));
    await press(page, 'Escape');
    await expect(page.getByTestId('selected')).toHaveCount(0);
  });

  await test.step('look at the details of one, and go back', async () => {
    await press(page, 'ArrowDown', 'Enter');
    await expect(page.getByTestId('freshness')).toContainText('Checked with the carrier');
    await somewhere(page);
    await press(page, 'Escape');
    await expect(page.getByTestId('freshness')).toHaveCount(0);
    await focused(grid(page));
  });

  await test.step('change the route of many', async () => {
    await press(page, 'Control+a', 'r');
    await focused(dialog(page).getByLabel('Primary route'));
    await type(page, 'sbc-west');
    await expect(page.getByRole('option').first()).toContainText('sbc-west');
    await press(page, 'Enter');
    await focused(dialog(page).getByLabel('Primary route'));
    await press(page, 'Enter');
    await focused(page.getByRole('heading', { name: 'Set primary to sbc-west' }));
    await expect(page.getByTestId('apply')).toBeEnabled();
    await tabTo(page, page.getByTestId('apply'));
    await press(page, 'Enter');
    await expect(page.getByTestId('plan-phase')).toHaveText('Done');
    await somewhere(page);
  });

  await test.step('take it back', async () => {
    await press(page, 'Control+z');
    await expect(page.getByRole('heading', { name: /^Undo of Change/ })).toBeVisible();
    await focused(page.getByTestId('apply'));
    await expect(page.getByTestId('apply')).toBeEnabled();
    await press(page, 'Enter');
    await expect(page.getByTestId('plan-phase')).toHaveText('Done');
    await somewhere(page);
  });

  await test.step('create a route', async () => {
    await command(page, 'New Route');
    await focused(dialog(page).getByLabel('Name'));
    await type(page, 'new-pbx');
    await tabTo(page, dialog(page).getByLabel('Value'));
    await type(page, 'pbx.example.net');
    await press(page, 'Enter');
    await expect(page.getByText('Route new-pbx was created.')).toBeVisible();
    await expect(dialog(page)).toHaveCount(0);
    await somewhere(page);
  });

  await test.step('buy numbers with a route', async () => {
    await press(page, 'Control+2');
    const find = queryField(page, 'Find numbers to buy');
    await focused(find);
    await type(page, '2');
    await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
    await focused(find);
    // The first Escape closes the suggestions, the second one leaves the field to the list.
    await expect(page.getByRole('listbox')).toBeVisible();
    await press(page, 'Escape');
    await expect(page.getByRole('listbox')).toHaveCount(0);
    await focused(find);
    await press(page, 'Escape');
    await focused(page.getByRole('grid'));
    await press(page, 'Space', 'ArrowDown', 'Space', 'Enter');
    await expect(page.getByRole('link', { name: /^Buy/ })).toContainText('cart 2');
    await somewhere(page);
    await command(page, 'Review the Cart');
    await expect(page.getByTestId('review')).toBeEnabled();
    await somewhere(page);
    await tabTo(page, page.getByTestId('review'));
    await press(page, 'Enter');
    await focused(dialog(page).getByRole('button', { name: 'Cancel' }));
    await expect(page.getByTestId('buy')).toHaveText(/^\s*Buy 2 numbers for/);
    await tabTo(page, dialog(page).getByLabel('Primary route'), 'Shift+Tab');
    await type(page, 'sbc-east');
    await expect(page.getByRole('option').first()).toContainText('sbc-east');
    await press(page, 'Enter');
    await focused(dialog(page).getByLabel('Primary route'));
    await tabTo(page, page.getByTestId('buy'));
    await press(page, 'Enter');
    await expect(page.getByTestId('order-phase')).toHaveText('Done');
    await somewhere(page);
  });

  await test.step('find what was done', async () => {
    await press(page, 'Control+4');
    await expect(page.getByRole('main', { name: 'Activity' })).toBeVisible();
    await somewhere(page);
    await expect(page.getByText(/is done: 2 bought/)).toBeVisible();
  });

  await test.step('sort and choose columns from the head', async () => {
    await press(page, 'Control+1');
    await expectQuery(page, 'npa:201');
    await somewhere(page);
    await press(page, 'Escape');
    await focused(grid(page));
    await tabTo(page, head(page, 'Number').getByRole('button'));
    await press(page, 'ArrowRight', 'Enter');
    await expect(head(page, 'Primary')).toHaveAttribute('aria-sort', 'ascending');
    await focused(head(page, 'Primary').getByRole('button'));
  });

  await test.step('export the list, and close the dialog', async () => {
    await press(page, 'Control+e');
    await expect(dialog(page)).toBeVisible();
    await somewhere(page);
    await press(page, 'Escape');
    await expect(dialog(page)).toHaveCount(0);
    await focused(head(page, 'Primary').getByRole('button'));
  });
});
