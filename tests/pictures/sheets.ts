import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from '@playwright/test';
import type { Found } from './report.ts';
import type { Picture, Shelf } from './shelf.ts';

const scale = 0.34;
const style = `
  body { margin: 0; padding: 16px; background: #fff; color: #111; font: 20px/1.3 sans-serif }
  h2 { margin: 24px 0 8px; font-size: 32px } .row { display: flex; gap: 12px; margin-bottom: 16px; align-items: start }
  figure { position: relative; margin: 0 } figcaption { font-size: 18px; white-space: nowrap } .bad figcaption { color: #c00 }
  a { position: relative; display: block; overflow: hidden; outline: 1px solid #999 } img { display: block; width: 100% }
  nav { columns: 5; font-size: 15px } nav a { outline: 0 }
  i { position: absolute; border: 1px solid #f00; box-sizing: border-box }`;

/**
 * `index.html` with all pictures, and `sheets/SCREEN.png`, all pictures of one screen, for the screens that are `fresh`. What is wrong
 * has a red frame.
 */
export async function writeSheets(
  browser: Browser,
  out: string,
  { pictures, found }: Shelf,
  fresh: ReadonlySet<string>,
): Promise<void> {
  const byScreen = Map.groupBy(pictures, ({ screen }) => screen);
  const sections = [...byScreen].map(([screen, all]) => [screen, sectionOf(screen, all, found)] as const);
  const written = (body: string) => `<!doctype html><meta charset="utf-8"><style>${style}</style>${body}\n`;
  const names = sections.map(([screen]) => `<a href="#${screen}">${screen}</a>`);
  const all = `<nav>${names.join('')}</nav>${sections.map(([, section]) => section).join('')}`;
  writeFileSync(path.join(out, 'index.html'), written(all));
  mkdirSync(path.join(out, 'sheets'), { recursive: true });
  const page = await browser.newPage();
  for (const [screen, section] of sections) {
    if (!fresh.has(screen)) continue;
    const sheet = path.join(out, 'sheet.html');
    writeFileSync(sheet, written(section.replaceAll(' loading="lazy"', '')));
    await page.setViewportSize({ width: 1400, height: 800 });
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
  return `<h2 id="${screen}">${screen}</h2>${rows.join('')}`;
}

function figureOf(picture: Picture, found: readonly Found[]): string {
  const { screen, state, size, theme, file, width, height, zoom } = picture;
  const cssPixel = scale * zoom;
  const own = found.filter(
    (one) => one.screen === screen && one.state === state && one.size === size && one.theme === theme,
  );
  const frames = own.flatMap(({ box, what }) =>
    box
      ? [
          `<i title="${plain(what)}" style="left:${box.x * cssPixel}px;top:${box.y * cssPixel}px;width:${box.width * cssPixel}px;height:${box.height * cssPixel}px"></i>`,
        ]
      : [],
  );
  return `<figure class="${own.length > 0 ? 'bad' : ''}"><a href="${file}" style="width:${width * scale}px;height:${height * scale}px"><img loading="lazy" src="${file}" alt="">${frames.join('')}</a><figcaption>${state} · ${size} · ${theme}${own.length > 0 ? ` · ${own.length} faults` : ''}</figcaption></figure>`;
}

function plain(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
