import type { Page } from '@playwright/test';
import type { SandboxProcess } from '../support/sandbox-process.ts';
import { expect, expectAccessible, signInSynced, test, setQuery } from './app.ts';
import { some } from '../support/some.ts';
import { exportedLines } from './saved.ts';

const rows = (page: Page) => page.getByRole('grid', { name: 'Owned numbers' }).locator('.data:not([hidden])');
/** Primary and failover of every number the sandbox owns. */
async function truth({ ledgerUrl }: SandboxProcess): Promise<Record<string, [string, string]>> {
  const text = await (await fetch(new URL('/__sandbox/owned', ledgerUrl))).text();
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));
  return Object.fromEntries(
    lines.map(([number = '', primary = '', failover = '']) => [number, [primary, failover]]),
  );
}

async function openRoutes(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^Routes/ }).click();
  await expect(page.getByRole('grid', { name: 'Inbound routes' })).toContainText('sip-reg');
}

test('a route is created with its rules explained, used by keyboard, planned in bulk, and all of it undone', async ({
  launch,
  sandbox,
}, info) => {
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  const before = await truth(sandbox);
  await openRoutes(page);
  await expectAccessible(page);
  // A search that hides a route does not free its name.
  await setQuery(page, 'fax', 'Filter routes');
  await expect(page.getByRole('grid', { name: 'Inbound routes' })).not.toContainText('sbc-east');
  await page.getByRole('button', { name: 'New route' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('sbc-east');
  await expect(dialog.getByText('There is a route "sbc-east" already.')).toBeVisible();
  await dialog.getByLabel('Name').fill('new-pbx');
  await dialog.getByLabel('Value').fill('sip:pbx.example.net');
  await expect(dialog.getByText(/leave out "sip:"/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Create route' })).toBeDisabled();
  await dialog.getByLabel('Value').fill('pbx.example.net');
  await expect(dialog.getByText(/SRV records/).last()).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel('Value').press('Enter');
  await expect(page.getByText('Route new-pbx was created.')).toBeVisible();
  await setQuery(page, '', 'Filter routes');
  await expect(page.getByRole('grid', { name: 'Inbound routes' })).toContainText('new-pbx');

  // One number from the keyboard.
  await page.getByRole('link', { name: /^Numbers/ }).click();
  await rows(page).nth(2).click();
  await page.keyboard.press('r');
  await page.getByRole('dialog').getByLabel('Primary route').fill('new-pbx');
  await expect(page.getByTestId('one-before-after')).toContainText('new-pbx');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(rows(page).nth(2)).toContainText('new-pbx');
  // The next one begins empty: what was set last is offered, and chosen by a click or by its key.
  await rows(page).nth(3).click();
  await page.keyboard.press('r');
  await expect(page.getByTestId('same-as-last')).toHaveText('Same as last: primary new-pbx');
  await expect(page.getByRole('dialog').getByLabel('Primary route')).toHaveValue('');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('one-before-after')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(rows(page).nth(3)).toContainText('new-pbx');

  // All that match, by a plan.
  await setQuery(page, 'ends:7');
  await expect(page.getByTestId('counts')).toHaveText(/^\d+ of 1,200 numbers$/);
  await page.getByRole('button', { name: /^Set the routes of all \d+ numbers shown$/ }).click();
  await page.getByRole('dialog').getByLabel('Primary route').fill('sbc-east');
  await page.getByRole('dialog').getByLabel('Failover route').fill('fax');
  await page.getByRole('button', { name: 'Plan the change' }).click();
  await expect(page.getByTestId('plan-summary')).toContainText('to change');
  await expect(page.getByText('Compared with the carrier.')).toBeVisible();
  await expectAccessible(page);
  expect(Object.values(await truth(sandbox)).filter(([primary]) => primary === 'new-pbx').length).toBe(2);
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  await expect(page.getByTestId('plan-progress')).toContainText('changed');
  await expectAccessible(page);
  const after = await truth(sandbox);
  const matching = Object.keys(after).filter((number) => number.endsWith('7'));
  expect(matching.length).toBeGreaterThan(50);
  expect(new Set(matching.map((number) => after[number]?.join()))).toEqual(new Set(['sbc-east,fax']));
  expect(
    Object.keys(after).filter((number) => after[number]?.join() !== before[number]?.join()).length,
  ).toBeLessThanOrEqual(matching.length + 2);

  await page.getByRole('button', { name: 'Undo…' }).click();
  await expect(page.getByRole('heading', { name: /^Undo of Change/ })).toBeVisible();
  await expect(page.getByTestId('apply')).toBeEnabled();
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  const restored = await truth(sandbox);
  const differing = Object.keys(before).filter(
    (number) => before[number]?.join() !== restored[number]?.join(),
  );
  expect(differing.length).toBe(2);

  await page.getByRole('link', { name: /^Activity/ }).click();
  await expect(page.getByText(/Undo of Change/).first()).toBeVisible();
  await expect(page.getByText('Route new-pbx was created: HOST pbx.example.net')).toBeVisible();
  await page.getByRole('link', { name: /^Numbers/ }).click();
  await setQuery(page, '');
  await page.getByRole('button', { name: /^Export 1,200/ }).click();
  await expectAccessible(page);
  const lines = await exportedLines(app, info);
  expect([lines[0], lines.length]).toEqual(['number,primary,failover', 1201]);
  const [number = '', primary, failover] = (lines[1] ?? '').split(',');
  // What is told of the sandbox here has one word for none and for the built-in route, as v1 has.
  expect(restored[number]).toEqual([primary, failover === 'none' ? 'sip-reg' : failover]);
});

test('a file is previewed line by line and nothing is changed before it is applied @both', async ({
  launch,
  sandbox,
}, info) => {
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  const before = await truth(sandbox);
  const [one = '', two = '', three = ''] = Object.keys(before).filter(
    (number) => before[number]?.[0] !== 'sbc-east',
  );
  await openRoutes(page);
  await page.getByRole('button', { name: /^Changes/ }).click();
  await expectAccessible(page);
  const choose = async (text: string, name = 'moves.csv') => {
    await page
      .getByLabel('CSV file')
      .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  };
  await choose('PK\u0003\u0004', 'book.xlsx');
  await expect(page.getByRole('alert')).toContainText('This is a spreadsheet');
  await choose(
    `TN;Primary Route\n\n"${one}";"sbc-east" \n${two};nowhere\n${three}.0;${before[three]?.[0]}\n`,
  );
  await expect(page.getByRole('heading', { name: 'Import of moves.csv' })).toBeVisible();
  // Every line of the file with its cells as they are, and what will happen.
  const lines = page.getByLabel('Before and after').getByRole('row');
  await expect(page.getByRole('button', { name: 'line by line (3)' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await expect(lines.nth(1)).toContainText(
    new RegExp(`^\\s*4\\s*${two}.*Left out: There is no route "nowhere".`),
  );
  await expect(lines.nth(2)).toContainText(new RegExp(`^\\s*3\\s*${one}\\s*sbc-east.*change`));
  await expect(lines.nth(3)).toContainText(/^\s*5.*right already/);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'problems only (1)' }).click();
  await expect(lines).toHaveCount(2);
  await expect(lines.nth(1)).toContainText('There is no route "nowhere".');
  await page.getByRole('button', { name: 'right already (1)' }).click();
  await expect(lines.nth(1)).toContainText('nothing to do');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'problems only (1)' }).click();
  await page.getByRole('button', { name: 'Export CSV…' }).click();
  await expect(page.getByRole('dialog', { name: 'Export 1 line: what is left out' })).toBeVisible();
  await expectAccessible(page);
  expect(await exportedLines(app, info)).toEqual([
    'line,number,primary,failover,status,reason',
    `4,${two},nowhere,,left out,"There is no route ""nowhere""."`,
  ]);
  expect(await truth(sandbox)).toEqual(before);
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  expect((await truth(sandbox))[one]?.[0]).toBe('sbc-east');
});

test('the audit shows numbers and fixes them in bulk; a running plan pauses, resumes and stops', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await openRoutes(page);
  await page.getByRole('button', { name: /^Audit/ }).click();
  const finding = page.getByTestId('finding-no-failover');
  await expect(finding).not.toHaveText('0');
  const count = (await finding.textContent()) ?? '';
  await expectAccessible(page);
  await page.getByRole('listitem').filter({ has: finding }).getByRole('button', { name: 'Show' }).click();
  await expect(page.getByTestId('counts')).toHaveText(`${count} of 1,200 numbers`);
  await page.keyboard.press('Control+3');
  await page.getByRole('button', { name: /^Audit/ }).click();
  await page.getByRole('button', { name: /^Fix in bulk: Without a real failover/ }).click();
  await page.getByRole('dialog').getByLabel('Failover route').fill('sbc-west');
  // Slow enough not to be done before Pause and Stop are pressed.
  await sandbox.setFaults(['setRoutes:latency:1:2000']);
  await page.getByRole('button', { name: 'Plan the change' }).click();
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Applying');
  await page.getByRole('button', { name: 'Pause' }).press('Enter');
  await expect(page.getByTestId('plan-phase')).toHaveText('Paused');
  await expect(page.getByRole('heading', { name: 'Set failover to sbc-west' })).toBeFocused();
  await expect(page.getByText('Nothing is sent until you resume it.')).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Applying');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  await expect(page.getByRole('button', { name: /^Plan the rest anew/ })).toBeVisible();
  await page.getByRole('button', { name: /^not changed/ }).click();
  await expect(page.getByLabel('Before and after')).toContainText('sbc-west');
  await expectAccessible(page);
  await page.setViewportSize({ width: 450, height: 300 });
  await page.getByRole('heading', { name: 'Set failover to sbc-west' }).hover();
  await page.mouse.wheel(0, 2_000);
  await expect(page.getByLabel('Before and after')).toBeInViewport({ ratio: 0.9 });
});

test('Esc while the carrier is asked sets nothing and leaves no plan behind', async ({ launch, sandbox }) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  const before = await truth(sandbox);
  await rows(page).nth(2).click();
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Primary route').fill('private-line');
  await expect(page.getByTestId('one-before-after')).toBeVisible();
  await sandbox.setFaults(['details:latency:1:1500']);
  await page.keyboard.press('Enter');
  await expect(dialog.getByText('Asking the carrier…')).toBeVisible();
  // A second Enter while the first is on its way asks for nothing more.
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  // What was opened meanwhile stays open, whenever the browser tells that the one before was closed.
  await page.keyboard.press('r');
  await expect(dialog).toBeVisible();
  await dialog.evaluate((element) => element.dispatchEvent(new Event('close')));
  // It is about the same number, and holds nothing of what was given up.
  await expect(dialog.getByLabel('Primary route')).toHaveValue('');
  await expect(page.getByTestId('one-before-after')).toBeHidden();
  // The carrier's answer to what was given up comes to nobody.
  const answered = async () => {
    const { calls } = (await (await fetch(sandbox.ledgerUrl)).json()) as { calls: Record<string, number> };
    return calls['details 200'] ?? 0;
  };
  await expect.poll(answered).toBeGreaterThan(0);
  await expect(dialog).toBeVisible();
  expect(await truth(sandbox)).toEqual(before);
  await page.keyboard.press('Escape');
  await openRoutes(page);
  await page.getByRole('button', { name: /^Changes/ }).click();
  await expect(page.getByText('No changes yet.')).toBeVisible();
});

test('counts of a route lead to its numbers, and the routes can be exported with chosen columns', async ({
  launch,
  sandbox,
}, info) => {
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  const pairs = Object.values(await truth(sandbox));
  for (const [side, at] of [
    ['primary', 0],
    ['failover', 1],
  ] as const) {
    await openRoutes(page);
    const count = pairs.filter((pair) => pair[at] === 'main-office').length;
    const link = page.getByRole('button', { name: `${count} numbers with main-office as ${side}` });
    await link.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('counts')).toHaveText(`${count} of 1,200 numbers`);
    await expect(rows(page).first()).toContainText('main-office');
  }
  await openRoutes(page);
  await setQuery(page, 'sbc', 'Filter routes');
  await page.getByRole('button', { name: 'Export CSV…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export 2 routes' });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  await dialog.getByLabel('Type').uncheck();
  await dialog.getByLabel('Listed by the carrier').check();
  const [head, ...lines] = await exportedLines(app, info);
  expect(head).toBe('name,value,primary_numbers,failover_numbers,listed');
  const east = pairs.filter(([primary]) => primary === 'sbc-east').length;
  expect(lines.map((line) => line.split(',')[0])).toEqual(['sbc-east', 'sbc-west']);
  expect(lines[0]?.split(',')).toEqual(expect.arrayContaining([`${east}`, 'yes']));
  await expect(dialog).toBeHidden();
});

