import type { Page } from '@playwright/test';
import { startSandboxProcess } from '../support/sandbox-process.ts';
import {
  expect,
  expectAccessible,
  sandboxArguments,
  signIn,
  signInSynced,
  test,
  expectQuery,
  setQuery,
} from './app.ts';

const rows = (page: Page) => page.getByRole('grid').locator('.data:visible');

test('wrong keys are refused beside the field, right ones bring every number', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await expectAccessible(page);
  await signIn(page, sandbox, 'not the secret');
  await expect(page.getByRole('alert')).toContainText('does not accept these keys');
  await expect(page.getByLabel('Secret key')).toHaveValue('');
  await signInSynced(page, sandbox);
  await expect(page.getByTestId('age')).toContainText('just now');
  await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '1201');
  await expectAccessible(page);
});

test('the filter answers while typing, finds nothing by what it does not understand, and is left with Escape', async ({
  launch,
}) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  // On arrival the focus is where typing is safe: the letters are no verbs.
  await page.keyboard.type('state:wa tacoma');
  await expectQuery(page, 'state:wa tacoma');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('/');
  await page.keyboard.type('state:wa colour:red');
  await expect(page.getByText('There is no filter "colour"').first()).toBeVisible();
  await expect(page.getByText('The filter is not understood')).toBeVisible();
  await expect(page.getByTestId('counts')).toHaveText('0 of 2,480 numbers');
  await expect(page.getByRole('button', { name: /^Export/ })).toBeDisabled();
  await expectAccessible(page);
  // A part that is still being typed leaves what is found so far on screen.
  await setQuery(page, 'state:wa colour:red npa:');
  await page.getByRole('button', { name: 'Remove colour:red' }).click();
  await expect(rows(page).first()).toBeVisible();
  await expect(page.getByRole('button', { name: /^Export/ })).toBeDisabled();
  await setQuery(page, 'state:wa colour:red');
  const states = async () => [
    ...new Set((await rows(page).locator('.area').allTextContents()).map((place) => place.trim().slice(-2))),
  ];
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Remove colour:red' }).click();
  await expectQuery(page, 'state:wa');
  await expect.poll(states).toEqual(['WA']);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid')).toBeFocused();
  await expectQuery(page, 'state:wa');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await setQuery(page, '0000000');
  await expect(page.getByText('No number matches')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Clear the filter' }).last().click();
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
});

test('the filter menu has a field for the columns that say so, and writes what is chosen into the query', async ({
  launch,
}) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const open = async () => {
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    return page.getByRole('form', { name: 'Add a filter' });
  };
  const menu = await open();
  await expect(menu.locator('.field > span, .field > label')).toHaveText([
    ...['Area code', 'State or province', 'Tag', 'Primary route', 'Failover'],
  ]);
  await expectAccessible(page);
  // A route is chosen as everywhere: by some of its letters, with its type, its address and how many numbers have it.
  const failover = menu.getByRole('combobox', { name: 'Failover' });
  const choices = menu.getByRole('listbox', { name: 'Routes' }).getByRole('option');
  await menu.getByRole('button', { name: 'Show routes' }).last().click();
  await expect(choices.first()).toHaveText('No real failover');
  await failover.fill('sbwe');
  await expect(choices).toHaveText([/^sbc-west\s*PSTN\s*\d+\s*[\d,]+$/, /^sbc-west-2/]);
  await expectAccessible(page);
  await failover.fill('no such route');
  await expect(menu.getByRole('alert')).toContainText('There is no route "no such route".');
  await page.keyboard.press('Enter');
  await expect(menu).toBeVisible();
  await failover.fill('');
  await choices.filter({ hasText: 'No real failover' }).click();
  await expectQuery(page, 'failover:none');
  await (await open()).getByRole('combobox', { name: 'Primary route' }).fill('sbc-west');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expectQuery(page, 'failover:none primary:"sbc-west"');
  await page.getByRole('button', { name: 'Remove primary:"sbc-west"' }).click();
  await (await open()).getByLabel('State or province').selectOption('Washington');
  await expectQuery(page, 'failover:none state:wa');
  await (await open()).getByLabel('Area code').fill('(206)');
  await page.keyboard.press('Enter');
  await expectQuery(page, 'failover:none state:wa npa:206');
  await expect(page.getByTestId('counts')).toHaveText(/^[\d,]+ of 2,480 numbers$/);
});

