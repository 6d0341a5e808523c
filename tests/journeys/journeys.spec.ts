import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import { launchBrowser } from '../bench/page.ts';
import { startBrowserHost } from '../support/browser-host-process.ts';
import { ended } from '../support/child.ts';
import { connectTo, signInSynced, valueOf } from '../support/host-client.ts';
import { some } from '../support/some.ts';
import { startJourneyAccount, type JourneyAccount } from './account.ts';
import { Hand } from './hand.ts';

/**
 * Keys and clicks of daily work, counted: a journey that takes more than it may fails. Every journey does its work to the end, and
 * what it did is asked of the carrier.
 */
type Desk = {
  readonly page: Page;
  readonly hand: Hand;
  readonly address: string;
  readonly account: JourneyAccount;
};
type Counted = { readonly journey: string; readonly count: number; readonly most: number };

const counted: Counted[] = [];
const report = path.resolve(import.meta.dirname, '../../test-results/journeys.json');

const test = base.extend<object, { desk: Desk }>({
  desk: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures a function needs from this pattern.
    async ({}, use) => {
      const account = await startJourneyAccount();
      const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-journeys-'));
      const host = await startBrowserHost(folder);
      const client = await connectTo(host.address);
      const { sandbox } = account;
      await signInSynced(client, sandbox, 'Journeys');
      // Orders of twenty are usual here.
      await valueOf(client.call('settings.set', { orderLimit: 10_000 }));
      const browser = await launchBrowser();
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const page = await context.newPage();
      await page.goto(host.address);
      await use({ page, hand: await Hand.on(page), address: host.address, account });
      await browser.close();
      client.close();
      await ended(host.child);
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 90_000 },
  ],
});

/** Opens the window anew: each journey begins on the Numbers screen, with nothing typed or chosen. */
async function begin({ page, hand, address }: Desk): Promise<void> {
  await page.goto('about:blank');
  await page.goto(address);
  await expect(page.getByTestId('counts')).toHaveText('20,000 numbers');
  await expect(page.getByLabel('Filter numbers', { exact: true })).toBeFocused();
  await hand.begin();
}

async function ends(journey: string, most: number, { hand }: Desk, besides = 0): Promise<void> {
  const count = await hand.count(besides);
  counted.push({ journey, count, most });
  expect(count, journey).toBeLessThanOrEqual(most);
}

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const national = (number: string) => `(${number.slice(1, 4)}) ${number.slice(4, 7)}-${number.slice(7)}`;
const row = (page: Page, text: string) => page.getByRole('grid').getByRole('row').filter({ hasText: text });

/** Primary and failover of every number at the carrier. */
async function truth({ sandbox }: JourneyAccount): Promise<Map<string, string>> {
  const text = await (await fetch(new URL('/__sandbox/owned', sandbox.ledgerUrl))).text();
  return new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, 11), line.slice(12)]),
  );
}
const withPair = async (account: JourneyAccount, pair: string) =>
  [...(await truth(account)).values()].filter((one) => one === pair).length;

test.afterAll(() => {
  const lines = counted.map(
    ({ journey, count, most }) => `| ${journey} | ${count} | ${most} | ${count > most ? 'above' : ''} |`,
  );
  console.log(
    ['| journey | keys and clicks | at most | |', '| --- | --- | --- | --- |', ...lines].join('\n'),
  );
  mkdirSync(path.dirname(report), { recursive: true });
  writeFileSync(report, `${JSON.stringify(counted, null, 2)}\n`);
});

test('find a number by its last four and copy it, in another format too', async ({ desk }) => {
  const { page, hand, account } = desk;
  const { wanted } = account;
  await begin(desk);
  await hand.type(wanted.slice(-4));
  await hand.click(row(page, national(wanted)));
  await hand.press('c');
  await expect.poll(() => clipboard(page)).toBe(national(wanted));
  await ends('find by last four and copy', 6, desk);

  await begin(desk);
  await hand.type(wanted.slice(-4));
  await hand.click(row(page, national(wanted)));
  await hand.click(page.getByRole('button', { name: 'Copy this number as E.164' }));
  await expect.poll(() => clipboard(page)).toBe(`+${wanted}`);
  await ends('the same, copied as E.164', 7, desk);
});

