import type { Page } from '@playwright/test';
import { makeBigList } from './big-list.ts';
import { figure, type Bench } from './measure.ts';
import { launchBrowser, openPage } from './page.ts';

type Watched = {
  frames: number[];
  /** Rows without a number at each frame while something moved, and on screen at rest. */
  moving: number[];
  blank: number;
  /** Row elements at most. */
  most: number;
};

/**
 * Wheels, drags and jumps through the list in a real browser. A frame is the time between two animation frames; a blank row
 * is one that is drawn before its number is here.
 */
export const scroll: Bench = async ({ quick }) => {
  const count = quick ? 100_000 : 1_000_000;
  const list = await makeBigList(count);
  const browser = await launchBrowser();
  const { page, close } = await openPage(list.folder, browser);
  try {
    await page
      .getByTestId('counts')
      .filter({ hasText: count.toLocaleString('en-US') })
      .waitFor();
    await page.waitForTimeout(quick ? 1_000 : 5_000);
    await page.evaluate(watch);
    await page.mouse.move(600, 400);
    for (let at = 0; at < 120; at += 1) await page.mouse.wheel(0, at % 3 === 0 ? -300 : 700);
    const wheeled = await rest(page);
    await page.evaluate(drag);
    const dragged = await rest(page);
    await page.getByRole('grid').focus();
    for (let at = 0; at < 20; at += 1) {
      await page.keyboard.press(at % 2 === 0 ? 'End' : 'Home');
      await page.waitForTimeout(60);
    }
    const jumped = await rest(page);
    const all = [wheeled, dragged, jumped];
    const frames = all.flatMap((one) => one.frames);
    const share = (limit: number) => (100 * frames.filter((frame) => frame > limit).length) / frames.length;
    const moving = all.flatMap((one) => one.moving);
    const blankFrames = (100 * moving.filter((rows) => rows > 0).length) / moving.length;
    const session = await page.context().newCDPSession(page);
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const name = (what: string) => `${what}, ${count.toLocaleString('en-US')} rows`;
    return [
      figure(name('frame'), 'ms', frames),
      // A frame of a 60 Hz screen takes 16.7 ms give or take; one that was missed takes twice that.
      figure(name('frames over 16.7 ms (one was missed)'), '%', [share(25)]),
      figure(name('frames over 50 ms'), '%', [share(50)]),
      figure(name('blank rows at a frame while moving'), 'rows', moving),
      figure(name('frames with a blank row while moving'), '%', [blankFrames]),
      figure(
        name('blank rows at rest'),
        'rows',
        all.map((one) => one.blank),
      ),
      figure(name('row elements'), 'elements', [Math.max(...all.map((one) => one.most))]),
      figure(name('heap'), 'MB', [usedSize / 2 ** 20]),
    ];
  } finally {
    await close();
    await browser.close();
    list.remove();
  }
};

/** A moment after the last movement: what was seen, and the watch begins anew. */
async function rest(page: Page): Promise<Watched> {
  await page.waitForTimeout(400);
  return page.evaluate(() => {
    const { watched } = window as unknown as { watched: Watched };
    const rows = [...document.querySelectorAll<HTMLElement>('[role=row].data:not([hidden])')];
    const box = document.querySelector('[role=grid]')?.getBoundingClientRect();
    const visible = rows.filter((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return box !== undefined && bottom > box.top + 32 && top < box.bottom;
    });
    const blank = visible.filter((row) => !/\d/.test(row.querySelector('.number')?.textContent ?? '')).length;
    const seen = { ...watched, blank: visible.length === 0 ? 999 : blank };
    watched.frames = [];
    watched.moving = [];
    return seen;
  });
}

function watch(): void {
  const watched: Watched = { frames: [], moving: [], blank: 0, most: 0 };
  Object.assign(window, { watched });
  let last = performance.now();
  let top = 0;
  const next = (now: number) => {
    watched.frames.push(now - last);
    last = now;
    const rows = [...document.querySelectorAll<HTMLElement>('[role=row].data')];
    watched.most = Math.max(watched.most, rows.length);
    const { scrollTop } = document.querySelector('[role=grid]') ?? { scrollTop: 0 };
    if (scrollTop !== top)
      watched.moving.push(
        rows.filter((row) => !row.hidden && !row.querySelector('.number')?.textContent.trim()).length,
      );
    top = scrollTop;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

/** The scroll bar from top to bottom and back within three seconds. */
async function drag(): Promise<void> {
  const grid = document.querySelector('[role=grid]');
  if (!grid) return;
  const begun = performance.now();
  for (let part = 0; part < 1;) {
    part = (performance.now() - begun) / 3_000;
    grid.scrollTop = Math.sin(Math.min(part, 1) * Math.PI) * grid.scrollHeight;
    await new Promise(requestAnimationFrame);
  }
}
