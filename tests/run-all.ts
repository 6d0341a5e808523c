/** npm test: everything, in the order of what fails fastest. Ends with `N passed, N failed`. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { keepCompiled } from './support/compiled.ts';
import { electronHere, findBrowser, findDesktop, findKeyring } from './support/machine.ts';
import { packagedApp } from './support/packaged-app.ts';
import { npmScript, program, script } from './support/programs.ts';

type Counts = { passed: number; failed: number };
type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numFailedTestSuites: number;
  testResults: { name: string; assertionResults: { fullName: string; duration?: number | null }[] }[];
};
type Suite = {
  file: string;
  suites?: Suite[];
  specs: { title: string; tests: { results: { duration: number }[] }[] }[];
};
type PlaywrightReport = { stats: { expected: number; unexpected: number }; suites: Suite[] };
/** A test and its milliseconds. */
type Timed = { readonly name: string; readonly ms: number };

const root = path.resolve(import.meta.dirname, '..');
const reports = path.join(root, 'test-results/reports');
/** What hangs is a failure of its own, and the steps after it still run. */
const usual = { cwd: root, timeout: 15 * 60_000, killSignal: 'SIGKILL' } as const;
/**
 * What only the desktop has, and of the rest one journey through each part of the app. What is packaged runs the smoke spec;
 * `npm run test:e2e` runs every spec on both hosts.
 */
const ofTheDesktop = '(desktop|quick-search|shell|security|commands)\\.spec\\.ts|desktop:|@both';
const total: Counts = { passed: 0, failed: 0 };
const skipped: string[] = [];
const timed: Timed[] = [];
const slowest = 10;

keepCompiled();
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

await together([
  ['types', npmScript('types')],
  ['lint', npmScript('lint')],
  ['format', npmScript('format:check')],
]);
vitest('unit and integration', ['unit', 'renderer', 'integration', 'second adapter', 'API v2', 'package']);
if (findKeyring()) keyring();
else skipped.push('keychain: no session with a keychain of its own can be started here');
await together([
  [
    'orders under faults and kills, reduced',
    script('tests/proofs/orders.ts', '--numbers', '40', '--kills', '3', '--seed', '7'),
  ],
  [
    'plans under faults and kills, reduced',
    script('tests/proofs/plans.ts', '--numbers', '600', '--kills', '3', '--seed', '7'),
  ],
  [
    'orders of API v2 under faults and kills, reduced',
    script(
      'tests/proofs/orders.ts',
      ...['--api', 'v2', '--numbers', '24', '--kills', '2', '--shows-after', '1000', '--seed', '7'],
    ),
  ],
  [
    'plans of API v2 under faults and kills, reduced',
    script('tests/proofs/plans.ts', '--api', 'v2', '--numbers', '200', '--kills', '1', '--seed', '7'),
  ],
  ['kills, reduced', script('tests/proofs/kills.ts', '--kills', '5', '--owned', '5000')],
  ['damages to files, reduced', script('tests/proofs/damage.ts', '--damages', '3', '--seed', '7')],
  ['build', npmScript('build')],
]);
// Alone: it gives each answer a tenth of a second.
step(
  'answers that are not the carrier’s, reduced',
  script('tests/proofs/carrier-lies.ts', '--cases', '40', '--seed', '7'),
);
step(
  'the same of API v2, reduced',
  script('tests/proofs/carrier-lies.ts', '--api', 'v2', '--cases', '30', '--seed', '7'),
);
if (findBrowser()) {
  playwright('browser', [], ['--workers=2', '--grep-invert', '@alone']);
  // What measures the window must not share the processors.
  playwright('browser', [], ['--grep', '@alone'], {}, 'browser, alone');
} else skipped.push('end to end on the browser host: no Chromium could be found or fetched');
const runner = findDesktop();
if (typeof runner === 'string') skipped.push(`end to end on the desktop, and packaging: ${runner}`);
else {
  playwright('desktop', runner, ['--grep', ofTheDesktop]);
  packaged(runner);
}

for (const { name, ms } of timed.sort((a, b) => b.ms - a.ms).slice(0, slowest))
  console.log(`slow: ${(ms / 1000).toFixed(1)} s ${name}`);