test('move 300 numbers of an area code from one route to another, and undo it', async ({ desk }) => {
  const { page, hand, account } = desk;
  await begin(desk);
  await hand.type('npa:918 east');
  await expect(page.getByTestId('counts')).toHaveText('300 of 20,000 numbers');
  await hand.click(page.getByRole('button', { name: 'Set the routes of all 300 numbers shown' }));
  await expect(page.getByRole('dialog').getByLabel('Primary route')).toBeFocused();
  await hand.type('west');
  await expect(page.getByRole('option').first()).toContainText('sbc-west');
  await hand.press('Enter');
  await expect(page.getByRole('dialog').getByLabel('Primary route')).toHaveValue('sbc-west');
  await hand.press('Enter');
  await expect(page.getByTestId('apply')).toBeEnabled();
  await hand.click(page.getByTestId('apply'));
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  expect(await withPair(account, 'sbc-east fax')).toBe(0);
  await ends('move 300 of an area code to another route', 20, desk);

  await hand.begin();
  await hand.click(page.getByRole('button', { name: 'Undo…' }));
  await expect(page.getByRole('heading', { name: /^Undo of/ })).toBeVisible();
  await expect(page.getByTestId('apply')).toBeEnabled();
  await hand.click(page.getByTestId('apply'));
  await expect(page.getByTestId('plan-phase')).toHaveText('Done');
  expect(await withPair(account, 'sbc-east fax')).toBe(300);
  await ends('undo it', 2, desk);
});

test('give 7,000 numbers on three primaries a failover per primary', async ({ desk }) => {
  test.setTimeout(150_000);
  const { page, hand, account } = desk;
  await begin(desk);
  await hand.press('Control+3');
  await hand.click(page.getByRole('button', { name: /^Audit/ }));
  await hand.click(page.getByRole('button', { name: /^Fix per primary: Without a real failover/ }));
  const dialog = page.getByRole('dialog', { name: 'A failover for each primary' });
  const rows = dialog.getByRole('row').filter({ has: page.getByRole('combobox') });
  await expect(rows).toHaveCount(3);
  // As few letters as tell the route from the others; the list shows it first before it is taken.
  const letters: Readonly<Record<string, string>> = { fax: 'fax', 'sbc-west': 'we', 'pbx-1-3': '1-3' };
  const chosen = new Map(some(account.failovers));
  for (const primary of some(await rows.getByRole('rowheader').allTextContents())) {
    const failover = chosen.get(primary) ?? '';
    const field = dialog.getByLabel(`Failover for ${primary}`);
    await expect(field).toBeFocused();
    await hand.type(letters[failover] ?? failover);
    await expect(page.getByRole('option').first()).toContainText(failover);
    await hand.press('Enter');
    await expect(field).toHaveValue(failover);
  }
  await expect(dialog.getByTestId('spread-sum')).toHaveText('7,000 numbers change');
  await hand.press('Enter');
  await expect(page.getByTestId('apply')).toBeEnabled();
  await hand.click(page.getByTestId('apply'));
  await expect(page.getByTestId('plan-phase')).toHaveText('Done', { timeout: 90_000 });
  for (const [primary, failover] of some(chosen))
    expect(await withPair(account, `${primary} ${failover}`)).toBeGreaterThan(2_300);
  await ends('a failover per primary for 7,000 numbers', 16, desk);
});

test('find a number in quick search and copy it', async ({ desk }) => {
  const { page, hand, address, account } = desk;
  await page.goto('about:blank');
  await page.goto(`${address}`);
  await page.evaluate(() => (location.hash = '#quick'));
  await page.reload();
  await expect(page.getByRole('combobox', { name: 'Search your numbers' })).toBeFocused();
  await hand.begin();
  await hand.type(account.wanted.slice(-4));
  await hand.click(page.getByRole('option').filter({ hasText: national(account.wanted) }));
  await expect.poll(() => clipboard(page)).toBe(national(account.wanted));
  // The shortcut that opens it is the system's, on the desktop.
  await ends('quick search to copied, its shortcut counted', 6, desk, 1);
});

test('buy 20 in a row with a route', async ({ desk }) => {
  const { page, hand, account } = desk;
  await begin(desk);
  await hand.press('Control+2');
  await expect(page.getByLabel('Find numbers to buy', { exact: true })).toBeFocused();
  await hand.type(`npa:${account.row.npa}`);
  await expect(page.getByTestId('found')).toHaveText(/loaded$/);
  await hand.click(page.getByLabel('Numbers in a row, at least'));
  await hand.type('20');
  await expect(page.getByTestId('found')).toContainText('20 in rows of 20 and more');
  await hand.click(page.getByRole('button', { name: /^Add block .*, 20 numbers$/ }));
  await hand.click(page.getByRole('button', { name: 'Review order' }));
  await expect(page.getByTestId('buy')).toBeEnabled();
  const primary = page.getByRole('dialog').getByRole('combobox', { name: /^Primary route/ });
  await hand.click(page.getByRole('dialog').getByRole('button', { name: 'Show routes' }).first());
  await hand.click(page.getByRole('option').filter({ hasText: 'sbc-west' }).first());
  await expect(primary).toHaveValue('sbc-west');
  await hand.click(page.getByTestId('buy'));
  await expect(page.getByTestId('order-phase')).toHaveText('Done', { timeout: 30_000 });
  const now = await truth(account);
  expect(new Set(account.row.numbers.map((number) => now.get(number)))).toEqual(
    new Set(['sbc-west sip-reg']),
  );
  await ends('buy 20 in a row with a route', 16, desk);
});
