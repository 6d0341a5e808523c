import { expect as expectNow, type Locator, type Page } from '@playwright/test';
import { valueOf } from '../support/host-client.ts';
import type { Rig, StateName } from './stage.ts';

/** A carrier that fails is asked five times before that is told. */
export const expect = expectNow.configure({ timeout: 15_000 });
export const known = ['full', 'loading', 'stale', 'offline', 'failing'] as const;

export const go = async (page: Page, at: 1 | 2 | 3 | 4, rig: Rig): Promise<void> => {
  await page.keyboard.press(`Control+${at}`);
  const names = { 1: 'Numbers', 2: 'Buy numbers', 3: 'Routes', 4: 'Activity' } as const;
  await page.getByRole('main', { name: names[at] }).waitFor();
  await rig.settled();
};
export const grid = (page: Page): Locator => page.getByRole('grid');
/** A route that has numbers and stands high in the list. */
export const usedRoute = 'after-hours-2';
/** A row of a list whose number is here. */
export const row = (page: Page, at: number): Locator =>
  grid(page).getByRole('row').filter({ hasText: /\d{4}/ }).nth(at);
export const dialog = (page: Page): Locator => page.getByRole('dialog');
export const button = (page: Page | Locator, name: string | RegExp): Locator =>
  page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });

/** Puts a command of the palette to work. */
export async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await dialog(page).getByRole('combobox').fill(title);
  await expect(dialog(page).getByRole('option').first()).toContainText(title);
  await page.keyboard.press('Enter');
}

export async function select(page: Page, count: number): Promise<void> {
  await page.keyboard.press('ArrowDown');
  for (let at = 1; at < count; at += 1) await page.keyboard.press('Shift+ArrowDown');
  await page.getByRole('toolbar', { name: 'Selected numbers' }).waitFor();
}

/** Types another primary route for the first number. */
export async function setRoutes(page: Page): Promise<void> {
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('r');
  await dialog(page).getByLabel('Primary route').fill('sbc-west');
}

export async function search(page: Page, text: string, rig: Rig): Promise<void> {
  await go(page, 2, rig);
  await page.getByLabel('Find numbers to buy', { exact: true }).fill(text);
}

/** The results of a search for numbers to buy, as far as the carrier answers. */
export async function find(page: Page, rig: Rig): Promise<void> {
  await search(page, '2', rig);
  // What the field offers would lie over what is found.
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Escape');
  const found = { full: /loaded$/, loading: /so far$/ } as Partial<Record<StateName, RegExp>>;
  const said = found[rig.state];
  if (said) await page.getByTestId('found').filter({ hasText: said }).waitFor();
  else await page.getByRole('alert').first().waitFor();
}

export const tab = async (page: Page, at: 2 | 3, name: RegExp, rig: Rig): Promise<void> => {
  await go(page, at, rig);
  await button(page, name).click();
  await rig.settled();
};

export async function settings(page: Page, section: string | null): Promise<void> {
  await page.keyboard.press('Control+,');
  if (section) await button(dialog(page), section).click();
}

/** The row of a change or an order, by what people call it. */
function jobOf(page: Page, list: 'Changes' | 'Orders', ordinal: number): Locator {
  const column = list === 'Changes' ? 'change' : 'order';
  const cell = page.locator(`[data-cell="${column}"]`, {
    hasText: new RegExp(`^\\s*(?:Order )?${ordinal}(?:\\s|$)`),
  });
  return page.getByRole('grid', { name: list }).locator('.data:visible').filter({ has: cell });
}

/** Opens the newest change or order. */
export async function openNewest(page: Page, list: 'Changes' | 'Orders', rig: Rig): Promise<void> {
  await tab(page, list === 'Changes' ? 3 : 2, new RegExp(`^${list}`), rig);
  await page.getByRole('grid', { name: list }).locator('.data:visible').first().click();
}

/** Opens a change of routes by the beginning of what it is called in the list. */
export async function openPlan(page: Page, id: number, rig: Rig): Promise<void> {
  const { ordinal } = await valueOf(rig.client.call('plans.get', { id }));
  await tab(page, 3, /^Changes/, rig);
  await jobOf(page, 'Changes', ordinal).click();
  await page.getByRole('region', { name: `Change ${ordinal}` }).waitFor();
}
/** Opens an order that is done. */
export async function openReceipt(page: Page, rig: Rig): Promise<void> {
  const { ordinal } = await valueOf(rig.client.call('orders.get', { id: rig.prepared.order ?? 0 }));
  await tab(page, 2, /^Orders/, rig);
  await jobOf(page, 'Orders', ordinal).click();
  await page.getByRole('heading', { name: 'Receipt' }).waitFor();
}

export const plansOf = ({ prepared: { plans } }: Rig) => {
  if (!plans) throw new Error('there are no plans in this state');
  return plans;
};
export const csv = (name: string, text: string) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(text),
});

/** Fills in the keys on the screen, wrong ones where nothing else is wrong, and sends them. */
export async function sendKeys(page: Page, rig: Rig, within: Page | Locator = page): Promise<void> {
  await typeKeys(within, rig);
  if (rig.state === 'loading') await button(within, 'Checking the keys…').waitFor();
  else await within.getByRole('alert').waitFor();
}

export async function typeKeys(within: Page | Locator, rig: Rig): Promise<void> {
  await within.getByLabel('Access key').fill(rig.sandbox.accessKey);
  await within.getByLabel('Secret key').fill(rig.state === 'full' ? 'not the secret' : rig.sandbox.secretKey);
  const session = within.getByLabel('Keep it for this session only');
  if (await session.isVisible()) await session.check();
  await within.getByRole('button', { name: /^(Sign in|Use these keys)$/ }).click();
}

/** The desktop's small window is the same page, asked for by its address. */
export async function openQuickSearch(page: Page): Promise<void> {
  await page.evaluate(() => {
    location.hash = '#quick';
  });
  await page.reload();
  await page.getByRole('main', { name: 'Quick search' }).waitFor();
}
