import type { Page } from '@playwright/test';
import { startSandboxProcess } from '../support/sandbox-process.ts';
import { expect, expectAccessible, setQuery, signIn, signInSynced, test } from './app.ts';

/** Opens the accounts in the settings. */
async function openAccounts(page: Page): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.getByRole('dialog').getByRole('button', { name: 'Accounts' }).click();
}

test('an account moves from v1 to v2 after a yes that says what is sent, and keeps what belongs to it @both', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, { ...sandbox, url: sandbox.v2Url.replace(/v2$/, 'v1') });
  const calls = async () => {
    const answer = await fetch(sandbox.ledgerUrl);
    return ((await answer.json()) as { classes: Record<'v1' | 'v2', Record<string, number>> }).classes;
  };
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('t');
  await page.getByRole('dialog').getByLabel('Add').fill('vip');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();

  await openAccounts(page);
  await page.getByRole('button', { name: 'Use API v2 for Test account' }).click();
  const dialog = page.getByRole('dialog', { name: 'Use API v2 for Test account?' });
  await expect(dialog).toContainText('API v2 sends the secret key itself with each request.');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expectAccessible(page);
  expect((await calls()).v2).toEqual({});

  // Where v2 does not answer the account stays as it is.
  await sandbox.setSwitches({ v2Gone: true });
  await dialog.getByRole('button', { name: 'Send the secret key and use API v2' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Test account stays with API v1');
  await sandbox.setSwitches({ v2Gone: false });
  await dialog.getByRole('button', { name: 'Send the secret key and use API v2' }).click();
  await expect(page.getByText('Test account uses API v2 now.')).toBeVisible();
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await expect(page.getByTestId('routes-read')).toBeHidden();
  await setQuery(page, 'tag:vip');
  await expect(page.getByTestId('counts')).toHaveText('1 of 1,200 numbers');
  expect((await calls()).v2['owned']).toBeGreaterThan(0);
  await page.getByRole('link', { name: /^Activity/ }).click();
  await expect(page.getByText('Test account was moved from API v1 to API v2')).toHaveCount(1);
  await openAccounts(page);
  await expect(page.getByRole('dialog')).toContainText('API v2, access key');
});

test('two keys of one account are found, told of and joined', async ({ launch }) => {
  const other = { accessKey: '80009999', secretKey: 'the-other-key' };
  const sandbox = await startSandboxProcess([
    ...['--owned', '1200', '--routes', '8', '--seed', '5'],
    ...['--other-key', `${other.accessKey}:${other.secretKey}`],
  ]);
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await openAccounts(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Add an account…' }).click();
  await signIn(page, { ...sandbox, ...other });
  const banner = page.getByTestId('one-account');
  await expect(banner).toContainText('seem to be one account.');
  await banner.getByRole('button', { name: 'Say what they are…' }).click();
  const dialog = page.getByRole('dialog', { name: /^Are .* one account\?$/ });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Join them' }).click();
  await expect(page.getByText(/are one account here now/)).toBeVisible();
  await expect(page.getByTestId('one-account')).toBeHidden();
  await openAccounts(page);
  await expect(page.getByRole('list', { name: 'Accounts' }).getByRole('listitem')).toHaveCount(1);
  await sandbox.stop();
});
