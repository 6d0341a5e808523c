import type { Page } from '@playwright/test';
import { expect, expectAccessible, signInSynced, test, setQuery } from './app.ts';

const grid = (page: Page) => page.getByRole('grid', { name: 'Owned numbers' });
const rows = (page: Page) => grid(page).locator('.data:visible');
const titles = async (page: Page) =>
  (await grid(page).locator('[data-column]').allInnerTexts()).map((text) => text.trim());
const head = (page: Page, name: string) => grid(page).getByRole('columnheader', { name });

test('a click on a row gives the list the focus, so that the next keys are about that row', async ({
  launch,
}) => {
  const app = await launch(['--demo']);
  const { page } = app;
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  for (const place of [3, 5]) {
    await page.getByLabel('Filter numbers', { exact: true }).focus();
    await rows(page).nth(place).click();
    await expect(grid(page)).toBeFocused();
    await page.keyboard.press('ControlOrMeta+Alt+c');
    const number = (await rows(page).nth(place).locator('.number').innerText()).replace(/\D/g, '');
    await expect.poll(async () => (await app.clipboard()).slice(-10)).toBe(number.slice(-10));
  }
  // A button in the row keeps it from the list, and does its own.
  await rows(page).nth(1).hover();
  await page.getByRole('button', { name: 'Tags of this number…' }).click();
  await expect(page.getByRole('dialog').getByLabel('Add')).toBeFocused();
});

test('columns are chosen, moved and made wider by keys, sort together, and stay so @both', async ({
  launch,
}) => {
  const app = await launch(['--demo']);
  const { page } = app;
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const [shown, after] = [
    ['Number', 'Primary'],
    ['Location', 'Tags'],
  ];
  await expect.poll(() => titles(page)).toEqual([...shown, 'Failover', ...after]);
  await page.getByRole('button', { name: 'Choose columns' }).click();
  const chooser = page.getByRole('dialog', { name: 'Columns' });
  await chooser.getByLabel('Find a column').fill('state');
  await chooser.getByLabel('State').check();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect.poll(() => titles(page)).toEqual([...shown, 'Failover', 'State', ...after]);

  // One stop of the Tab key; arrows move inside.
  await head(page, 'Number').getByRole('button').focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await expect(head(page, 'State').getByRole('button')).toBeFocused();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect.poll(() => titles(page)).toEqual([...shown, 'State', 'Failover', ...after]);
  await expect(head(page, 'State').getByRole('button')).toBeFocused();
  const width = async () => (await head(page, 'State').boundingBox())?.width ?? 0;
  const before = await width();
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(width).toBeGreaterThan(before + 8);

  await page.keyboard.press('Enter');
  await head(page, 'Primary')
    .getByRole('button')
    .click({ modifiers: ['Shift'] });
  await expect(head(page, 'State')).toHaveAttribute('aria-sort', 'ascending');
  await expect(head(page, 'Primary')).toHaveAttribute('aria-sort', 'ascending');
  const pairs = async () =>
    (await rows(page).evaluateAll((found) =>
      found.map((row) =>
        ['state', 'primary'].map(
          (cell) => row.querySelector(`.${cell}`)?.textContent.trim().toLowerCase() ?? '',
        ),
      ),
    )) as string[][];
  const inOrder = async () => {
    const shown = await pairs();
    return (
      shown.length > 5 &&
      shown.every((pair, at) => at === 0 || (shown[at - 1]?.join('\n') ?? '') <= pair.join('\n'))
    );
  };
  await expect.poll(inOrder).toBe(true);
  await page.reload();
  await expect.poll(() => titles(page)).toEqual([...shown, 'State', 'Failover', ...after]);
});

