import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, expectAccessible, signInSynced, test } from './app.ts';
import { saveNext } from './saved.ts';

test('everything but keys goes into one file and comes back from it on an empty computer @both', async ({
  launch,
  sandbox,
  dataDir,
}, info) => {
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  await page.getByRole('button', { name: 'Settings' }).click();
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.getByLabel('Numbers are shown as').selectOption('digits');
  await settings.getByRole('button', { name: 'Backup', exact: true }).click();
  await expectAccessible(page);
  const file = info.outputPath('made.backup');
  const saved = await saveNext(app, file);
  await settings.getByRole('button', { name: 'Back up…' }).click();
  expect(await saved()).toMatch(/^numberdesk-\d{4}-\d\d-\d\d\.backup$/);
  await expect(settings.getByText('Saved: Test account, and the settings.')).toBeVisible();
  expect(readFileSync(file).subarray(0, 20).toString()).toBe('numberdesk-backup 1 ');

  await settings.getByRole('button', { name: 'Data', exact: true }).click();
  await settings.getByLabel('Type delete to confirm').fill('delete');
  await settings.getByRole('button', { name: 'Delete all local data' }).click();
  await page.getByRole('button', { name: 'Restore a backup…' }).click();
  const restore = page.getByRole('dialog', { name: 'Restore a backup' });
  const damaged = path.join(dataDir, 'damaged.backup');
  const bytes = readFileSync(file);
  bytes[bytes.length - 9] = (bytes.at(-9) ?? 0) ^ 1;
  writeFileSync(damaged, bytes);
  await restore.getByLabel('Backup file').setInputFiles(damaged);
  await expect(restore.getByRole('alert')).toContainText('The backup is damaged');
  await expect(restore.getByRole('button', { name: 'Merge' })).toBeDisabled();

  await restore.getByLabel('Backup file').setInputFiles(file);
  await expect(restore.getByRole('heading', { name: 'Test account' })).toBeVisible();
  await restore.getByRole('radio', { name: /Replace/ }).check();
  await expect(restore.getByText('How numbers are shown: national becomes digits')).toBeVisible();
  await expectAccessible(page);
  await restore.getByRole('button', { name: 'Replace' }).click();
  await expect(page.getByTestId('banner')).toContainText('The secret key of this account is not here');
  await expect(page.getByText('The backup was restored: 1 account.')).toBeVisible();
  await page.getByRole('button', { name: 'Enter keys again' }).click();
  const keys = page.getByRole('dialog', { name: 'Enter keys for Test account' });
  await keys.getByLabel('Access key').fill(sandbox.accessKey);
  await keys.getByLabel('Secret key').fill(sandbox.secretKey);
  const session = keys.getByLabel('Keep it for this session only');
  if (await session.isVisible()) await session.check();
  await keys.getByRole('button', { name: 'Use these keys' }).click();
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await expect(page.getByText(/^1\d{10}$/).first()).toBeVisible();
});
