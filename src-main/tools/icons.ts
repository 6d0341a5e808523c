/** Draws assets/icons, assets/tray and assets/badge from assets/icon.svg with a Chromium. Run it after a change of the drawing and commit what it made. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import pngToIco from 'png-to-ico';

const assets = fileURLToPath(new URL('../../assets/', import.meta.url));
/** Linux desktops look for these; the largest is what the macOS and Windows icons are made from. */
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** A tray's picture, and the one for displays with twice the dots, which is found by its name. */
const traySizes = [
  ['', 1],
  ['@2x', 2],
] as const;

/** Windows takes the one its display wants out of one file: 100 % to 300 %. */
const icoSizes = [16, 20, 24, 32, 48];
/** The count that Windows lays over the button in the task bar; more than nine are shown as nine. */
const badges = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const badge = (count: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#c8321f"/><text x="16" y="23" font-family="sans-serif" font-weight="700" font-size="20" text-anchor="middle" fill="#fff">${count}</text></svg>`;

const drawing = await readFile(`${assets}icon.svg`, 'utf8');
// macOS paints the shape itself, so that it fits a light and a dark menu bar: no ground, one colour.
const template = drawing
  .replace(/<rect [^>]*>/, '')
  .replace('viewBox="0 0 512 512"', 'viewBox="96 96 320 320"')
  .replaceAll(/fill="#[0-9a-f]+"/g, 'fill="#000"')
  .replaceAll(/ opacity="[\d.]+"/g, '');

const system = '/usr/bin/chromium';
const browser = await chromium.launch({
  ...(existsSync(system) ? { executablePath: system } : {}),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage();
async function draw(svg: string, size: number, file: string): Promise<void> {
  await writeFile(`${assets}${file}`, await picture(svg, size));
}
async function picture(svg: string, size: number): Promise<Buffer> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px}</style>${svg}`);
  return page.screenshot({ omitBackground: true });
}
await mkdir(`${assets}tray`, { recursive: true });
for (const size of sizes) await draw(drawing, size, `icons/${size}x${size}.png`);
for (const [suffix, scale] of traySizes) {
  // Trays of Linux are drawn at 16 to 24 px; the desktop scales what does not fit.
  await draw(drawing, 24 * scale, `tray/tray${suffix}.png`);
  await draw(template, 16 * scale, `tray/trayTemplate${suffix}.png`);
}
const ico: Buffer[] = [];
for (const size of icoSizes) ico.push(await picture(drawing, size));
await writeFile(`${assets}tray/tray.ico`, await pngToIco(ico));
await mkdir(`${assets}badge`, { recursive: true });
for (const count of badges) await draw(badge(count), 32, `badge/${count}.png`);
await browser.close();
