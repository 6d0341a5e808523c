/**
 * npm run pictures -- [--screen NAME] [--size WxH] [--theme NAME] [--state NAME] [--out DIR] [--add] [--axe]: every screen in every
 * state, size and theme, as a folder of pictures and contact sheets; --readme: those of README. Ends with 1 when something can be seen
 * that is wrong.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildRenderer } from '../../src-main/tools/build.ts';
import { launchBrowser } from '../bench/page.ts';
import { keepCompiled } from '../support/compiled.ts';
import type { Fault } from './checks.ts';
import { readmeFolder, readmePictures } from './readme.ts';
import { faultLines, type Found } from './report.ts';
import type { Screen } from './screen.ts';
import { screens as all } from './screens.ts';
import { addedTo, readShelf, writeShelf, type Picture } from './shelf.ts';
import { writeSheets } from './sheets.ts';
import { startStage, stateNames, type Stage, type StateName, type Window } from './stage.ts';
import { halfOf, themes, take, windowSizes, type Size, type Theme } from './take.ts';

const { values } = parseArgs({
  options: {
    screen: { type: 'string', multiple: true },
    size: { type: 'string', multiple: true },
    theme: { type: 'string', multiple: true },
    state: { type: 'string', multiple: true },
    out: { type: 'string' },
    add: { type: 'boolean', default: false },
    axe: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
/** Something hangs when nothing comes for so long, however much else the machine does. All of them take as long as they take. */
const patienceMs = 4 * 60_000;

if (values.help) {
  process.stdout.write(`Pictures of every screen.

  npm run pictures -- [options]

  --screen NAME   only screens whose name begins so; may be given again
  --size WxH      only this size of the window: ${windowSizes.map(([name]) => name).join(', ')}
  --theme NAME    only ${themes.join(' or ')}
  --state NAME    only this state: ${stateNames.join(', ')}
  --out DIR       where they go (test-results/pictures)
  --add           keeps the pictures that are there: those of this run take the place of their former ones
  --axe           asks axe about each of them as well
  --built         takes the window as it was built last
  --readme        the pictures of README alone: ${readmeFolder}

Screens: ${all.map(({ name }) => name).join(', ')}
`);
  process.exit(0);
}

/** What is wanted of a list; a name that it does not have ends the run. */
function wanted<T>(
  asked: readonly string[] | undefined,
  all: readonly T[],
  fits: (one: T, name: string) => boolean,
): T[] {
  for (const name of asked ?? [])
    if (!all.some((one) => fits(one, name))) {
      console.error(`There is no "${name}". See --help.`);
      process.exit(2);
    }
  return all.filter((one) => !asked || asked.some((name) => fits(one, name)));
}

keepCompiled();
const screens = values.readme ? readmePictures : all;
const chosen = wanted(values.screen, screens, (one, name) => one.name.startsWith(name));
const sizes = wanted(
  values.readme ? ['1280x800'] : values.size,
  windowSizes,
  ([name], asked) => name === asked,
);
const shades = wanted(values.readme ? ['light'] : values.theme, themes, (one, name) => one === name);
const states = wanted(values.state, stateNames, (one, name) => one === name);
const root = path.join(import.meta.dirname, '../..');
const out = path.resolve(
  values.out ?? path.join(root, 'test-results', values.readme ? 'readme' : 'pictures'),
);

const begun = performance.now();
const hangs = setTimeout(() => {
  console.error(`Nothing came for ${patienceMs / 60_000} minutes.`);
  process.exit(1);
}, patienceMs);
const before = values.add ? readShelf(out) : null;
if (!values.add) rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
if (!values.built) await buildRenderer();
const pictures: Picture[] = [];
const found: Found[] = [];
// The longest one first: two at once keep both processors of a small machine busy.
const queue = states.toSorted((a, b) => ofState(b).length - ofState(a).length);
await Promise.all([lane(), lane()]);
const lines = faultLines(found);
const shelf = addedTo(before, { pictures, found }, screens);
writeShelf(out, shelf);
const browser = await launchBrowser();
await writeSheets(browser, out, shelf, new Set(pictures.map(({ screen }) => screen)));
await browser.close();
if (values.readme)
  for (const { screen, file } of pictures)
    copyFileSync(path.join(out, file), path.join(root, readmeFolder, `${screen}.webp`));
