import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { faultsOf, type Fault } from './checks.ts';
import type { Rig, Window } from './stage.ts';

export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];
export type Size = readonly [name: string, viewport: { readonly width: number; readonly height: number }];
/** The smallest one the desktop allows, a small computer's, and a large screen. */
export const windowSizes: readonly Size[] = [
  ['900x600', { width: 900, height: 600 }],
  ['1280x800', { width: 1280, height: 800 }],
  ['1920x1080', { width: 1920, height: 1080 }],
];

/** What axe finds on the page as it is now. */
async function axeFaults(page: Page): Promise<Fault[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => ({
      kind: 'axe' as const,
      element: html.slice(0, 120),
      box: null,
      what: `${id}: ${help}`,
    })),
  );
}

/** Brings the window to a size and a theme, writes its picture, and tells what is wrong with it; with `axe` what axe finds, too. */
export async function take(
  { page, picture }: Window,
  rig: Rig,
  [, viewport]: Size,
  theme: Theme,
  file: string,
  axe: boolean,
): Promise<Fault[]> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme: theme });
  try {
    await rig.settled();
  } catch (thrown) {
    return [{ kind: 'not reached', element: 'the page', box: null, what: (thrown as Error).message }];
  }
  const faults = [...(await faultsOf(page)), ...(axe ? await axeFaults(page) : [])];
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, await picture());
  return faults;
}