test('a route tells where its numbers are, and all of them are moved to another one', async ({
  launch,
  sandbox,
}) => {
  const before = await truth(sandbox);
  const has = (pairs: Record<string, [string, string]>, route: string) =>
    Object.values(pairs).filter((pair) => pair.includes(route)).length;
  const moved = has(before, 'sbc-west');
  expect(moved).toBeGreaterThan(10);
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  await openRoutes(page);
  const list = page.getByRole('grid', { name: 'Inbound routes' });
  await list.getByRole('row').filter({ hasText: 'sbc-west' }).getByText('sbc-west').first().click();
  const details = page.getByRole('region', { name: 'Details of sbc-west' });
  await expect(details).toContainText(`${moved} numbers`);
  await expect(details.getByRole('heading', { name: 'Where they are' })).toBeVisible();
  await expectAccessible(page);
  await details.getByRole('button', { name: 'Copy value' }).click();
  await expect(page.getByText(/Copied \d{11}/).first()).toBeVisible();
  await expect(details).toContainText(await app.clipboard());
  // The keyboard goes from one route to the next, and the details with it.
  await list.focus();
  await page.keyboard.press('Escape');
  await expect(details).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(details).toBeVisible();
  // A click beside the field that was typed into: the keys that follow are about the row.
  await page.getByLabel('Filter routes').focus();
  await list.getByRole('row').filter({ hasText: 'sbc-east' }).getByText('sbc-east').first().click();
  await expect(list).toBeFocused();
  await page.keyboard.press('ControlOrMeta+c');
  await expect.poll(() => app.clipboard()).toBe('sbc-east');
  await list.getByRole('row').filter({ hasText: 'sbc-west' }).getByText('sbc-west').first().click();
  // They stay when a filter hides the row.
  await setQuery(page, 'fax', 'Filter routes');
  await expect(list.getByRole('row').filter({ hasText: 'sbc-west' })).toHaveCount(0);
  await expect(details).toContainText(`${moved} numbers`);
  await setQuery(page, 'nothing-is-called-so', 'Filter routes');
  await expect(page.getByText('No route fits this filter.')).toBeVisible();
  await expect(details).toBeVisible();
  await expectAccessible(page);
  await setQuery(page, '', 'Filter routes');

  await details.getByRole('button', { name: 'Move its numbers…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Move them to')).toBeFocused();
  await dialog.getByLabel('Move them to').fill('sbc-north');
  await expect(dialog.getByRole('button', { name: 'Plan the change' })).toBeDisabled();
  await dialog.getByLabel('Move them to').fill('sbc-east');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Plan the change' }).click();
  await expect(page.getByText('Compared with the carrier.')).toBeVisible();
  expect(await truth(sandbox)).toEqual(before);
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  const after = await truth(sandbox);
  expect(has(after, 'sbc-west')).toBe(0);
  for (const [number, [primary, failover]] of some(Object.entries(before)))
    expect(after[number]).toEqual(
      [primary, failover].map((route) => (route === 'sbc-west' ? 'sbc-east' : route)),
    );
});

