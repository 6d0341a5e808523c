/** Draws assets/icons from assets/icon.svg with a Chromium. Run it after a change of the drawing and commit what it made. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const assets = fileURLToPath(new URL('../../assets/', import.meta.url));
/** Linux desktops look for these; the largest is what the macOS and Windows icons are made from. */
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

const drawing = await readFile(`${assets}icon.svg`, 'utf8');
const system = '/usr/bin/chromium';
const browser = await chromium.launch({
  ...(existsSync(system) ? { executablePath: system } : {}),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const page = await browser.newPage();
for (const size of sizes) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px}</style>${drawing}`);
  await page.screenshot({ path: `${assets}icons/${size}x${size}.png`, omitBackground: true });
}
await browser.close();
