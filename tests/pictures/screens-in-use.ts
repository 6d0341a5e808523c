import type { Page } from '@playwright/test';
import { valueOf } from '../support/host-client.ts';
import type { Screen } from './screen.ts';
import type { Rig } from './stage.ts';
import {
  button,
  dialog,
  expect,
  find,
  go,
  grid,
  openPlan,
  openQuickSearch,
  plansOf,
  row,
  search,
  select,
  settings,
  tab,
  usedRoute,
} from './steps.ts';

/** The list of numbers while it is grouped. */
const groups = (page: Page) => page.getByRole('treegrid', { name: 'Owned numbers' });
const filter = (page: Page) => page.getByLabel('Filter numbers', { exact: true });

/** Opens the menu of a row with the mouse. */
async function rowMenu(page: Page, at: number): Promise<void> {
  await row(page, at).click({ button: 'right' });
  await page.getByRole('menu').waitFor();
}

/** Changes the primary route of the first numbers in their cells, one after the other. */
async function editPrimaries(page: Page, routes: readonly string[]): Promise<void> {
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('F2');
  const field = page.getByRole('combobox', { name: /^Primary route of/ });
  for (const route of routes) {
    await field.fill(route);
    await page.keyboard.press('Enter');
  }
  await field.press('Escape');
  await page
    .getByTestId('staged')
    .filter({ hasText: String(routes.length) })
    .waitFor();
}

async function groupBy(page: Page, title: string): Promise<void> {
  await button(page, 'Choose columns').click();
  await page.getByRole('dialog', { name: 'Columns' }).getByLabel('Group by').selectOption(title);
  await page.keyboard.press('Escape');
  await groups(page).waitFor();
}

/** Columns, their order and groups as they are before anybody chose. */
async function usualTables({ client }: Rig): Promise<void> {
  await valueOf(client.call('settings.set', { tables: {} }));
}