// Over v2 the built-in route is a failover of its own and not the same as none.
test('each primary gets a failover of its own, in one plan, from the audit and from a selection @v1', async ({
  launch,
  sandbox,
}) => {
  const before = await truth(sandbox);
  const bare = Object.entries(before).filter(
    ([, [primary, failover]]) => failover === 'sip-reg' || failover === primary,
  );
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await openRoutes(page);
  await page.getByRole('button', { name: /^Audit/ }).click();
  await page.getByRole('button', { name: /^Fix per primary: Without a real failover/ }).click();
  const dialog = page.getByRole('dialog', { name: 'A failover for each primary' });
  const fields = dialog.getByRole('combobox');
  await expect(fields.first()).toBeFocused();
  const primaries = await dialog.getByRole('rowheader').allTextContents();
  expect(new Set(primaries)).toEqual(new Set(bare.map(([, [primary]]) => primary)));
  await expect(dialog.getByRole('button', { name: 'Plan the change' })).toBeDisabled();
  await expectAccessible(page);
  // A name that no route has is said in its row, and nothing can be planned.
  await fields.first().fill('nowhere');
  await expect(dialog.getByRole('alert')).toContainText('There is no route "nowhere".');
  await expect(dialog.getByRole('button', { name: 'Plan the change' })).toBeDisabled();
  // A name that was typed to its end needs nothing from the list: Enter goes to the next row.
  await fields.first().fill('private-line');
  await page.keyboard.press('Enter');
  await expect(fields.nth(1)).toBeFocused();
  await page.keyboard.type('fa');
  await expect(page.getByRole('option').first()).toContainText('fax');
  await page.keyboard.press('Enter');
  await expect(fields.nth(1)).toHaveValue('fax');
  await expect(fields.nth(2)).toBeFocused();
  const given: Readonly<Record<string, string>> = {
    [primaries[0] ?? '']: 'private-line',
    [primaries[1] ?? '']: 'fax',
  };
  const changed = bare.filter(([, [primary = '']]) => given[primary]);
  await expect(dialog.getByTestId('spread-sum')).toContainText(`${changed.length} numbers change`);
  await dialog.getByRole('button', { name: 'Plan the change' }).click();
  await expect(page.getByRole('heading', { name: 'Set failover to private-line or fax' })).toBeFocused();
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  const after = await truth(sandbox);
  const wanted = Object.entries(before).map(([number, pair]) => {
    const failover = bare.some(([one]) => one === number) ? given[pair[0] ?? ''] : undefined;
    return [number, failover === undefined ? pair : [pair[0], failover]];
  });
  expect(after).toEqual(Object.fromEntries(wanted));

  // From a selection, and Escape gives all of it up.
  await page.keyboard.press('Control+1');
  await rows(page).nth(1).locator('.check').click();
  await rows(page).nth(2).locator('.check').click();
  await page.keyboard.press('r');
  await page.getByRole('dialog').getByRole('button', { name: 'A failover for each primary…' }).click();
  await expect(dialog.getByTestId('spread')).toContainText('2 numbers on');
  await fields.first().fill('private-line');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(await truth(sandbox)).toEqual(after);
});

