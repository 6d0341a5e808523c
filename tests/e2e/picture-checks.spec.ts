import type { Page } from '@playwright/test';
import { faultsOf, type Fault } from '../pictures/checks.ts';
import { watchPage } from '../pictures/watch.ts';
import { expect, test as base } from './app.ts';

/** A page of its own without the app: what is looked at is written here. */
const test = base.extend<{ page: Page }>({
  page: async ({ chromiumHere, host }, use) => {
    base.skip(host !== 'browser', 'the checks are of the browser host');
    const context = await (await chromiumHere()).newContext({ viewport: { width: 900, height: 600 } });
    await use(await context.newPage());
    await context.close();
  },
});

const style = `<style>
  * { box-sizing: border-box } html, body { margin: 0; height: 100%; overflow: hidden }
  body { font: 13px/1.45 sans-serif } .cell { width: 120px; overflow: hidden; white-space: nowrap } .dots { text-overflow: ellipsis }
  button { font: inherit; height: 28px }
</style>`;
const long = 'contact-center-overflow-and-after-hours';

async function faultsIn(page: Page, body: string): Promise<string[]> {
  await page.setContent(`<!doctype html>${style}<body>${body}`);
  return (await faultsOf(page)).map(({ kind, element }: Fault) => `${kind}: ${element}`);
}

test('a page on which everything can be read and reached passes', async ({ page }) => {
  const rows = Array.from({ length: 60 }, (_, at) => `<p style="margin:0">Row ${at}</p>`).join('');
  const clean = `
    <h1>Numbers</h1><label>Name <input value="${long} ${long}" style="width: 80px"></label>
    <button>Set routes…</button> <button>Tags…</button>
    <select><option>Everything</option><option>${long}</option></select>
    <div class="cell dots" title="${long}">${long}</div>
    <button style="display: inline-flex; width: 90px; padding: 0" title="${long}"><span class="cell dots">${long}</span></button>
    <div class="cell dots">${long}-2</div><p>${long}-2 is written in full here.</p>
    <span style="position: absolute; width: 1px; height: 1px; overflow: hidden; white-space: nowrap">for screen readers only</span>
    <div style="height: 200px; overflow: auto" tabindex="0">${rows}</div>
    <div style="height: 100px; overflow: auto" tabindex="0"><div style="height: 900px">
      <div style="position: sticky; top: 0; height: 95px; overflow: clip">${rows}</div>
    </div></div>
    <div style="position: relative"><button>Filter</button>
      <div role="menu" style="position: absolute; z-index: 20; top: 0; left: 0"><button role="menuitem">Above it on purpose</button></div>
    </div>`;
  expect(await faultsIn(page, clean)).toEqual([]);
});

test('text that is cut is found: by its cell, by the window, in a list, as a placeholder', async ({
  page,
}) => {
  expect(await faultsIn(page, `<div class="cell">${long}</div>`)).toEqual([`cut: div.cell "${long}"`]);
  expect(await faultsIn(page, `<div class="cell dots">${long}</div>`)).toEqual([`cut: div.cell "${long}"`]);
  expect(await faultsIn(page, `<div class="cell dots" title="Change this">${long}</div>`)).toHaveLength(1);
  expect(await faultsIn(page, `<p style="height: 8px; overflow: hidden">Half a line</p>`)).toEqual([
    'cut: p "Half a line"',
  ]);
  expect(await faultsIn(page, '<p style="position: absolute; top: 590px">Under the edge</p>')).toEqual([
    'cut: p "Under the edge"',
  ]);
  expect(await faultsIn(page, `<select style="width: 90px"><option>${long}</option></select>`)).toEqual([
    `cut: select "${long}"`,
  ]);
  expect(await faultsIn(page, `<input style="width: 90px" placeholder="${long}">`)).toEqual(['cut: input']);
});

test('texts and controls that lie on each other are found, and text that runs out of its button', async ({
  page,
}) => {
  expect(
    await faultsIn(page, '<button>Cancel</button><button style="margin-left: -20px">Buy</button>'),
  ).toEqual(['overlap: button "Cancel"']);
  expect(await faultsIn(page, '<p>One line</p><p style="margin-top: -24px">Another one</p>')).toEqual([
    'overlap: p "One line"',
  ]);
  expect(
    await faultsIn(page, `<button style="width: 60px; white-space: nowrap; padding: 0">${long}</button>`),
  ).toEqual([`overlap: button "${long}"`]);
  const panel = (left: number) =>
    `<p>A list of numbers</p><aside style="position: absolute; z-index: 3; top: 0; left: ${left}px; width: 200px; height: 90px">More</aside>`;
  expect(await faultsIn(page, panel(40))).toEqual(['overlap: aside "More"']);
  expect(await faultsIn(page, panel(300))).toEqual([]);
  // A message may cover a list, and no button.
  const toast = (under: string) =>
    `${under}<div role="status" style="position: fixed; top: 4px; left: 4px"><p>Copied 3 numbers</p></div>`;
  expect(await faultsIn(page, toast('<button>Set routes…</button>'))).toHaveLength(1);
  expect(await faultsIn(page, toast('<p>A row</p>'))).toEqual([]);
});

test('a bar that scrolls sideways is found, in the page and in a part of it', async ({ page }) => {
  const wide = '<div style="width: 1200px">wide</div>';
  expect(await faultsIn(page, `<style>html, body { overflow: visible }</style>${wide}`)).toEqual([
    'sideways: the page',
  ]);
  expect(
    await faultsIn(page, `<div class="list" style="width: 300px; overflow: auto">${wide}</div>`),
  ).toEqual(['sideways: div.list "wide"']);
});

test('while a dialog is open it alone is looked at', async ({ page }) => {
  const body = `<div class="cell">${long}</div><dialog><p>Sure?</p><div class="cell" style="width: 20px">in-the-dialog</div></dialog>
    <script>document.querySelector('dialog').showModal()</script>`;
  expect(await faultsIn(page, body)).toEqual(['cut: div.cell "in-the-dialog"']);
});

test('errors of the console, exceptions and rejections that nobody caught are told once', async ({
  page,
}) => {
  const watch = watchPage(page);
  await page.setContent(`<script>
    console.warn('no matter'); console.error('broken');
    setTimeout(() => { throw new Error('thrown') }); void Promise.reject(new Error('rejected'));
  </script>`);
  const said: string[] = [];
  await expect
    .poll(() => {
      said.push(...watch.taken().map(({ what }) => what));
      return said.toSorted();
    })
    .toEqual(['console: broken', 'not caught: rejected', 'not caught: thrown']);
  expect(watch.taken()).toEqual([]);
});
