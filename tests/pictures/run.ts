/**
 * npm run pictures -- [--screen NAME] [--size WxH] [--theme NAME] [--state NAME] [--out DIR] [--axe]: every screen in every state, size and
 * theme, as a folder of pictures and contact sheets. Ends with 1 when something can be seen that is wrong.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildRenderer } from '../../src-main/tools/build.ts';
import { launchBrowser } from '../bench/page.ts';
import { keepCompiled } from '../support/compiled.ts';
import type { Fault } from './checks.ts';
import { faultLines, type Found } from './report.ts';
import { screens, type Screen } from './screens.ts';
import { writeSheets, type Picture } from './sheets.ts';
import { startStage, stateNames, type Stage, type StateName } from './stage.ts';
import { themes, take, windowSizes, type Size, type Theme } from './take.ts';

const { values } = parseArgs({
  options: {
    screen: { type: 'string', multiple: true },
    size: { type: 'string', multiple: true },
    theme: { type: 'string', multiple: true },
    state: { type: 'string', multiple: true },
    out: { type: 'string' },
    axe: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
/** Six minutes are usual on a quiet machine with two processors. */
const most = 20 * 60_000;

if (values.help) {
  process.stdout.write(`Pictures of every screen.

  npm run pictures -- [options]

  --screen NAME   only screens whose name begins so; may be given again
  --size WxH      only this size of the window: ${windowSizes.map(([name]) => name).join(', ')}
  --theme NAME    only ${themes.join(' or ')}
  --state NAME    only this state: ${stateNames.join(', ')}
  --out DIR       where they go (test-results/pictures)
  --axe           asks axe about each of them as well
  --built         takes the window as it was built last

Screens: ${screens.map(({ name }) => name).join(', ')}
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
const chosen = wanted(values.screen, screens, (one, name) => one.name.startsWith(name));
const sizes = wanted(values.size, windowSizes, ([name], asked) => name === asked);
const shades = wanted(values.theme, themes, (one, name) => one === name);
const states = wanted(values.state, stateNames, (one, name) => one === name);
const out = path.resolve(values.out ?? path.join(import.meta.dirname, '../../test-results/pictures'));

const begun = performance.now();
setTimeout(() => {
  console.error(`The pictures did not end within ${most / 60_000} minutes.`);
  process.exit(1);
}, most).unref();
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
if (!values.built) await buildRenderer();
const browser = await launchBrowser();
const pictures: Picture[] = [];
const found: Found[] = [];
// The longest one first: two at once keep both processors of a small machine busy.
const queue = states.toSorted((a, b) => ofState(b).length - ofState(a).length);
await Promise.all([lane(), lane()]);
const lines = faultLines(found);
await writeSheets(browser, out, pictures, found);
await browser.close();
writeFileSync(path.join(out, 'faults.json'), `${JSON.stringify(found, null, 2)}\n`);
writeFileSync(path.join(out, 'faults.txt'), lines.map((line) => `${line}\n`).join(''));
for (const line of lines) console.log(line);
const seconds = ((performance.now() - begun) / 1000).toFixed(0);
console.log(
  `${pictures.length} pictures of ${new Set(pictures.map(({ screen }) => screen)).size} screens in ${seconds} s: ${path.join(out, 'index.html')}`,
);
console.log(`${lines.length} faults, seen ${found.length} times`);
process.exit(lines.length > 0 ? 1 : 0);

function ofState(state: StateName): Screen[] {
  return chosen.filter((screen) => screen.states.includes(state));
}

async function lane(): Promise<void> {
  for (let state = queue.shift(); state; state = queue.shift()) {
    if (ofState(state).length === 0) continue;
    const stage = await startStage(state, browser);
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
  const own = screen.size;
  const all: readonly Size[] = own ? [[`${own.width}x${own.height}`, own]] : sizes;
  const [first] = all;
  const [theme] = shades;
  if (!first || !theme) return;
  const since = performance.now();
  const window = await stage.windowOf(screen.who ?? 'account');
  const { page, watch } = window;
  await page.setViewportSize(first[1]);
  try {
    await screen.open(page, stage.rig);
    await stage.rig.settled();
  } catch (thrown) {
    const what = thrown instanceof Error ? thrown.message.split('\n').slice(0, 3).join(' ') : String(thrown);
    console.error(`not reached: ${screen.name} ${state}: ${what}`);
    note(first[0], theme, [{ kind: 'not reached', element: `${screen.name}, ${state}`, box: null, what }]);
  }
  for (const size of all)
    for (const shade of shades) {
      const file = path.join(screen.name, `${state}-${size[0]}-${shade}.png`);
      const seen = await take(window, stage.rig, size, shade, path.join(out, file), values.axe);
      note(size[0], shade, [...seen, ...watch.taken()]);
      pictures.push({ screen: screen.name, state, size: size[0], theme: shade, file, ...size[1] });
    }
  const ms = (performance.now() - since).toFixed(0);
  console.error(`${screen.name} ${state}: ${ms} ms`);
}
