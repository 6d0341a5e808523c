import type { Page } from '@playwright/test';
import { startForwardProxy } from '../support/forward-proxy.ts';
import { expect, expectAccessible, signIn, signInSynced, test, setQuery } from './app.ts';

/** Where the focus is: inside the form with this button. */
const focusIn = (page: Page, button: string) =>
  page.evaluate(
    (name) =>
      [...document.querySelectorAll('form')]
        .find((form) => form.textContent.includes(name))
        ?.contains(document.activeElement) ?? false,
    button,
  );

test('a sign-in that cannot reach the carrier keeps what was typed, and the focus; refused keys ask for the secret again', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signIn(page, { ...sandbox, url: 'http://127.0.0.1:9' });
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('127.0.0.1:9 refused the connection.');
  await expect(page.getByLabel('Secret key')).toHaveValue(sandbox.secretKey);
  expect(await focusIn(page, 'Sign in')).toBe(true);
  await expectAccessible(page);
  await page.getByLabel('API address').fill('https://me:word@api.flowroute.com');
  await page.keyboard.press('Enter');
  await expect(alert).toContainText('holds a name or a password');
  await expect(page.getByLabel('Secret key')).toHaveValue(sandbox.secretKey);
  await page.getByLabel('Secret key').fill('wrong');
  await page.getByLabel('API address').fill(sandbox.url.toUpperCase().replace('/V1', ''));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(alert).toContainText('does not accept these keys');
  await expect(page.getByLabel('Secret key')).toHaveValue('');
  await expect(page.getByLabel('Secret key')).toBeFocused();
  await page.keyboard.type(sandbox.secretKey);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
});

test('a search that fails says so and can be tried again; nothing is said to be sold out', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  await page.getByRole('link', { name: /^Buy/ }).click();
  await sandbox.setFaults(['search:400:1']);
  await setQuery(page, 'npa:206', 'Find numbers to buy');
  await expect(page.getByRole('alert')).toContainText('Search failed.');
  await expect(page.getByText('Nothing for sale')).toBeHidden();
  await expectAccessible(page);
  await sandbox.setFaults([]);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
});

test('desktop: a proxy script of the system leads to a carrier that cannot be reached otherwise', async ({
  host,
  launch,
  sandbox,
}) => {
  test.skip(host !== 'desktop', 'of the desktop only');
  const { port } = new URL(sandbox.url);
  const proxy = await startForwardProxy({ names: { 'carrier.invalid': Number(port) } });
  const { page, electron } = await launch();
  const script = `function FindProxyForURL(url, host) { return host === 'carrier.invalid' ? 'PROXY 127.0.0.1:${proxy.port}' : 'DIRECT'; }`;
  await electron?.evaluate(
    ({ session }, pacScript) => session.defaultSession.setProxy({ mode: 'pac_script', pacScript }),
    `data:application/x-ns-proxy-autoconfig;base64,${Buffer.from(script).toString('base64')}`,
  );
  await signInSynced(page, { ...sandbox, url: `http://carrier.invalid:${port}` });
  expect(proxy.asked.length).toBeGreaterThan(5);
  expect(proxy.asked.every((line) => line.includes(` http://carrier.invalid:${port}/v1/`))).toBe(true);
  await proxy.close();
});
