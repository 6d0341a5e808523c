import type { Page } from '@playwright/test';
import { expect, expectAccessible, signIn, signInSynced, test } from './app.ts';

/** Where the focus is: inside the form with this button. */
const focusIn = (page: Page, button: string) =>
  page.evaluate(
    (name) =>
      [...document.querySelectorAll('form')]
        .find((form) => form.textContent.includes(name))
        ?.contains(document.activeElement) ?? false,
    button,
  );

test('a sign-in that cannot reach the carrier keeps what was typed, and the focus; refused keys ask for the secret again', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signIn(page, { ...sandbox, url: 'http://127.0.0.1:9' });
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('127.0.0.1:9 refused the connection.');
  await expect(page.getByLabel('Secret key')).toHaveValue(sandbox.secretKey);
  expect(await focusIn(page, 'Sign in')).toBe(true);
  await expectAccessible(page);
  await page.getByLabel('API address').fill('https://me:word@api.flowroute.com');
  await page.keyboard.press('Enter');
  await expect(alert).toContainText('holds a name or a password');
  await expect(page.getByLabel('Secret key')).toHaveValue(sandbox.secretKey);
  await page.getByLabel('Secret key').fill('wrong');
  await page.getByLabel('API address').fill(sandbox.url.toUpperCase().replace('/V1', ''));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(alert).toContainText('does not accept these keys');
  await expect(page.getByLabel('Secret key')).toHaveValue('');
  await expect(page.getByLabel('Secret key')).toBeFocused();
  await page.keyboard.type(sandbox.secretKey);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
});

test('a search that fails says so and can be tried again; nothing is said to be sold out', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await page.getByRole('link', { name: /^Buy/ }).click();
  await sandbox.setFaults(['search:400:1']);
  await page.getByLabel('Find numbers to buy').fill('npa:206');
  await expect(page.getByRole('alert')).toContainText('Search failed.');
  await expect(page.getByText('Nothing for sale')).toBeHidden();
  await expectAccessible(page);
  await sandbox.setFaults([]);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
});
