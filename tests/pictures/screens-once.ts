import { button, openReceipt } from './steps.ts';
import type { Screen } from './screen.ts';

/** Of these one look more is worth having: at 200 %. */
const zoomed = [
  'numbers',
  'numbers-details',
  'numbers-selected',
  'numbers-routes-of-one',
  'buy-find',
  'buy-cart',
  'buy-review',
  'routes',
  'routes-details',
  'routes-change-planned',
  'routes-audit-each',
  'activity',
  'palette',
  'settings-general',
];
/** And in the high-contrast colours of the system. */
const highContrast = [
  'numbers-selected',
  'numbers-edit-route',
  'numbers-filter-not-understood',
  'buy-find-in-a-row',
  'routes-change-planned',
  'palette',
];

/** Screens that are looked at in another way, of those that there are. */
export function otherLooks(screens: readonly Screen[]): readonly Screen[] {
  const again = (names: readonly string[], look: 'zoomed' | 'forced-colors') =>
    names.map((name): Screen => {
      const screen = screens.find((one) => one.name === name);
      if (!screen) throw new Error(`there is no screen ${name}`);
      return { ...screen, name: `${name}-${look}`, states: ['full'], look };
    });
  return [...again(zoomed, 'zoomed'), ...again(highContrast, 'forced-colors'), printedReceipt];
}

/** On a sheet of A4 paper, in CSS pixels. */
const printedReceipt: Screen = {
  name: 'buy-receipt-printed',
  states: ['full'],
  look: 'printed',
  size: { width: 794, height: 1123 },
  async open(page, rig) {
    await openReceipt(page, rig);
    // The system's dialog would wait for somebody.
    await page.evaluate(() => {
      window.print = () => undefined;
    });
    await button(page, 'Print…').click();
    await page.getByTestId('printed').waitFor({ state: 'attached' });
  },
};