for (const line of lines) console.log(line);
const seconds = ((performance.now() - begun) / 1000).toFixed(0);
console.log(
  `${pictures.length} pictures of ${new Set(pictures.map(({ screen }) => screen)).size} screens in ${seconds} s: ${path.join(out, 'index.html')}`,
);
console.log(`${lines.length} faults, seen ${found.length} times`);
process.exit(lines.length > 0 ? 1 : 0);

function ofState(state: StateName): Screen[] {
  return chosen.filter((screen) => screen.states.includes(state) && sizesOf(screen).length > 0);
}

/** The sizes of a screen that are asked for. One that has a size of its own is taken with any of them. */
function sizesOf({ size, sizes: only }: Screen): readonly Size[] {
  if (size) return [[`${size.width}x${size.height}`, size]];
  return only ? sizes.filter(([name]) => only.includes(name)) : sizes;
}

async function lane(): Promise<void> {
  for (let state = queue.shift(); state; state = queue.shift()) {
    if (ofState(state).length === 0) continue;
    const stage = await startStage(state);
    try {
      for (const screen of ofState(state)) await picturesOf(screen, stage);
    } finally {
      await stage.close();
    }
  }
}

async function picturesOf(screen: Screen, stage: Stage): Promise<void> {
  const { state } = stage.rig;
  const note = (size: string, theme: Theme, some: readonly Fault[]) => {
    found.push(...some.map((fault) => ({ screen: screen.name, state, size, theme, ...fault })));
  };
  const ofScreen = sizesOf(screen);
  const [first] = ofScreen;
  const [theme] = shades;
  if (!first || !theme) return;
  const since = performance.now();
  const window = await opened(screen, stage, viewportOf(screen, first)).catch((thrown: unknown) => {
    const what = thrown instanceof Error ? thrown.message.split('\n').slice(0, 3).join(' ') : String(thrown);
    console.error(`not reached: ${screen.name} ${state}: ${what}`);
    note(first[0], theme, [{ kind: 'not reached', element: `${screen.name}, ${state}`, box: null, what }]);
    return stage.last();
  });
  if (!window) return;
  for (const size of ofScreen)
    for (const shade of shades) {
      const file = path.join(screen.name, `${state}-${size[0]}-${shade}.${values.readme ? 'webp' : 'png'}`);
      const view = { viewport: viewportOf(screen, size), theme: shade, look: screen.look };
      const { faults, pictured } = await take(window, stage.rig, view, path.join(out, file), values.axe);
      note(size[0], shade, [...faults, ...window.watch.taken()]);
      const zoom = screen.look === 'zoomed' ? 2 : 1;
      if (pictured)
        pictures.push({ screen: screen.name, state, size: size[0], theme: shade, file, zoom, ...size[1] });
      hangs.refresh();
    }
  await screen.after?.(stage.rig);
  const ms = (performance.now() - since).toFixed(0);
  console.error(`${screen.name} ${state}: ${ms} ms`);
}

/** The window with the screen in it, as far as it came. */
async function opened(screen: Screen, stage: Stage, viewport: Size[1]): Promise<Window> {
  const window = await stage.windowOf(screen.who ?? 'account', screen.look === 'zoomed');
  await window.page.setViewportSize(viewport);
  await screen.open(window.page, stage.rig);
  await stage.rig.settled();
  return window;
}

function viewportOf({ look }: Screen, [, size]: Size): Size[1] {
  return look === 'zoomed' ? halfOf(size) : size;
}
