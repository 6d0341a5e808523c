import { demoListed, expect, expectAccessible, expectQuery, queryField, test } from './app.ts';

test('pieces of a query become pills, which are opened, removed, copied and walked through by keys and by mouse', async ({
  launch,
}) => {
  const app = await launch(['--demo']);
  const { page } = app;
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  const field = queryField(page);
  const pill = (name: string) => page.getByRole('button', { name: `Edit ${name}`, exact: true });
  await page.keyboard.type('state:wa -tag:vip ');
  await expect(field).toHaveValue('');
  await expect(pill('state wa')).toBeVisible();
  await expect(pill('not tag vip')).toBeVisible();
  // A space in quotes ends nothing, and a word is no filter of its own.
  await page.keyboard.type('route:"sbc west" ');
  await expect(pill('route sbc west')).toBeVisible();
  await page.keyboard.type('tacoma');
  await expect(field).toHaveValue('tacoma');
  await expectQuery(page, 'state:wa -tag:vip route:"sbc west" tacoma');
  await expectAccessible(page);

  // Backspace at the start opens the last one as text.
  await page.keyboard.press('Home');
  await page.keyboard.press('Backspace');
  await expect(field).toHaveValue('route:"sbc west" tacoma');
  await expect(pill('route sbc west')).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+Backspace');
  await page.keyboard.press('Home');
  // Arrows lead into the pills and out again.
  await page.keyboard.press('ArrowLeft');
  await expect(pill('not tag vip')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(pill('state wa')).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('ControlOrMeta+c');
  await expect.poll(() => app.clipboard()).toBe('state:wa');
  await page.keyboard.press('End');
  await expect(field).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Delete');
  await expect(pill('not tag vip')).toHaveCount(0);
  await expect(pill('state wa')).toBeFocused();
  // Enter on a pill opens it; what is typed goes on in it.
  await page.keyboard.press('Enter');
  await expect(field).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('state:nj 201 npa:');
  await expect(pill('state nj')).toBeVisible();
  await page.getByRole('button', { name: 'Remove state:nj' }).click();
  await expect(field).toBeFocused();
  await expectQuery(page, '201 npa:');

  // All of it is marked and copied as the text it stands for, and what is typed takes its place.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('failover:none state:wa ');
  await page.keyboard.type('206');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('ControlOrMeta+c');
  await expect.poll(() => app.clipboard()).toBe('failover:none state:wa 206');
  await page.keyboard.press('ControlOrMeta+x');
  await expectQuery(page, '');
  await page.keyboard.press('ControlOrMeta+v');
  await expectQuery(page, 'failover:none state:wa 206');

  // Enter ends the last piece and goes to the list; a click opens a pill.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('npa:206');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid')).toBeFocused();
  await pill('npa 206').click();
  await expect(field).toHaveValue('npa:206');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('7');
  await expectQuery(page, 'npa:207');

  // What is not understood says why, at the field.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('npa:2o6 state:wa ');
  await expect(page.locator('[data-query] .said')).toHaveText(
    'npa:2o6 An area code is three digits, such as 206.',
  );
  await expect(page.getByTestId('counts')).toHaveText('0 of 2,480 numbers');
  await expectAccessible(page);
});

test('while typing the list offers states, routes, area codes and keys with their counts, chosen by keys and by mouse', async ({
  launch,
}) => {
  const { page } = await launch(['--demo']);
  await demoListed(page);
  const field = queryField(page);
  const list = page.getByRole('listbox', { name: 'Suggestions' });
  const option = (name: RegExp) => list.getByRole('option', { name });
  await expect(field).toHaveRole('combobox');

  // A name of two words, chosen by Enter; the count is what is found then.
  await page.keyboard.type('new jer');
  await expect(option(/^State New Jersey [\d,]+$/)).toBeVisible();
  await expect(field).toHaveAttribute('aria-expanded', 'true');
  const count =
    (await option(/New Jersey/)
      .locator('.count')
      .textContent()) ?? '';
  await page.keyboard.press('ArrowDown');
  await expect(option(/New Jersey/)).toHaveAttribute('aria-selected', 'true');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expectQuery(page, 'state:nj');
  await expect(page.getByTestId('counts')).toHaveText(`${count} of 2,480 numbers`);
  await expect(list).toHaveCount(0);

  // A key goes on with its values, which are counted among what the rest finds.
  await page.keyboard.type('fail');
  await expect(option(/^failover: Failover/)).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  await expect(field).toHaveValue('failover:');
  await expect(option(/^Failover none/)).toBeVisible();
  const none =
    (await option(/^Failover none/)
      .locator('.count')
      .textContent()) ?? '';
  // The mouse chooses as well, and typing goes on.
  await option(/^Failover none/).click();
  await expectQuery(page, 'state:nj failover:none');
  await expect(page.getByTestId('counts')).toHaveText(`${none} of 2,480 numbers`);
  await expect(field).toBeFocused();

  // Wherever the caret is by then, what was chosen takes the place of what was typed for it.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('55 tex');
  await expect(option(/^State Texas/)).toBeVisible();
  await field.evaluate((input: HTMLInputElement) => {
    input.setSelectionRange(0, 0);
  });
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expectQuery(page, /^state:tx 55 ?$/);

  // Escape closes the list first, then leads to the rows; a key goes on typing.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('sb');
  await expect(option(/^Route sbc-/).first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.type('c');
  await expect(field).toHaveValue('sbc');
  await expect(option(/^Route sbc-/).first()).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
  await expect(field).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid')).toBeFocused();

  // Digits of an area code offer it; more digits are digits.
  await page.keyboard.press('/');
  await page.keyboard.type('201');
  await expect(option(/^Area code 201 /)).toBeVisible();
  await page.keyboard.type('5');
  await expect(list).toHaveCount(0);
  await expectQuery(page, '2015');

  // With all of it emptied, pills too, nothing is offered any more.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('state:nj 20');
  await expect(option(/^Area code 201 /)).toBeVisible();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Backspace');
  await expectQuery(page, '');
  await expect(list).toHaveCount(0);
});

test('Buy has one field: a word is a place first, and boxes behind "Refine" mirror its pills', async ({
  launch,
}) => {
  const { page } = await launch(['--demo']);
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await page.keyboard.press('Control+2');
  const label = 'Find numbers to buy';
  const field = queryField(page, label);
  await expect(field).toBeFocused();
  const options = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
  await page.keyboard.type('seattle');
  await expect(options).toHaveText([/^Rate center\s*Seattle\s*WA/, /^Word\s*SEATTLE\s*7328853/]);
  await expectAccessible(page);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expectQuery(page, '"Seattle"', label);
  await expect(page.getByTestId('found')).toHaveText(/loaded$/);
  const refine = page.getByRole('dialog', { name: 'Refine the search' });
  await page.getByRole('button', { name: 'Refine (1)' }).click();
  await expect(refine.getByLabel('Rate center')).toHaveValue('Seattle');
  await refine.getByLabel('Area code').fill('206');
  await page.keyboard.press('Enter');
  await expectQuery(page, '"Seattle" npa:206', label);
  await refine.getByLabel('State').selectOption('Washington');
  await expectAccessible(page);
  await expectQuery(page, '"Seattle" npa:206 state:wa', label);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Refine (3)' })).toBeFocused();
  await page.getByRole('button', { name: 'Remove npa:206' }).click();
  await expectQuery(page, '"Seattle" state:wa', label);
  await expect(page.getByTestId('found')).toHaveText(/loaded$/);
});