test('a mouse chooses what is on screen, draws over rows, and finds what can be done in the menu of a row', async ({
  launch,
}) => {
  const app = await launch(['--demo']);
  const { page } = app;
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const box = grid(page).getByRole('button', { name: 'Select the rows on screen' });
  await box.click();
  await expect(page.getByTestId('selected')).toHaveText(/^\d\d numbers selected$/);
  await grid(page).getByRole('button', { name: 'Clear the selection' }).click();
  await expect(page.getByTestId('selected')).toHaveCount(0);

  const [first, fourth] = [await rows(page).nth(1).boundingBox(), await rows(page).nth(4).boundingBox()];
  await page.mouse.move((first?.x ?? 0) + 200, (first?.y ?? 0) + 10);
  await page.mouse.down();
  await page.mouse.move((fourth?.x ?? 0) + 210, (fourth?.y ?? 0) + 10, { steps: 5 });
  await page.mouse.up();
  await expect(page.getByTestId('selected')).toHaveText('4 numbers selected');
  // A drag is no click: no details are opened.
  await expect(page.getByRole('complementary', { name: /details/i })).toHaveCount(0);

  // The menu acts on all that is selected where the row is one of them, else on the row.
  await rows(page).nth(2).click({ button: 'right' });
  await expect(page.getByRole('menu')).toContainText('4 numbers selected');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await rows(page).nth(6).click({ button: 'right' });
  const number = await rows(page).nth(6).locator('.number').innerText();
  await expect(page.getByRole('menu')).toContainText(number);
  await page.getByRole('menuitem', { name: 'Copy as digits' }).click();
  await expect.poll(() => app.clipboard()).toBe(`1${number.replace(/\D/g, '')}`);
  await expect(page.getByRole('menu')).toHaveCount(0);
  await rows(page).nth(6).hover();
  await page.getByRole('button', { name: 'Copy this number' }).click();
  await expect.poll(() => app.clipboard()).toBe(number);
});

test('copies in every format by keys, and takes the last change back with Ctrl Z', async ({
  launch,
  sandbox,
}) => {
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  await grid(page).focus();
  await page.keyboard.press('ArrowDown');
  const number = (await grid(page).locator('.cursor .number').innerText()).trim();
  const digits = `1${number.replace(/\D/g, '')}`;
  for (const [keys, text] of [
    ['Control+c', number],
    ['Control+Shift+C', `+${digits}`],
    ['Control+Alt+c', digits],
  ] as const) {
    await page.keyboard.press(keys);
    await expect.poll(() => app.clipboard()).toBe(text);
  }
  // Tags at once.
  await page.keyboard.press('t');
  await page.getByLabel('Add').fill('vip');
  for (const key of ['Enter', 'Enter']) await page.keyboard.press(key);
  await expect(grid(page).locator('.cursor .tags')).toHaveText('vip');
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Tags of 1 number are as before.')).toBeVisible();

  // Routes of several: the compared reverse change, with the focus on Apply.
  await setQuery(page, '-primary:sbc-east npa:201');
  await expect(page.getByTestId('counts')).toHaveText(/^\d+ of 1,200 numbers$/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+a');
  await expect(page.getByTestId('selected')).toBeVisible();
  await page.keyboard.press('r');
  await page.getByLabel('Primary route').fill('sbc-east');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Compared with the carrier.', { exact: false })).toBeVisible();
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  await page.keyboard.press('Control+z');
  await expect(page.getByRole('heading', { name: /^Undo of Change/ })).toBeVisible();
  await expect(page.getByTestId('apply')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  await page.keyboard.press('Control+z');
  await expect(page.getByText('Nothing was changed since', { exact: false })).toBeVisible();

  // The record leads to the change, and to its reverse.
  await page.getByRole('link', { name: /^Activity/ }).click();
  await expect(page.getByRole('heading', { name: 'Today' })).toBeVisible();
  const entry = (text: string) => page.getByRole('listitem').filter({ hasText: text }).first();
  await expectAccessible(page);
  await entry('Change 1 (Set primary').getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('heading', { name: /^Set primary/ })).toBeFocused();
  await page.getByRole('link', { name: /^Activity/ }).click();
  await entry('Change 2 (Undo of Change 1').getByRole('button', { name: 'Revert…' }).click();
  await expect(page.getByRole('heading', { name: 'Undo of Change 2' })).toBeVisible();
  await expect(page.getByTestId('apply')).toBeFocused();
});
