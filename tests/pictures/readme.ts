import { compared } from './prepare.ts';
import type { Screen } from './screen.ts';
import { find, go, openPlan, row } from './steps.ts';

/** Where the pictures of README are, from the root of the project. */
export const readmeFolder = 'assets/screenshots';

/** The pictures of README, each under its name. */
export const readmePictures: readonly Screen[] = [
  {
    name: 'numbers',
    states: ['full'],
    async open(page, rig) {
      // Of one state, whose routes nobody made odd for other pictures.
      await page.getByLabel('Filter numbers', { exact: true }).fill('state:wa ');
      await page.getByTestId('counts').filter({ hasText: ' of ' }).waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('ArrowDown');
      await rig.settled();
      await row(page, 5).waitFor();
    },
  },
  { name: 'buy', states: ['full'], open: find },
  {
    name: 'change',
    states: ['full'],
    async open(page, rig) {
      const { id } = await compared(rig.client, {
        ...{
          kind: 'query',
          text: 'state:wa',
          change: { primary: { route: 'sbc-west' }, failover: { route: 'fax' } },
        },
      });
      await openPlan(page, id, rig);
      await page.getByTestId('apply').waitFor();
    },
  },
  {
    name: 'routes',
    states: ['full'],
    async open(page, rig) {
      await go(page, 3, rig);
      await page.getByLabel('Inbound routes', { exact: true }).waitFor();
    },
  },
];