for (const line of skipped) console.log(`skipped ${line}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

/** A command that passes or fails as one. */
function step(name: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  const begun = performance.now();
  const [file = '', ...args] = command;
  const { status } = spawnSync(file, args, { ...usual, stdio: 'inherit', env: { ...process.env, ...env } });
  return ended(name, status, begun);
}

/** Commands that leave a processor idle for half of their time, two at once; each is told as a whole when it has ended. */
async function together(commands: readonly (readonly [name: string, command: readonly string[]])[]) {
  const left = [...commands];
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [name, [file = '', ...args]] = next;
      const begun = performance.now();
      const child = spawn(file, args, { ...usual, stdio: ['ignore', 'pipe', 'pipe'] });
      const said: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => said.push(text));
      const status = await new Promise<number | null>((resolve) => {
        child.on('error', () => {
          resolve(null);
        });
        child.on('close', resolve);
      });
      process.stdout.write(Buffer.concat(said));
      ended(name, status, begun);
    }
  };
  await Promise.all([lane(), lane()]);
}

function ended(name: string, status: number | null, begun: number): boolean {
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'passed' : 'FAILED'} ${name} (${seconds} s)\n`);
  total[status === 0 ? 'passed' : 'failed'] += 1;
  return status === 0;
}

function vitest(name: string, projects: readonly string[], before: readonly string[] = [], env = {}): void {
  const report = path.join(reports, `${name.replaceAll(' ', '-')}.json`);
  const command = [...program('vitest'), 'run', ...projects.flatMap((project) => ['--project', project])];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const passed = step(name, [...before, ...command, ...reporters], env);
  const read = readReport<VitestReport>(report);
  for (const { name: file, assertionResults } of read?.testResults ?? [])
    for (const { fullName, duration } of assertionResults)
      timed.push({ name: `${path.basename(file)}: ${fullName}`, ms: duration ?? 0 });
  count(passed, read && { passed: read.numPassedTests, failed: read.numFailedTests });
}

function playwright(
  project: string,
  before: readonly string[],
  which: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  name: string = project,
): void {
  const report = path.join(reports, `e2e-${name.replaceAll(/\W+/g, '-')}.json`);
  const options = [`--project=${project}`, '--reporter=line,json', ...which];
  const command = [...before, ...program('playwright', '@playwright/test'), 'test', ...options];
  const passed = step(`end to end, ${name}`, command, {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    ...env,
  });
  const whole = readReport<PlaywrightReport>(report);
  for (const suite of whole?.suites ?? []) timed.push(...timesOf(suite, name));
  const read = whole?.stats;
  count(passed, read && { passed: read.expected, failed: read.unexpected });
}

/** How long each test of a suite took. */
function timesOf({ file, suites = [], specs }: Suite, on: string): Timed[] {
  const own = specs.map(({ title, tests }) => {
    const results = tests.flatMap((test) => test.results);
    return {
      name: `${file} (${on}): ${title}`,
      ms: results.reduce((sum, { duration }) => sum + duration, 0),
    };
  });
  return [...own, ...suites.flatMap((suite) => timesOf(suite, on))];
}

/** The app as it is shipped: made from what was built, read file by file, and started. */
function packaged(runner: readonly string[]): void {
  const output = 'test-results/package';
  const { executable } = packagedApp(path.join(root, output));
  const command = script('src-main/tools/package.ts', '--dir', '--built', '--output', output);
  if (!step('package', [...runner, ...command], electronHere())) return;
  vitest('packaged', ['packaged'], [], { NUMBERDESK_PACKAGED: path.join(root, output) });
  playwright('packaged', runner, [], { NUMBERDESK_EXECUTABLE: executable });
  rmSync(path.join(root, output), { recursive: true, force: true });
}

/** Puts single tests in the place of the step they ran in; a step that died without a report stays one failure. */
function count(stepPassed: boolean, tests: Counts | null | undefined): void {
  if (!tests || (!stepPassed && tests.failed === 0)) return;
  total[stepPassed ? 'passed' : 'failed'] -= 1;
  total.passed += tests.passed;
  total.failed += tests.failed;
}

function readReport<T>(file: string): T | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : null;
}

/** A session bus and an unlocked keyring in a folder of their own, both gone afterwards. */
function keyring(): void {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-keyring-'));
  const unlock =
    'printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$@"';
  vitest('keychain', ['keyring'], ['dbus-run-session', 'sh', '-c', unlock, 'sh'], { XDG_DATA_HOME: folder });
  rmSync(folder, { recursive: true, force: true });
}
