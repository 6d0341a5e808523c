import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { faultsOf, type Fault } from './checks.ts';
import type { Screen } from './screen.ts';
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
  // Legacy mode runs inside the page: else each question opens a page of its own.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => ({
      kind: 'axe' as const,
      element: html.slice(0, 120),
      box: null,
      what: `${id}: ${help}`,
    })),
  );
}

/** How a window is brought before the camera. */
export type View = {
  /** In CSS pixels. */
  readonly viewport: Size[1];
  readonly theme: Theme;
  readonly look: Screen['look'];
};

/** The part of a window that is seen at 200 %. */
export function halfOf({ width, height }: Size[1]): Size[1] {
  return { width: width / 2, height: height / 2 };
}

/** What was seen, and whether there is a picture of it: there is none where the window could not be brought so far. */
export type Taken = { readonly faults: readonly Fault[]; readonly pictured: boolean };

/** Brings the window to a size and a theme, writes its picture, and tells what is wrong with it; with `axe` what axe finds, too. */
export async function take(
  { page, picture }: Window,
  rig: Rig,
  { viewport, theme, look }: View,
  file: string,
  axe: boolean,
): Promise<Taken> {
  try {
    await page.setViewportSize(viewport);
    await page.emulateMedia({
      colorScheme: theme,
      forcedColors: look === 'forced-colors' ? 'active' : null,
      media: look === 'printed' ? 'print' : null,
    });
    await rig.settled();
    const faults = [...(await faultsOf(page)), ...(axe ? await axeFaults(page) : [])];
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, await picture(file.endsWith('.webp') ? 'webp' : 'png'));
    return { faults, pictured: true };
  } catch (thrown) {
    const what = (thrown as Error).message;
    return { faults: [{ kind: 'not reached', element: 'the page', box: null, what }], pictured: false };
  }
}
