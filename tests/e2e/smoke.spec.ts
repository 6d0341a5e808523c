import { expect, expectAccessible, test, setQuery } from './app.ts';

/** The shortest walk through the app that shows it is whole: of every host, the packaged app among them. */
test('it starts, opens the demo account, filters, opens a number, searches stock, and starts again with its list', async ({
  launch,
}) => {
  const first = await launch(['--demo']);
  const { page } = first;
  await expect(page).toHaveTitle('Numberdesk');
  await expect(page.getByTestId('counts')).toHaveText('2,480 numbers');
  await page.keyboard.press('/');
  await page.keyboard.type('state:wa');
  await expect(page.getByTestId('counts')).toHaveText(/^\d+ of 2,480 numbers$/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('freshness')).toContainText('Checked with the carrier just now');
  await page.getByRole('link', { name: /^Buy/ }).click();
  await setQuery(page, 'npa:206', 'Find numbers to buy');
  await expect(page.getByTestId('found')).toHaveText(/^[\d,]+ numbers loaded$/);
  await page.getByRole('link', { name: /^Routes/ }).click();
  await expect(page.getByRole('grid', { name: 'Inbound routes' })).toContainText('sip-reg');
  await expectAccessible(page);
  await first.close();
  const again = await launch();
  await expect(again.page.getByTestId('counts')).toHaveText('2,480 numbers');
});