test('every finding of the audit is mended from the keyboard alone', async ({ launch, sandbox }) => {
  const pairs = Object.entries(await truth(sandbox)).filter(
    ([, [primary, failover]]) => primary !== failover && failover !== 'sip-reg',
  );
  const [lost = '', gone = '', same = '', first = '', second = '', none = ''] = pairs.map(
    ([number]) => number,
  );
  await sandbox.mutate({
    routes: {
      // The carrier does not list the first two routes, and lists two that nobody else uses.
      ...{ [lost]: ['deleted-1', 'fax'], [gone]: ['fax', 'deleted-2'], [same]: ['fax', 'fax'] },
      ...{
        [first]: ['546f8f4308367026c17ceb5b013e7672', 'fax'],
        [second]: ['fax', 'private-line'],
        [none]: ['fax', 'sip-reg'],
      },
    },
  });
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await openRoutes(page);
  const changes = ['plan-summary', 'to change'] as const;
  // Some of these have the chosen route as primary: that is no failover, and it is said.
  const twice = ['twice', 'the same route'] as const;
  // Others that nobody touched are same or without a failover still: those are looked at one by one below.
  const some = /^[\d,]+$/;
  for (const [id, title, side, [told, text], left] of [
    ['missing-primary', 'Primary does not exist', 'Primary route', changes, '0'],
    ['missing-failover', 'Failover does not exist', 'Failover route', changes, '0'],
    ['single-primary', 'On a primary route of their own', 'Primary route', changes, '0'],
    ['single-failover', 'On a failover route of their own', 'Failover route', changes, '0'],
    ['same', 'Primary equals failover', 'Failover route', changes, some],
    ['no-failover', 'Without a real failover', 'Failover route', twice, some],
  ] as const) {
    await page.getByRole('button', { name: /^Audit/ }).press('Enter');
    await expect(page.getByTestId(`finding-${id}`)).not.toHaveText('0');
    await page.getByRole('button', { name: `Fix in bulk: ${title}` }).press('Enter');
    const dialog = page.getByRole('dialog');
    const other = side === 'Primary route' ? 'Failover route' : 'Primary route';
    // Only the side that is to be mended is filled in.
    await expect(dialog.getByLabel(other)).toHaveValue('');
    const route = side === 'Primary route' ? 'sbc-east' : 'sbc-west';
    await dialog.getByLabel(side).fill(route);
    await page.keyboard.press('Enter');
    // The focus is on the plan: two keys further is Apply.
    await expect(
      page.getByRole('heading', { name: `Set ${side.split(' ')[0]?.toLowerCase()} to ${route}` }),
    ).toBeFocused();
    await expect(page.getByTestId('apply')).toBeEnabled();
    await expect(page.getByTestId(told)).toContainText(text);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expect(page.getByTestId('apply')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('plan-phase')).toHaveText('Done');
    await page.getByRole('button', { name: /^Audit/ }).press('Enter');
    await expect(page.getByTestId(`finding-${id}`)).toHaveText(left);
  }
  const after = await truth(sandbox);
  expect([after[lost], after[gone], after[first], after[second]]).toEqual([
    ['sbc-east', 'fax'],
    ['fax', 'sbc-west'],
    ['sbc-east', 'fax'],
    ['fax', 'sbc-west'],
  ]);
  expect([after[same], after[none]]).toEqual([
    ['fax', 'sbc-west'],
    ['fax', 'sbc-west'],
  ]);
});