test('the keyboard moves, selects, opens details and copies @both', async ({ launch }) => {
  const app = await launch(['--demo']);
  const { page } = app;
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText('3 numbers selected')).toBeVisible();
  await page.keyboard.press('c');
  await expect(page.getByText('Copied 3 numbers as national')).toBeVisible();
  const shown = await rows(page).locator('.number').allTextContents();
  expect((await app.clipboard()).split('\n')).toEqual(shown.slice(0, 3).map((text) => text.trim()));
  await page.getByRole('toolbar').getByRole('button', { name: 'E.164' }).click();
  await expect.poll(() => app.clipboard()).toMatch(/^\+1\d{10}\n\+1\d{10}\n\+1\d{10}$/);
  await page.keyboard.press('Control+a');
  await expect(page.getByText('2,480 numbers selected')).toBeVisible();
  // From the button to the list, then out of the selection.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('selected')).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('freshness')).toContainText('Checked with the carrier just now');
  await expectAccessible(page);
  await page.keyboard.press('End');
  const last = page.locator('[aria-rowindex="2481"] .number');
  await expect(last).toHaveText(/\d/);
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(((await last.textContent()) ?? '').trim());
});

test('any column sorts, both ways', async ({ launch }) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const header = page.getByRole('columnheader', { name: 'Location' });
  await header.getByRole('button').click();
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  const shown = async () => (await rows(page).locator('.area').allTextContents()).map((text) => text.trim());
  const ordered = async (sign: number) => {
    const states = await shown();
    return states.every((state, at) => at === 0 || sign * state.localeCompare(states[at - 1] ?? '') >= 0);
  };
  await expect.poll(() => ordered(1)).toBe(true);
  const [first = ''] = await shown();
  await header.getByRole('button').click();
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(() => ordered(-1)).toBe(true);
  expect((await shown())[0]).not.toBe(first);
});

test('offline is a state: the list stays with its age, and comes back by itself', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await sandbox.stop();
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByTestId('banner')).toContainText('Offline.');
  await expect(rows(page).first()).toBeVisible();
  await rows(page).first().click();
  await expect(page.getByTestId('freshness')).toContainText('From the cached list');
  await expectAccessible(page);
  const { port } = new URL(sandbox.url);
  const back = await startSandboxProcess([...sandboxArguments, '--port', port]);
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(page.getByTestId('banner')).toBeHidden();
  await back.stop();
});

// The list of v2 tells no routes: a route that changed shows once its number is read again.
test('a number gone at the carrier leaves the list, and a changed route shows @v1', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  const listed = await (await fetch(sandbox.ledgerUrl.replace('ledger', 'owned'))).text();
  const [gone = '', changed = ''] = listed.split('\n').map((line) => line.split(' ')[0]);
  await sandbox.mutate({ remove: [gone], routes: { [changed]: ['fax', 'pbx-1'] } });
  await page.keyboard.press('Control+r');
  await expect(page.getByTestId('counts')).toHaveText('1,199 numbers');
  await setQuery(page, changed);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).locator('.primary')).toHaveText('fax');
});

test('a restart shows the cached list before anything else, and asks for the key it may not keep @both', async ({
  launch,
  sandbox,
}) => {
  const first = await launch();
  await signInSynced(first.page, sandbox);
  await first.close();
  await sandbox.stop();
  const { page } = await launch();
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  // Without a keychain the key is gone; with one the carrier is not there: both leave the list alone.
  await expect(page.getByTestId('banner')).toContainText(/secret key of this account is not here|Offline/);
});

test('keys the carrier refuses ask for new ones and keep the list', async ({ launch, sandbox }) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await sandbox.setFaults(['*:401:1']);
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByTestId('banner')).toContainText('does not accept the keys');
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await sandbox.setFaults([]);
  await page.getByRole('button', { name: 'Enter keys again' }).click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page);
  await dialog.getByLabel('Secret key').fill(sandbox.secretKey);
  const session = dialog.getByLabel('Keep it for this session only');
  if (await session.isVisible()) await session.check();
  await dialog.getByRole('button', { name: 'Use these keys' }).click();
  await expect(page.getByTestId('banner')).toBeHidden();
});

test('accounts: add, rename, switch, sign out', async ({ launch, sandbox }) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const menu = () => page.locator('aside [aria-haspopup="menu"]').click();
  await menu();
  await expectAccessible(page);
  await page.getByRole('menuitem', { name: 'Add account…' }).click();
  await signInSynced(page, sandbox);
  await menu();
  await page.getByRole('menuitem', { name: 'Rename…' }).click();
  await page.getByRole('dialog').getByLabel('Account name').fill('Reseller west');
  await page.getByRole('button', { name: 'Rename' }).click();
  await menu();
  await expect(page.getByRole('menuitemradio', { name: 'Reseller west' })).toBeVisible();
  await page.getByRole('menuitemradio', { name: 'Demo account' }).click();
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await menu();
  await page.getByRole('menuitem', { name: 'Sign out…' }).click();
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expectAccessible(page);
  await page.getByLabel('Also delete the cached list').check();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
});

