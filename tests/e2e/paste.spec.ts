import type { Page } from '@playwright/test';
import type { SandboxProcess } from '../support/sandbox-process.ts';
import { expect, expectAccessible, signInSynced, test, queryField } from './app.ts';
import { exportedLines } from './saved.ts';

/** Number, primary and failover of what the sandbox owns. */
async function truth({ ledgerUrl }: SandboxProcess): Promise<string[][]> {
  const text = await (await fetch(new URL('/__sandbox/owned', ledgerUrl))).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));
}
async function paste(page: Page, text: string): Promise<void> {
  await queryField(page).evaluate((field, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}
/** A picture of the screen as it is, light and large and dark and small, where somebody wants to look at them. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['PASTE_PICTURES'];
  if (!folder) return;
  const looks = [
    ['light', 1280, 800],
    ['dark', 900, 600],
  ] as const;
  for (const [colorScheme, width, height] of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, animations: 'disabled' });
  }
  await page.emulateMedia({ colorScheme: null });
}

test('a file whose columns are not clear is asked about; its cells are changed in the preview', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  const [a = '', b = '', c = ''] = (await truth(sandbox))
    .filter(([, primary]) => primary !== 'sbc-east')
    .map(([number = '']) => number);
  await page.getByRole('link', { name: /^Routes/ }).click();
  // A name that is easily taken for a listed one is created only when that was seen.
  await page.getByRole('button', { name: 'New route' }).click();
  const form = page.getByRole('dialog', { name: 'New route' });
  await form.getByLabel('Name').fill('SBC-East');
  await form.getByLabel('Value').fill('pbx.example.net;transport=tls');
  await expect(form.getByText(/easily taken for the route "sbc-east"/)).toBeVisible();
  await expect(form.getByRole('button', { name: 'Create route' })).toBeDisabled();
  await form.getByRole('checkbox').check();
  await expect(form.getByRole('button', { name: 'Create route' })).toBeEnabled();
  await picture(page, 'look-alike');
  await form.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /^Changes/ }).click();
  const text = [
    'Customer,Phone,DID,Route',
    `ACME,12065550199,${a},SBC EAST`,
    `Bolt,12065550198,${b},SBC EAST`,
    `Cog,12065550197,${c.slice(0, 9)},fax`,
  ].join('\r\n');
  await page
    .getByLabel('CSV file')
    .setInputFiles({ name: 'moves.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  const dialog = page.getByRole('dialog', { name: 'Which column is which?' });
  await expect(dialog.getByTestId('columns-question')).toHaveText(
    'Which column has your numbers: "Phone" (column 2) or "DID" (column 3)?',
  );
  await expect(dialog.getByRole('button', { name: 'Use these columns' })).toBeDisabled();
  await dialog.getByLabel('DID (column 3) is used as').selectOption('Number');
  await expectAccessible(page);
  await picture(page, 'columns');
  await dialog.getByRole('button', { name: 'Use these columns' }).click();
  await expect(page.getByTestId('plan-columns')).toContainText(
    'Columns: DID is the number, Route is the primary route; ignored: Customer, Phone.',
  );
  const lines = page.getByLabel('Before and after').getByRole('row');
  await expect(lines.nth(1)).toContainText('Did you mean "sbc-east"?');
  await picture(page, 'preview');
  await expectAccessible(page);
  // By keyboard: a cell is opened, changed and kept.
  const cell = page.getByRole('button', { name: /^Change number of line 4/ });
  await cell.focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Number of line 4').fill(`+${c}`);
  await page.keyboard.press('Escape');
  await expect(cell).toBeVisible();
  await cell.click();
  await page.getByLabel('Number of line 4').fill(`+${c}`);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('plan-summary')).toContainText('2 left out');
  // The name of a route is chosen as everywhere.
  await page.getByRole('button', { name: /^Change primary of line 2/ }).click();
  const route = page.getByRole('combobox', { name: 'Primary of line 2' });
  await expect(page.getByRole('alert').filter({ hasText: 'There is no route "SBC EAST".' })).toBeVisible();
  await route.fill('sbc-w');
  await expect(page.getByRole('option', { name: /^sbc-west/ })).toBeVisible();
  await expectAccessible(page);
  for (const key of ['Escape', 'Escape']) await page.keyboard.press(key);
  await expect(page.getByRole('button', { name: /^Change primary of line 2: SBC EAST/ })).toBeVisible();
  await page.getByRole('button', { name: 'Use for all 2' }).first().click();
  await expect(page.getByTestId('plan-summary')).not.toContainText('left out');
  // Other columns of the same file: a new draft in the place of this one.
  await page.getByRole('button', { name: 'Change columns…' }).click();
  await expect(dialog.getByLabel('DID (column 3) is used as')).toHaveValue('number');
  await page.keyboard.press('Escape');
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  const after = new Map((await truth(sandbox)).map(([number = '', primary]) => [number, primary]));
  expect([after.get(a), after.get(b), after.get(c)]).toEqual(['sbc-east', 'sbc-east', 'fax']);
});

test('a pasted column is one filter, which is selected, planned, tagged and exported @both', async ({
  launch,
  sandbox,
}, info) => {
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  const owned = (await truth(sandbox)).map(([number = '']) => number).slice(0, 40);
  const column = ['Phone', ...owned.slice(0, 38), '+1 212-555-0199', '+61 2 5550 1234'].join('\r\n');
  await queryField(page).focus();
  await paste(page, column);
  await expect(page.getByTestId('counts')).toHaveText('38 of 1,200 numbers');
  await expect(page.getByTestId('token-note')).toHaveText('40 numbers, 2 not yours');
  await expect(page.getByText('One line was no number: Phone')).toBeVisible();
  await expectAccessible(page);
  await picture(page, 'pasted');
  await page.getByRole('button', { name: 'Copy those not yours' }).click();
  await expect(page.getByText('Copied 2 numbers that are not yours')).toBeVisible();
  // The rest of a query narrows it further.
  await queryField(page).press('End');
  await page.keyboard.type('0000000');
  await expect(page.getByTestId('counts')).not.toHaveText('38 of 1,200 numbers');
  for (let i = 0; i < 7; i += 1) await page.keyboard.press('Backspace');
  await expect(page.getByTestId('counts')).toHaveText('38 of 1,200 numbers');
  await page.getByRole('button', { name: /^Export 38/ }).click();
  const lines = await exportedLines(app, info);
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(owned.slice(0, 38).toSorted());
  await page.getByRole('button', { name: /^Set the routes of all 38/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByTestId('about')).toHaveText('All that match the pasted numbers');
  await dialog.getByLabel('Primary route').fill('sbc-east');
  await dialog.getByRole('button', { name: 'Plan the change' }).click();
  await expect(page.getByTestId('plan-summary')).toContainText(/to change/);
  await page.keyboard.press('Control+1');
});
