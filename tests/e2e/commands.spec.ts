import { expect, expectAccessible, test } from './app.ts';

test('the palette finds commands by a few letters, recent ones first, and numbers by anything else', async ({
  launch,
}) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: 'Search commands' });
  const options = page.getByRole('listbox', { name: 'Commands' }).getByRole('option');
  await expect(field).toBeFocused();
  await expectAccessible(page);
  await field.fill('activ');
  await expect(options.first()).toContainText('Go to Activity');
  await field.press('Enter');
  await expect(page.getByRole('link', { name: /^Activity/ })).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('Control+k');
  await expect(options.first()).toContainText('Go to Activity');
  await field.fill('settings');
  await field.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await field.fill('206');
  await field.press('Enter');
  await expect(page.getByTestId('counts')).toHaveText(/^\d+ of 2,480 numbers$/);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('desktop: the menu is made of the same commands and reaches the window', async ({ host, launch }) => {
  test.skip(host !== 'desktop', 'of the desktop only');
  const { page, electron } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const menu = await electron?.evaluate(({ Menu }) => {
    const item = (id: string) => Menu.getApplicationMenu()?.getMenuItemById(id);
    item('routes')?.click();
    return [item('routes')?.accelerator, item('palette')?.accelerator, item('shortcuts')?.label];
  });
  expect(menu).toEqual(['CommandOrControl+3', 'CommandOrControl+K', 'Keyboard Shortcuts']);
  await expect(page.getByRole('grid', { name: 'Inbound routes' })).toBeVisible();
});
