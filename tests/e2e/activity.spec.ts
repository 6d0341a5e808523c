import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectQuery, queryField, setQuery, signInSynced, test } from './app.ts';
import { exportedLines } from './saved.ts';

/** The record of what happened, by what was touched. */
const label = 'Filter the activity';
const entries = (page: Page) =>
  page
    .getByRole('region', { name: 'What happened' })
    .getByRole('listitem')
    .filter({ has: page.locator('time') });
const numbers = (page: Page) => page.getByRole('grid', { name: 'Owned numbers' });
const go = (page: Page, name: RegExp) =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name }).click();

/** Sets the primary route of the first two numbers that do not have it; resolves with the first of them. */
async function changeTwo(page: Page, route: string): Promise<string> {
  await setQuery(page, `-route:${route}`);
  await expect(page.getByTestId('counts')).toHaveText(/^[\d,]+ of 1,200 numbers$/);
  const number = await numbers(page).locator('.data:not([hidden]) .number').first().innerText();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByTestId('selected')).toHaveText(/^2 numbers selected/);
  await page.keyboard.press('r');
  await page.getByRole('dialog').getByLabel('Primary route').fill(route);
  await page.getByRole('button', { name: 'Plan the change' }).click();
  await page.getByTestId('apply').click();
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  return number.trim();
}

test('the activity is filtered by number, route, change, kind and time, from everywhere that has one, and back @both', async ({
  launch,
  sandbox,
}, info) => {
  const app = await launch();
  const { page } = app;
  await signInSynced(page, sandbox);
  const digits = await changeTwo(page, 'sbc-east');

  // From the change: what is about it, and nothing else.
  await page.getByRole('button', { name: 'Activity of this change' }).click();
  await expectQuery(page, 'change:1', label);
  await expect(entries(page)).toHaveText([/Change 1 \(Set primary to sbc-east\): 2 changed/]);
  await expectAccessible(page);

  // From a route, by its very name; what the mouse's back button leads to is there as it was.
  await go(page, /^Routes/);
  await page.getByRole('button', { name: /^Routes \(/ }).click();
  await page
    .getByRole('grid', { name: 'Inbound routes' })
    .getByText('sbc-east', { exact: true })
    .first()
    .click();
  await page.getByRole('button', { name: 'Activity of this route' }).click();
  await expectQuery(page, 'route:"sbc-east"', label);
  await expect(entries(page)).toHaveText([/Change 1/]);

  // From a number: its entries say that they touched it.
  await go(page, /^Numbers/);
  await setQuery(page, digits);
  await expect(page.getByTestId('counts')).toHaveText('1 of 1,200 numbers');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Activity of this number' }).click();
  const number = `1${digits.replace(/\D/g, '')}`;
  await expectQuery(page, `number:${number}`, label);
  await expect(entries(page).filter({ hasText: 'Sync: 1,200 added' })).toHaveCount(1);
  await expect(entries(page).first().getByTestId('touched')).toHaveText(digits);

  // Typed: suggestions with counts, pills, several pieces together.
  await setQuery(page, '', label);
  await expect.poll(() => entries(page).count()).toBeGreaterThan(2);
  await page.keyboard.type('kin');
  await expect(page.getByRole('option')).toHaveText(/^kind:\s*Kind/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: /Routes/ })).toContainText('1');
  await expectAccessible(page);
  await page.keyboard.type('rou');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expectQuery(page, 'kind:routes', label);
  await expect(entries(page)).toHaveCount(1);
  await page.keyboard.type('since:today changed ');
  await expect(entries(page)).toHaveCount(1);
  await setQuery(page, 'before:today', label);
  await expect(page.getByText('Nothing fits this filter.')).toBeVisible();
  await setQuery(page, 'change 1', label);
  await expect(entries(page)).toHaveCount(1);

  // The form of the same filters.
  await setQuery(page, '', label);
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  const form = page.getByRole('form', { name: 'Add a filter' });
  await expectAccessible(page);
  await form.getByLabel('Outcome').selectOption('OK');
  await expectQuery(page, 'outcome:ok', label);
  await expect(queryField(page, label)).toBeFocused();

  // What is not understood finds nothing and says why; nothing of it is exported.
  await setQuery(page, 'kind:nonsense', label);
  await expect(
    page.getByText('The filter is not understood: "kind:nonsense".', { exact: false }),
  ).toBeVisible();
  await expect(page.getByRole('button', { name: 'Export…' })).toBeDisabled();
  await expectAccessible(page);

  // It survives leaving the screen, and an export has what the filter finds.
  await setQuery(page, 'kind:routes', label);
  await expect(entries(page)).toHaveCount(1);
  await go(page, /^Buy/);
  await go(page, /^Activity/);
  await expectQuery(page, 'kind:routes', label);
  const mouse = (button: number) =>
    page.evaluate((which) => {
      document.body.dispatchEvent(new MouseEvent('mouseup', { button: which, bubbles: true }));
    }, button);
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('main', { name: 'Routes' })).toBeVisible();
  await page.getByRole('button', { name: 'Activity of this change' }).click();
  await expectQuery(page, 'change:1', label);
  await mouse(3);
  await mouse(3);
  await expectQuery(page, 'kind:routes', label);
  await page.getByRole('button', { name: 'Export…' }).click();
  const [head, ...lines] = await exportedLines(app, info);
  expect(head).toBe('time,kind,outcome,what,count,numbers');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('2 changed');
});

test('routes are filtered by name, type, address, use and state, with suggestions and sums at the foot', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await go(page, /^Routes/);
  const list = page.getByRole('grid', { name: 'Inbound routes' });
  const counts = page.getByTestId('route-counts');
  await expect(list).toContainText('sip-reg');
  const total = Number((await counts.innerText()).split(' ')[0]);
  await expect(page.getByText('1,200 numbers as primary')).toBeVisible();
  // By letters of the name, as a field for a route finds it.
  await setQuery(page, 'sbwe', 'Filter routes');
  await expect(counts).toHaveText(`1 of ${total} routes`);
  await expect(list).toContainText('sbc-west');
  await setQuery(page, 'type:', 'Filter routes');
  await expect(counts).toHaveText(`${total} routes`);
  const host = page.getByRole('option', { name: /HOST/ });
  await expect(host).toBeVisible();
  await expectAccessible(page);
  const ofType = Number(await host.locator('.count').innerText());
  await host.click();
  await expectQuery(page, 'type:host', 'Filter routes');
  await expect(counts).toHaveText(`${ofType} of ${total} routes`);
  await setQuery(page, 'used:none', 'Filter routes');
  // The count is of this filter, not of the one before.
  await expect(list).toHaveAttribute('aria-busy', 'false');
  await expect(counts).toHaveText(/^\d+ of \d+ routes?$/);
  const unused = Number((await counts.innerText()).split(' ')[0]);
  await setQuery(page, '-used:none state:listed', 'Filter routes');
  await expect(counts).toHaveText(`${total - unused} of ${total} routes`);
  await setQuery(page, 'used:often', 'Filter routes');
  await expect(page.getByText('The filter is not understood: "used:often".', { exact: false })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Export CSV…' })).toBeDisabled();
  await expectAccessible(page);
  // The same as a form.
  await setQuery(page, '', 'Filter routes');
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page
    .getByRole('form', { name: 'Add a filter' })
    .getByRole('combobox', { name: 'Used', exact: true })
    .selectOption('Not used');
  await expectQuery(page, 'used:none', 'Filter routes');
  await expect(counts).toHaveText(`${unused} of ${total} ${total === 1 ? 'route' : 'routes'}`);
});