test('every row is one line, in a small window too', async ({ launch }) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  for (const size of [
    { width: 1280, height: 800 },
    { width: 900, height: 600 },
  ]) {
    await page.setViewportSize(size);
    await page.keyboard.press('ArrowDown');
    const lines = await page.getByRole('grid').evaluate((grid) =>
      [...grid.querySelectorAll('[role=row]:not([hidden])')].map((row) => {
        const shown = [...row.children].filter((cell) => cell.checkVisibility());
        const cells = shown.map((cell) => cell.getBoundingClientRect());
        const middles = cells.map((box) => Math.round(box.top + box.height / 2));
        const inside = cells.every((box) => box.right <= row.getBoundingClientRect().right + 1);
        return new Set(middles).size === 1 && inside;
      }),
    );
    expect(lines.length).toBeGreaterThan(5);
    expect(lines).not.toContain(false);
  }
});

test('settings change how numbers are shown', async ({ launch }) => {
  const { page } = await launch(['--demo']);
  await expect(rows(page).first().locator('.number')).toHaveText(/^\(\d{3}\) \d{3}-\d{4}$/);
  await page.getByRole('button', { name: 'Settings' }).click();
  await expectAccessible(page);
  await page.getByLabel('Numbers are shown as').selectOption('digits');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(rows(page).first().locator('.number')).toHaveText(/^1\d{10}$/);
  await page.keyboard.press('?');
  await expect(page.getByRole('heading', { name: 'Keyboard shortcuts' })).toBeVisible();
});

test('numbers get tags from the keyboard, are found by them, and lose them again', async ({ launch }) => {
  const first = await launch(['--demo']);
  const { page } = first;
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  // At once: the selection may still be on its way.
  await page.keyboard.press('t');
  await page.getByRole('dialog').getByLabel('Add').fill('spare, VIP');
  await expectAccessible(page);
  // A letter and a word change nothing together: the first Enter says what the second one does.
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('tags-asked')).toContainText('2 numbers get the new tags spare, VIP');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  const got = page.getByText('2 numbers got the new tags spare, VIP.');
  await expect(got).toBeVisible();
  await got.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Tags of 2 numbers are as before.')).toBeVisible();
  await expect(rows(page).first().locator('.tags')).toHaveText('');
  await page.getByRole('toolbar').getByRole('button', { name: 'Tags…' }).click();
  await page.getByRole('dialog').getByLabel('Add').fill('spare, VIP');
  await page.getByRole('button', { name: 'Change tags' }).click();
  await expect(rows(page).first().locator('.tags')).toHaveText('spare, VIP');
  await setQuery(page, 'tag:vip');
  await expect(page.getByTestId('counts')).toHaveText('2 of 2,480 numbers');
  await rows(page).first().click();
  await page.getByRole('button', { name: 'Remove the tag VIP' }).click();
  await expect(page.getByTestId('counts')).toHaveText('1 of 2,480 numbers');
  await expectAccessible(page);
  await first.close();
  const again = await launch();
  await setQuery(again.page, 'tag:spare');
  await expect(again.page.getByTestId('counts')).toHaveText('2 of 2,480 numbers');
});

test('a selection that the filter hides says so, is shown and dropped, and a key and a button mean the same', async ({
  launch,
}) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await setQuery(page, 'state:wa');
  await expect(page.getByTestId('counts')).toHaveText(/^\d+ of 2,480 numbers$/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByTestId('selected')).toHaveText('3 numbers selected');
  await page.keyboard.press('/');
  await page.keyboard.type('state:or');
  await expect(page.getByTestId('selected')).toHaveText('3 numbers selected, 3 outside this filter');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  const hidden = page.getByRole('table', { name: 'Selected numbers that are not shown' });
  await expect(hidden.getByRole('row').filter({ hasText: 'WA' })).toHaveCount(3);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  // The details are of another number: the key and the button are about the selection, and both say so.
  await rows(page).first().click();
  await page.getByRole('button', { name: /^Set routes of 3 selected/ }).click();
  await expect(page.getByTestId('about')).toContainText('3 of them not shown');
  await page.keyboard.press('Escape');
  await rows(page).first().click();
  await page.keyboard.press('r');
  await expect(page.getByTestId('about')).toContainText('3 of them not shown');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Drop', exact: true }).click();
  await expect(page.getByTestId('selected')).toHaveCount(0);
  await expect(page.getByRole('grid')).toBeFocused();
  await page.getByRole('button', { name: /^Set routes…/ }).click();
  await expect(page.getByRole('dialog', { name: /^Routes of \(/ })).toBeVisible();
});
