import type { Screen } from './screen.ts';
import { find, go, openPlan, plansOf, row } from './steps.ts';

/** Where the pictures of README are, from the root of the project. */
export const readmeFolder = 'assets/screenshots';

/** The pictures of README, each under its name. */
export const readmePictures: readonly Screen[] = [
  {
    name: 'numbers',
    states: ['full'],
    async open(page) {
      await row(page, 5).waitFor();
    },
  },
  { name: 'buy', states: ['full'], open: find },
  {
    name: 'change',
    states: ['full'],
    async open(page, rig) {
      await openPlan(page, plansOf(rig).draft, rig);
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
