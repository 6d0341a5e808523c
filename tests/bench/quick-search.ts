import { existsSync } from 'node:fs';
import path from 'node:path';
import { _electron } from '@playwright/test';
import { electronArguments, electronExecutable } from '../e2e/app.ts';
import { makeBigList } from './big-list.ts';
import { figure, MissingHost, type Bench } from './measure.ts';

/**
 * The desktop's small window with the main window beside it. Needs an Electron and a display, and a built app
 * (`npm run build`). No baseline: nothing else on a desktop searches these numbers.
 */
export const quickSearch: Bench = async ({ quick }) => {
  const missing = missingDesktop();
  if (missing) throw new MissingHost(missing);
  const list = await makeBigList(100_000);
  const env = { ...(process.env as Record<string, string>) };
  delete env['ELECTRON_RUN_AS_NODE'];
  const electron = await _electron.launch({
    executablePath: electronExecutable(),
    args: electronArguments(list.folder, []),
    env,
  });
  try {
    await electron.firstWindow();
    const main =
      electron.windows().find((one) => !one.url().endsWith('#quick')) ??
      (await electron.waitForEvent('window'));
    await main.getByTestId('counts').filter({ hasText: '100,000' }).waitFor();
    await main.waitForTimeout(2_000);
    const page = electron.windows().find((one) => one.url().endsWith('#quick'));
    if (!page) throw new Error('there is no quick search');
    const shown: number[] = [];
    const painted: number[] = [];
    for (let run = 0; run < (quick ? 3 : 20); run += 1) {
      shown.push(
        await electron.evaluate(async ({ BrowserWindow, Menu }) => {
          const window = BrowserWindow.getAllWindows().find((one) => !one.isResizable());
          if (!window) throw new Error('there is no quick search');
          const begun = performance.now();
          const visible = new Promise<void>((resolve) => {
            window.once('show', () => {
              resolve();
            });
          });
          // The shortcut calls the same function.
          Menu.getApplicationMenu()?.getMenuItemById('quick-search')?.click();
          await visible;
          return performance.now() - begun;
        }),
      );
      for (const text of ['2', '20', '206', '2065', 'fax', 'state:wa']) {
        painted.push(...(await page.evaluate(typeAndWait, text)));
      }
      await page.getByRole('combobox').press('Escape');
      await page.waitForTimeout(100);
    }
    return [
      figure('shortcut to visible window', 'ms', shown),
      figure('key to painted results', 'ms', painted),
    ];
  } finally {
    await electron.close();
    list.remove();
  }
};

/** Runs in the page. Milliseconds until the frame with another count is painted; nothing when it stays the same. */
async function typeAndWait(text: string): Promise<number[]> {
  const field = document.querySelector('input');
  const count = document.querySelector('[data-testid=quick-count]');
  if (!field || !count) throw new Error('there is no field');
  const before = count.textContent;
  const begun = performance.now();
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  const changed = new Promise<boolean>((resolve) => {
    new MutationObserver(() => {
      if (count.textContent !== before) resolve(true);
    }).observe(count, { characterData: true, childList: true, subtree: true });
    setTimeout(() => {
      resolve(false);
    }, 500);
  });
  if (!(await changed)) return [];
  await new Promise(requestAnimationFrame);
  await new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
  return [performance.now() - begun];
}

/** Why there is no desktop to measure; null when there is one. */
function missingDesktop(): string | null {
  if (!existsSync(path.resolve(import.meta.dirname, '../../dist/main/main.cjs')))
    return 'the app is not built';
  try {
    if (!existsSync(electronExecutable())) return 'there is no Electron';
  } catch {
    // The package is here, what it downloads is not.
    return 'there is no Electron';
  }
  const { DISPLAY: x11, WAYLAND_DISPLAY: wayland } = process.env;
  return process.platform === 'linux' && !x11 && !wayland ? 'there is no display' : null;
}
