import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from '@playwright/test';
import type { Found } from './report.ts';

export type Picture = {
  readonly screen: string;
  readonly state: string;
  readonly size: string;
  readonly theme: string;
  /** Relative to the folder of all pictures. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
};

const scale = 0.34;
const style = `
  body { margin: 0; padding: 12px; background: #777; color: #fff; font: 13px sans-serif }
  h2 { margin: 8px 0 } .row { display: flex; gap: 8px; margin-bottom: 8px; align-items: start }
  figure { position: relative; margin: 0 } figcaption { font-size: 11px } a { position: relative; display: block; overflow: hidden } img { display: block; width: 100% }
  i { position: absolute; border: 1px solid #f00; box-sizing: border-box }`;

/** `index.html` with all pictures, and `sheets/SCREEN.png`, all pictures of one screen. What is wrong has a red frame. */
export async function writeSheets(
  browser: Browser,
  out: string,
  pictures: readonly Picture[],
  found: readonly Found[],
): Promise<void> {
  const byScreen = Map.groupBy(pictures, ({ screen }) => screen);
  const sections = [...byScreen].map(([screen, all]) => [screen, sectionOf(screen, all, found)] as const);
  const written = (body: string) => `<!doctype html><meta charset="utf-8"><style>${style}</style>${body}\n`;
  const index = path.join(out, 'index.html');
  writeFileSync(index, written(sections.map(([, section]) => section).join('')));
  const page = await browser.newPage({ viewport: { width: 1400, height: 800 } });
  for (const [screen, section] of sections) {
    const sheet = path.join(out, 'sheet.html');
    writeFileSync(sheet, written(section.replaceAll(' loading="lazy"', '')));
    await page.goto(pathToFileURL(sheet).href);
    const body = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.body.scrollHeight,
    ]);
    await page.setViewportSize({ width: body[0] ?? 1400, height: body[1] ?? 800 });
    await page.screenshot({ path: path.join(out, 'sheets', `${screen}.png`) });
  }
  await page.close();
}

/** A row for each state, light and dark beside each other; where there are few, a row for each theme, so that the sheet is not wide. */
function sectionOf(screen: string, pictures: readonly Picture[], found: readonly Found[]): string {
  const states = new Set(pictures.map(({ state }) => state)).size;
  const rowOf = ({ state, theme }: Picture) => (states > 3 ? state : `${state} ${theme}`);
  const rows = [...Map.groupBy(pictures, rowOf).values()].map((row) => {
    const figures = row.toSorted((a, b) => b.theme.localeCompare(a.theme) || a.width - b.width);
    return `<div class="row">${figures.map((one) => figureOf(one, found)).join('')}</div>`;
  });
  return `<h2>${screen}</h2>${rows.join('')}`;
}

function figureOf(picture: Picture, found: readonly Found[]): string {
  const { screen, state, size, theme, file, width, height } = picture;
  const own = found.filter(
    (one) => one.screen === screen && one.state === state && one.size === size && one.theme === theme,
  );
  const frames = own.flatMap(({ box, what }) =>
    box
      ? [
          `<i title="${plain(what)}" style="left:${box.x * scale}px;top:${box.y * scale}px;width:${box.width * scale}px;height:${box.height * scale}px"></i>`,
        ]
      : [],
  );
  return `<figure><a href="${file}" style="width:${width * scale}px;height:${height * scale}px"><img loading="lazy" src="${file}" alt="">${frames.join('')}</a><figcaption>${state} ${size} ${theme}${own.length > 0 ? `, ${own.length} faults` : ''}</figcaption></figure>`;
}

function plain(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