/** What opens over a screen or in it while somebody works there: cells, menus, choosers, suggestions, choices. */
export const inUse: readonly Screen[] = [
  {
    name: 'numbers-edit-route',
    states: ['full'],
    async open(page) {
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('F2');
      await page.getByRole('combobox', { name: /^Primary route of/ }).fill('sbc');
      await page
        .getByRole('option', { name: /^sbc-east/ })
        .first()
        .waitFor();
    },
  },
  {
    name: 'numbers-edit-route-unknown',
    states: ['full'],
    async open(page) {
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('F2');
      await page.getByRole('combobox', { name: /^Primary route of/ }).fill('sbc-est');
      await page.getByText('There is no route "sbc-est".').waitFor();
    },
  },
  {
    name: 'numbers-edit-tags',
    states: ['full'],
    // Where it is narrower the column has no room.
    sizes: ['1280x800', '1920x1080'],
    async open(page) {
      await rowMenu(page, 3);
      await page.getByRole('menuitem', { name: 'Edit tags…' }).click();
      await page.getByRole('combobox', { name: /^Tags of/ }).fill('vip, ca');
    },
  },
  {
    name: 'numbers-staged',
    states: ['full'],
    open: (page) => editPrimaries(page, ['sbc-west', 'fax', 'sbc-west']),
  },
  {
    name: 'numbers-staged-selected',
    states: ['full'],
    async open(page) {
      await editPrimaries(page, ['sbc-west', 'fax', 'sbc-west']);
      await select(page, 4);
    },
  },
  {
    name: 'numbers-discarded',
    states: ['full'],
    async open(page) {
      await editPrimaries(page, ['sbc-west', 'fax']);
      await button(page, 'Discard').click();
      await button(page, 'Undo').waitFor();
    },
  },
  {
    name: 'numbers-grouped',
    states: ['full'],
    async open(page, rig) {
      await groupBy(page, 'Primary route');
      for (const place of [0, 1]) await groups(page).locator('.group-title:visible').nth(place).click();
      await rig.settled();
    },
    after: usualTables,
  },
  {
    name: 'numbers-grouped-selected',
    states: ['full'],
    async open(page, rig) {
      await groupBy(page, 'State or province');
      for (const place of [0, 1, 2]) await groups(page).locator('.group-title:visible').nth(place).click();
      await groups(page).locator('.group:visible .check').nth(1).click();
      await page.getByTestId('selected').waitFor();
      await rig.settled();
    },
    after: usualTables,
  },
  {
    name: 'numbers-suggestions',
    states: ['full'],
    async open(page) {
      await filter(page).pressSequentially('jer');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'numbers-columns',
    states: ['full'],
    async open(page) {
      await button(page, 'Choose columns').click();
      await page.getByRole('dialog', { name: 'Columns' }).waitFor();
    },
  },
  {
    name: 'numbers-sorted',
    states: ['full'],
    async open(page, rig) {
      await grid(page).getByRole('columnheader', { name: 'Primary' }).getByRole('button').click();
      await grid(page)
        .getByRole('columnheader', { name: 'Number' })
        .getByRole('button', { name: 'Number' })
        .click({ modifiers: ['Shift'] });
      await rig.settled();
    },
  },
  {
    name: 'numbers-row-menu',
    states: ['full'],
    open: (page) => rowMenu(page, 4),
  },
  {
    name: 'numbers-row-menu-of-selected',
    states: ['full'],
    async open(page) {
      await select(page, 5);
      await rowMenu(page, 2);
    },
  },
  {
    name: 'numbers-row-hovered',
    states: ['full'],
    async open(page) {
      await row(page, 4).hover();
      await button(page, 'Copy this number').waitFor();
    },
  },
  {
    name: 'numbers-compact',
    states: ['full'],
    async open(page, rig) {
      await valueOf(rig.client.call('settings.set', { density: 'compact' }));
      await row(page, 20).waitFor();
    },
    async after({ client }) {
      await valueOf(client.call('settings.set', { density: 'comfortable' }));
    },
  },
  {
    name: 'sidebar-hidden',
    states: ['full', 'failing'],
    async open(page) {
      await button(page, 'Hide the sidebar').click();
      await button(page, 'Show the sidebar').waitFor();
    },
    async after({ client }) {
      await valueOf(client.call('settings.set', { sidebar: true }));
    },
  },
  {
    name: 'buy-suggestions',
    states: ['full'],
    async open(page, rig) {
      await go(page, 2, rig);
      await page.getByLabel('Find numbers to buy', { exact: true }).pressSequentially('npa:206 wash');
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'buy-refine',
    states: ['full'],
    async open(page, rig) {
      await search(page, 'state:wa word:taxi', rig);
      await button(page, /^Refine/).click();
      await page.getByRole('dialog', { name: 'Refine the search' }).waitFor();
    },
  },
  {
    name: 'buy-find-selected',
    states: ['full'],
    async open(page, rig) {
      await find(page, rig);
      for (const at of [1, 2, 4]) await row(page, at).click();
      await button(page, 'Add 3 to cart').waitFor();
    },
  },
  {
    name: 'buy-row-menu',
    states: ['full'],
    async open(page, rig) {
      await find(page, rig);
      await rowMenu(page, 3);
    },
  },
  {
    name: 'buy-cart-routes',
    states: ['full'],
    async open(page, rig) {
      await tab(page, 2, /^Cart/, rig);
      await page.getByLabel('Primary route for all').fill('sbc-west');
      await page.getByLabel('Failover route for all').fill('nowhere');
      await page.getByText('There is no route "nowhere".').waitFor();
    },
    async after(rig) {
      await valueOf(rig.client.call('cart.setRoutes', { primary: '', failover: '' }));
    },
  },
  {
    name: 'buy-review-routes',
    states: ['full'],
    async open(page, rig) {
      await tab(page, 2, /^Cart/, rig);
      await page.getByLabel('Primary route for all').fill('sbc-west');
      await page.getByLabel('Failover route for all').fill('fax');
      await page.getByTestId('review').click();
      await expect(dialog(page).getByLabel('Failover route')).toHaveValue('fax');
      await dialog(page).getByRole('row').nth(3).waitFor();
    },
  },
  {
    name: 'routes-row-menu',
    states: ['full'],
    async open(page, rig) {
      await go(page, 3, rig);
      await grid(page).getByText(usedRoute).first().click({ button: 'right' });
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'routes-change-left-out',
    states: ['full'],
    async open(page, rig) {
      await openPlan(page, plansOf(rig).leftOut, rig);
      await button(page, /^left out/).click();
      await rig.settled();
    },
  },
  {
    name: 'routes-change-numbers',
    states: ['full'],
    async open(page, rig) {
      await openPlan(page, plansOf(rig).draft, rig);
      await button(page, /^to change/).click();
      await rig.settled();
    },
  },
  {
    name: 'routes-import-problems',
    states: ['full'],
    async open(page, rig) {
      await openPlan(page, plansOf(rig).file, rig);
      await button(page, /^problems only/).click();
      await page.getByText('Left out:').first().waitFor();
    },
  },
  {
    name: 'activity-opened',
    states: ['full'],
    async open(page, rig) {
      await go(page, 4, rig);
      for (const place of [0, 1]) await page.locator('summary').nth(place).click();
    },
  },
  {
    name: 'palette-number',
    states: ['full'],
    async open(page, { prepared }) {
      await page.keyboard.press('Control+k');
      await dialog(page)
        .getByRole('combobox')
        .fill((prepared.numbers[0] ?? '').slice(1, 7));
      await dialog(page).getByRole('group', { name: 'Numbers' }).waitFor();
    },
  },
  {
    name: 'palette-of-selected',
    states: ['full'],
    async open(page) {
      await select(page, 3);
      await page.keyboard.press('Control+k');
      await dialog(page).getByRole('group', { name: '3 numbers selected' }).waitFor();
    },
  },
  {
    name: 'palette-finds-nothing',
    states: ['full'],
    async open(page) {
      await page.keyboard.press('Control+k');
      await dialog(page).getByRole('combobox').fill('zzzzzz');
    },
  },
  {
    name: 'quick-search-finds-nothing',
    states: ['full'],
    size: { width: 560, height: 420 },
    async open(page, rig) {
      await openQuickSearch(page);
      await page.getByRole('combobox').fill('0000000');
      await page.getByTestId('quick-problem').waitFor();
      await rig.settled();
    },
  },
  {
    name: 'quick-search-of-nobody',
    states: ['empty'],
    who: 'newcomer',
    size: { width: 560, height: 420 },
    async open(page) {
      await openQuickSearch(page);
      await page.getByTestId('quick-problem').waitFor();
    },
  },
  {
    name: 'settings-desktop',
    states: ['full'],
    who: 'desktop',
    async open(page) {
      await settings(page, 'Desktop');
      await dialog(page).getByLabel('Quick search from anywhere').waitFor();
    },
  },
];
