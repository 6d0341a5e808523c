import { expect, type Page } from '@playwright/test';
import { faultsOf } from '../pictures/checks.ts';
import { screens } from '../pictures/screens.ts';
import { startStage } from '../pictures/stage.ts';
import { some } from '../support/some.ts';

/** Windows of 1280×800 and of 900×600 at 200 %, in CSS pixels. */
const windows = [
  { width: 640, height: 400 },
  { width: 450, height: 300 },
] as const;
/** Controls of what can be used now that no scrolling brings to where they can be pressed, in words. Runs in the page. */
function outOfReach(): string[] {
  const modal = [
    ...document.querySelectorAll('dialog:modal, [role="dialog"][aria-modal="true"], [role="menu"]'),
  ];
  const root = modal.filter((one) => one.checkVisibility()).at(-1) ?? document.body;
  // What opens over a screen and is closed by Escape: it covers what is behind it, and is looked at itself.
  const over =
    '[role="listbox"], [role="dialog"], [role="form"], form[aria-label="Add a filter"], section.panel, aside.panel';
  const selector = 'button, a[href], input, select, textarea, summary, [role="menuitem"], [role="option"]';
  const nameOf = (control: Element): string => {
    const name = control.getAttribute('aria-label') ?? control.textContent.trim();
    return `${control.tagName.toLowerCase()} "${name.slice(0, 60)}"`;
  };
  const pressed = (control: Element): boolean => {
    const { left, top, width, height } = control.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    if (hit === null) return false;
    const layer = hit.closest(over);
    if (layer && layer !== root && !layer.contains(control)) return true;
    return control.contains(hit) || hit.contains(control) || hit.closest('label')?.contains(control) === true;
  };
  return [...root.querySelectorAll(selector)].flatMap((control) => {
    const { width, height } = control.getBoundingClientRect();
    // What is for screen readers only is not pressed with a pointer.
    if (
      !control.checkVisibility({ visibilityProperty: true, opacityProperty: true }) ||
      width <= 1 ||
      height <= 1
    )
      return [];
    if (control.closest('.visually-hidden')) return [];
    // Rows of a list are brought into view by its own scrolling, which draws others: those are looked at that are seen now.
    const list = control.closest('.data')?.closest('.windowed');
    if (list) {
      control.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      if (!control.isConnected || pressed(control)) return [];
      const [row, view] = [control.getBoundingClientRect(), list.getBoundingClientRect()];
      const head = list.querySelector('.head')?.getBoundingClientRect().bottom ?? view.top;
      return row.top < head || row.bottom > Math.min(view.bottom, innerHeight) ? [] : [nameOf(control)];
    }
    for (const block of ['nearest', 'center', 'start', 'end'] as const) {
      control.scrollIntoView({ block, inline: 'nearest' });
      if (pressed(control)) return [];
    }
    return [nameOf(control)];
  });
}

/** The buttons that decide something can be pressed as a person does, the pointer at their middle. */
async function pressable(page: Page): Promise<void> {
  const dialog = page.locator('dialog:modal');
  const within = (await dialog.count()) > 0 ? dialog.last() : page.locator('main');
  const deciding = within.locator(
    '.button.primary:enabled, .button.danger:enabled, .dialog-foot .button:enabled',
  );
  for (const button of await deciding.all()) await button.click({ trial: true, timeout: 5_000 });
}

/** Opens these screens, by their names among the pictures, in both windows, and expects each control within reach and nothing that scrolls sideways. */
export async function expectWithinReach(names: readonly string[]): Promise<void> {
  const stage = await startStage('full', 1_200);
  try {
    const wrong: string[] = [];
    for (const name of some(names)) {
      const screen = screens.find((one) => one.name === name);
      if (!screen) throw new Error(`there is no screen ${name}`);
      const { page, watch } = await stage.windowOf(screen.who ?? 'account', true);
      await page.setViewportSize({ width: 1280, height: 800 });
      try {
        await screen.open(page, stage.rig);
      } catch (thrown) {
        wrong.push(`${name} is not reached: ${String(thrown).split('\n').slice(0, 3).join(' ')}`);
        continue;
      }
      for (const viewport of some(windows)) {
        await page.setViewportSize(viewport);
        await watch.settled();
        const at = `${screen.name} at ${viewport.width}×${viewport.height}`;
        const faults = (await faultsOf(page)).filter(
          ({ kind, element }) => kind === 'sideways' || (kind === 'overlap' && !element.includes('.panel')),
        );
        wrong.push(...faults.map(({ kind, element, what }) => `${at}: ${kind} ${element}: ${what}`));
        // A list that is open under a field lies over what is below it, and goes first.
        const lists = page.getByRole('listbox').filter({ visible: true });
        if ((await lists.count()) > 0) await page.keyboard.press('Escape');
        await expect(lists).toHaveCount(0);
        const beyond = await page.evaluate(outOfReach);
        wrong.push(...beyond.map((control) => `${at}: out of reach: ${control}`));
        await pressable(page).catch((thrown: unknown) => {
          wrong.push(`${at}: ${String(thrown).split('\n').slice(0, 3).join(' ')}`);
        });
        const folder = process.env['ZOOM_PICTURES'];
        if (folder) await page.screenshot({ path: `${folder}/${name}-${viewport.width}.png` });
      }
      await screen.after?.(stage.rig);
    }
    expect(wrong).toEqual([]);
  } finally {
    await stage.close();
  }
}
