import { expect, expectAccessible, signInSynced, test } from './app.ts';

test('what a list suddenly lacks stays and is named; odd records are named; refused keys are tried again', async ({
  launch,
  sandbox,
}) => {
  const { page } = await launch();
  await signInSynced(page, sandbox);
  const listed = await (await fetch(sandbox.ledgerUrl.replace('ledger', 'owned'))).text();
  const gone = listed.split('\n', 70).map((line) => line.split(' ')[0] ?? '');
  const id = '44207946012345678';
  await sandbox.mutate({
    remove: gone,
    odd: { owned: { [id]: { billing_method: 'METERED', routes: [] } } },
    oddV2: { owned: { [id]: { type: 'number', id, attributes: { value: id } } } },
  });
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByTestId('missing')).toContainText("70 numbers are missing from the carrier's list.");
  await expect(page.getByTestId('odd')).toHaveText(
    '1 number of the carrier cannot be read: 44207946012345678 (it is not a number of 7 to 15 digits).',
  );
  await expect(page.getByTestId('counts')).toHaveText('1,200 numbers');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Show them' }).click();
  await expect(page.getByTestId('counts')).toHaveText('70 of 1,200 numbers');
  const first = page.getByRole('grid').locator('.data:visible').first();
  await expect(first.locator('.number')).toContainText('missing');
  await first.click();
  await expect(page.getByTestId('missing-since')).toContainText("The carrier's list lacks it since");
  await expect(page.getByTestId('freshness')).toContainText('was not found in this account');
  await expectAccessible(page);

  // A refusal is no end: the same keys are tried again, and are good again.
  await sandbox.setFaults(['*:401:1']);
  await page.getByRole('button', { name: 'Sync now' }).click();
  await expect(page.getByTestId('banner')).toContainText('does not accept the keys');
  await sandbox.setFaults([]);
  await page.getByTestId('banner').getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByTestId('banner')).toBeHidden();
});
