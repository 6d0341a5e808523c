/** Draws assets/icons and assets/tray from assets/icon.svg with a Chromium. Run it after a change of the drawing and commit what it made. */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const assets = fileURLToPath(new URL('../../assets/', import.meta.url));
/** Linux desktops look for these; the largest is what the macOS and Windows icons are made from. */
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** A tray's picture, and the one for displays with twice the dots, which is found by its name. */
const traySizes = [
  ['', 1],
  ['@2x', 2],
] as const;

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
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px}</style>${svg}`);
  await page.screenshot({ path: `${assets}${file}`, omitBackground: true });
}
await mkdir(`${assets}tray`, { recursive: true });
for (const size of sizes) await draw(drawing, size, `icons/${size}x${size}.png`);
for (const [suffix, scale] of traySizes) {
  // Trays of Linux and Windows are drawn at 16 to 24 px; the system scales what does not fit.
  await draw(drawing, 24 * scale, `tray/tray${suffix}.png`);
  await draw(template, 16 * scale, `tray/trayTemplate${suffix}.png`);
}
await browser.close();