/** Sets the primary route of one row by the keyboard. */
async function setOne(page: Page, row: number, primary: string): Promise<void> {
  await page.getByRole('grid', { name: 'Owned numbers' }).locator('.data:not([hidden])').nth(row).click();
  await page.keyboard.press('r');
  await page.getByRole('dialog').getByLabel('Primary route').fill(primary);
  await expect(page.getByTestId('one-before-after')).toContainText(primary);
  await page.keyboard.press('Enter');
}

test('what was begun in one account does nothing in the next: no undo, no dialog', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await page.locator('aside [aria-haspopup="menu"]').click();
  await page.getByRole('menuitem', { name: 'Add account…' }).click();
  await signInSynced(page, sandbox);
  await setOne(page, 1, 'private-line');
  await expect(page.getByText(/Routes of .* are set: .* → private-line/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
  // The carrier is slow with the next one, and meanwhile somebody turns to the other account.
  await sandbox.setFaults(['details:latency:1:2500']);
  await setOne(page, 3, 'private-line');
  await expect(page.getByText('Asking the carrier…')).toBeVisible();
  await page.evaluate(() => {
    const dialog = document.querySelector('dialog[open]');
    if (dialog instanceof HTMLDialogElement) dialog.close();
  });
  await page.locator('aside [aria-haspopup="menu"]').click();
  await page.getByRole('menuitemradio', { name: 'Demo account' }).click();
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
  await page.getByRole('link', { name: /^Routes/ }).click();
  await page.getByRole('button', { name: 'Changes' }).click();
  await expect(page.getByText('No changes yet')).toBeVisible();
});
