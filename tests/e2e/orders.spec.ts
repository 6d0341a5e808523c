import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectQuery, jobList, queryField, setQuery, test } from './app.ts';

/** The list of orders: wide and narrow, sorted and filtered, by mouse and by keys alone. */
const { list, cells, openEmpty } = jobList('Orders');

/** Buys so many of what is found, from a place on, with a route where one is named. */
async function buy(page: Page, first: number, count: number, route = ''): Promise<void> {
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await setQuery(page, '2', 'Find numbers to buy');
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  const offers = page.getByRole('grid', { name: 'Numbers for sale' }).locator('.data:visible');
  for (let place = first; place < first + count; place += 1) await offers.nth(place).click();
  await page.getByRole('button', { name: `Add ${count} to cart` }).click();
  await page.getByRole('button', { name: `Cart (${count})` }).click();
  await page.getByTestId('review').click();
  if (route) {
    await page.getByRole('dialog').getByLabel('Primary route').fill(route);
    await page.getByRole('option').first().click();
  }
  await page.getByTestId('buy').click();
  await expect(page.getByTestId('order-phase')).toHaveText('Done');
}

test('orders are a list as any: sorted, filtered, opened and left by keys alone @both', async ({
  launch,
  sandbox,
}) => {
  test.setTimeout(120_000);
  const app = await launch();
  const { page } = app;
  await openEmpty(page, sandbox);
  await buy(page, 0, 3);
  await buy(page, 8, 1, 'sbc-east');

  await test.step('wide while nothing is open', async () => {
    await page.getByRole('button', { name: 'All orders' }).click();
    await expect(list(page)).toBeFocused();
    await expect(cells(page, 'order')).toHaveText(['Order 2', 'Order 1']);
    await expect(cells(page, 'bought')).toHaveText(['1', '3']);
    await expect(cells(page, 'spent').first()).toHaveText(/^\$\d+\.\d\d$/);
    await expect(cells(page, 'primary')).toHaveText(['sbc-east', '–']);
    await expect(page.getByTestId('listed')).toHaveText('2 orders');
    await expectAccessible(page);
  });

  await test.step('sorted and filtered', async () => {
    await page.getByRole('columnheader', { name: 'State' }).getByRole('button').click();
    await page
      .getByRole('columnheader', { name: 'Bought' })
      .getByRole('button')
      .click({ modifiers: ['Shift'] });
    await page
      .getByRole('columnheader', { name: 'Bought' })
      .getByRole('button')
      .click({ modifiers: ['Shift'] });
    await expect(cells(page, 'order')).toHaveText(['Order 1', 'Order 2']);
    await queryField(page, 'Filter orders').focus();
    await page.keyboard.type('east');
    await expect(page.getByRole('option').first()).toContainText(/Route\s*sbc-east\s*1/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expectQuery(page, 'route:sbc-east', 'Filter orders');
    await expect(cells(page, 'order')).toHaveText(['Order 2']);
    await setQuery(page, 'state:paused', 'Filter orders');
    await expect(page.getByText('No order fits this filter.')).toBeVisible();
    await expectAccessible(page);
    await setQuery(page, '', 'Filter orders');
    await expect(cells(page, 'order')).toHaveCount(2);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByRole('form', { name: 'Add a filter' }).getByLabel('Order').fill('1');
    await page.keyboard.press('Enter');
    await expectQuery(page, 'order:1', 'Filter orders');
    await expect(cells(page, 'order')).toHaveText(['Order 1']);
    await setQuery(page, '', 'Filter orders');
    await expect(cells(page, 'order')).toHaveCount(2);
    await queryField(page, 'Filter orders').focus();
  });

  await test.step('opened and left by keys', async () => {
    await page.keyboard.press('Escape');
    await expect(list(page)).toBeFocused();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('region', { name: 'Order 2' })).toBeVisible();
    await expect(list(page)).toBeFocused();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('region', { name: 'Order 2' })).toHaveCount(0);
    await expect(list(page).locator('.data.cursor')).toContainText('Order 2');
  });

  await test.step('with a menu that leads to what was bought', async () => {
    await page.keyboard.press('Shift+F10');
    const entries = page.getByRole('menu').getByRole('menuitem');
    await expect(entries).toHaveText([
      ...[/Open\s*Enter/, /Export…\s*E/, /Show in Numbers\s*S/],
      ...[/^Copy its numbers\s/, /^Copy its numbers as E\.164/, /^Copy its numbers as digits/],
    ]);
    await page.keyboard.press('Escape');
    await expect(list(page)).toBeFocused();
    await page.keyboard.press('ControlOrMeta+Shift+c');
    await expect(page.getByText(/Copied \+1\d{10}/)).toBeVisible();
    await expect.poll(() => app.clipboard()).toMatch(/^\+1\d{10}$/);
    await page.keyboard.press('s');
    await expect(page.getByTestId('counts')).toHaveText('1 of 1,204 numbers');
  });

  await test.step('and what happened with one is a step away', async () => {
    await page.getByRole('link', { name: /^Buy/ }).click();
    await cells(page, 'order').filter({ hasText: 'Order 2' }).dblclick();
    await page.getByRole('button', { name: 'Activity of this order' }).click();
    await expectQuery(page, 'order:2', 'Filter the activity');
    await expect(
      page
        .getByRole('main')
        .getByText(/Order 2\b.* bought/)
        .first(),
    ).toBeVisible();
  });
});

test('a double click on Pause pauses, and does not go on with what stands there then', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await openEmpty(page, sandbox);
  await sandbox.setFaults(['purchase:latency:1:1500']);
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await setQuery(page, '2', 'Find numbers to buy');
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  const offers = page.getByRole('grid', { name: 'Numbers for sale' }).locator('.data:visible');
  await offers.first().click();
  await page.keyboard.press('Shift+PageDown');
  await page.getByRole('button', { name: /^Add \d+ to cart$/ }).click();
  await page.getByRole('button', { name: /^Cart \(\d+\)$/ }).click();
  await page.getByTestId('review').click();
  await page.getByTestId('buy').click();
  await expect(page.getByTestId('order-phase')).toHaveText('Buying');
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(page.getByTestId('order-phase')).toHaveText('Paused', { timeout: 15_000 });
  await sandbox.setFaults([]);
  const bought = await page.getByTestId('order-progress').textContent();
  const resume = await page.getByRole('button', { name: 'Resume' }).boundingBox();
  if (!resume) throw new Error('there is nothing to go on with');
  // The second click of the double one, as it comes when Resume is under the pointer already.
  await page.mouse.move(resume.x + resume.width / 2, resume.y + resume.height / 2);
  await page.mouse.down({ clickCount: 2 });
  await page.mouse.up({ clickCount: 2 });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByTestId('order-phase')).toHaveText('Done');
  expect(
    Number(/(\d+) bought/.exec((await page.getByTestId('order-progress').textContent()) ?? '')?.[1]),
  ).toBe(Number(/(\d+) bought/.exec(bought ?? '')?.[1]));
});
