/**
 * Damages one file of a rich data folder in one way, starts the application on it, looks, syncs once, looks again, closes and
 * starts again; a thousand times. The folder is what 0.1.0 left behind, brought to the present, with its backups: once as it
 * was closed, once as a killed process leaves it. No account may be lost; after one sync the list has exactly what the carrier
 * has; every row of the journal that lay on undamaged pages or is in the newest backup is there; and what is not as it was has
 * been told.
 *
 *   node tests/proofs/damage.ts [--damages N] [--seed N] [--only PART-OF-A-FILE-NAME] [--minutes N]
 */
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openTheApp, theSandbox, type Seen } from './damage-app.ts';
import { damage, kinds, type Damage } from './damage-kinds.ts';
import { changedUnits, readRows, storedRows, type StoredRow } from './damage-oracle.ts';
import { seeded } from '../../src-main/sandbox/random.ts';

const { values } = parseArgs({
  options: {
    damages: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '45' },
  },
});
const seed = Number(values.seed);
const random = seeded(seed);
const root = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-damage-'));
const scratch = path.join(root, 'scratch.db');
const fixture = path.resolve(import.meta.dirname, '../fixtures/0.1.0/rich');
const account = 'accounts/d766d759-8c76-47bf-896d-7bfc1b7abb03';
const journal = `${account}/journal.db`;
const ends = performance.now() + Number(values.minutes) * 60_000;

/** A folder to damage, and what becomes of it when it is not. */
type Master = {
  readonly name: string;
  readonly folder: string;
  readonly rows: readonly StoredRow[];
  readonly seen: Seen;
};
type Fault = {
  readonly what: 'account lost' | 'wrong list' | 'rows lost' | 'not told' | 'does not start';
  readonly detail: string;
};

/** What a recovery may change of a row, so that it is looked up and waits; and what every start does. */
const mended: Readonly<Record<string, readonly string[]>> = {
  cart: ['doubt'],
  order_item: ['doubt', 'sent', 'status', 'reason', 'reason_detail'],
  purchase_order: ['phase', 'waiting', 'waiting_detail', 'stopped'],
  plan: ['phase', 'waiting', 'waiting_detail', 'stopped', 'checked_at'],
  plan_item: ['sent', 'status', 'reason', 'reason_detail'],
};
/** Lists of the carrier, fetched again whenever it is asked. */
const fetched = new Set(['route', 'stock']);

const sandbox = await theSandbox(path.join(fixture, `${account}/numbers.db`), scratch);
console.log(`seed ${seed}: ${values.damages} damages, ${sandbox.account.ownedCount} numbers`);
const begun = performance.now();
const faults: { damage: Damage; master: string; run: number; faults: Fault[] }[] = [];
const counts = new Map<string, number>();
let done = 0;
let repaired = 0;
try {
  const masters = (await makeMasters()).filter(({ folder }) => filesOf(folder).length > 0);
  for (let run = 1; run <= Number(values.damages) && performance.now() < ends; run += 1) {
    const master = masters[Math.floor(random() * masters.length)] ?? masters[0];
    if (!master) break;
    await one(run, master);
  }
} finally {
  await sandbox.close();
  if (faults.length === 0) rmSync(root, { recursive: true, force: true });
}
report();

async function one(run: number, master: Master): Promise<void> {
  const folder = path.join(root, `run-${run}`);
  cpSync(master.folder, folder, { recursive: true, preserveTimestamps: true });
  const made = damageOne(folder);
  const changed = changedUnits(path.join(master.folder, journal), path.join(folder, journal));
  const found: Fault[] = [];
  let told: string[] = [];
  try {
    const first = await openTheApp(folder, sandbox);
    await first.look();
    await first.sync();
    const shown = await first.look();
    told = shown.told;
    found.push(...wrongList(shown, 'after the sync'), ...lostAccounts(master, shown));
    await first.close();
    const second = await openTheApp(folder, sandbox);
    let again = await second.look();
    // A damage that shows only now: the list is being fetched anew, and says so.
    if (again.partial) {
      await second.sync();
      again = await second.look();
    }
    found.push(...wrongList(again, 'at the next start'), ...lostAccounts(master, again));
    told = [...told, ...again.told];
    await second.close();
    found.push(...lostRows(master, folder, changed, told));
    if (
      JSON.stringify(again.settings) !== JSON.stringify(master.seen.settings) &&
      !told.some((text) => /settings/i.test(text))
    )
      found.push({ what: 'not told', detail: 'settings are others' });
  } catch (thrown) {
    found.push({
      what: 'does not start',
      detail: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    });
  }
  done += 1;
  if (told.length > 0) repaired += 1;
  const name = `${path
    .basename(made.file)
    .replace(/\.backup.*/, '.backup')
    .replace(/before-\d+/, 'before')} ${made.kind}`;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  if (found.length > 0) {
    faults.push({ damage: made, master: master.name, run, faults: found });
    console.log(`run ${run} (${master.name}), ${made.file}: ${made.kind} ${made.detail}`);
    for (const { what, detail } of found) console.log(`  ${what}: ${detail}`);
    for (const text of told) console.log(`  told: ${text}`);
  }
  if (found.length === 0) rmSync(folder, { recursive: true, force: true });
  if (done % 50 === 0)
    console.log(
      `${done} done, ${faults.length} with faults, ${Math.round((performance.now() - begun) / 1000)} s`,
    );
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile() && !name.includes('logs'))
    .filter(
      (name) => name.includes(values.only) && (!name.startsWith('accounts/') || name.startsWith(account)),
    );
}

/** Files that hold the most are hit the most. */
function damageOne(folder: string): Damage {
  const files = filesOf(folder);
  const weight = (name: string) => (/journal\.db$/.test(name) ? 8 : /(numbers\.db|-wal)$/.test(name) ? 4 : 1);
  const staleLog = (name: string) =>
    name.endsWith('.db') && !name.endsWith('in-use.db')
      ? path.join(root, 'stale', `${path.basename(name)}-wal`)
      : null;
  for (;;) {
    const all = files.reduce((sum, name) => sum + weight(name), 0);
    let left = random() * all;
    const file = files.find((name) => (left -= weight(name)) < 0) ?? '';
    const kind = kinds[Math.floor(random() * kinds.length)] ?? 'bit';
    const detail = damage(kind, path.join(folder, file), random, staleLog);
    if (detail !== null) return { kind, file, detail };
  }
}

function wrongList(seen: Seen, when: string): Fault[] {
  const owned = new Set(sandbox.owned());
  const shown = new Set(seen.numbers);
  const [invented, missing] = [
    seen.numbers.filter((one) => !owned.has(one)),
    [...owned].filter((one) => !shown.has(one)),
  ];
  if (invented.length + missing.length === 0 && shown.size === seen.numbers.length) return [];
  const detail = `${when}: ${invented.length} that nobody owns, ${missing.length} missing, of ${seen.numbers.length}`;
  return [{ what: 'wrong list', detail }];
}

function lostAccounts(master: Master, seen: Seen): Fault[] {
  const missing = master.seen.accounts.filter((one) => !seen.accounts.includes(one));
  return missing.length === 0
    ? []
    : [{ what: 'account lost', detail: `${missing.join(', ')}; there is ${seen.accounts.join(', ')}` }];
}

function lostRows(
  master: Master,
  folder: string,
  changed: ReadonlySet<string>,
  told: readonly string[],
): Fault[] {
  const now = readRows(path.join(folder, journal), scratch);
  const backup = newestBackup(master.folder, folder);
  const kept = backup === null ? new Map<string, Record<string, unknown>>() : readRows(backup, scratch);
  const text = (table: string, row: Readonly<Record<string, unknown>>) =>
    JSON.stringify(Object.entries(row).filter(([name]) => !mended[table]?.includes(name)));
  const lost: string[] = [];
  const other: string[] = [];
  let different = 0;
  for (const { table, key, row, units } of master.rows) {
    if (fetched.has(table)) continue;
    const found = now.get(key);
    const isSame = found !== undefined && text(table, found) === text(table, row);
    if (isSame) continue;
    different += 1;
    const whole = units.length > 0 && !units.some((unit) => changed.has(unit));
    if (whole) (found ? other : lost).push(`${key.replaceAll('\n', ' ')} on ${units.join()}`);
    else if (kept.has(key) && !found) lost.push(`${key.replaceAll('\n', ' ')} of the backup`);
  }
  const faults: Fault[] = [];
  if (lost.length + other.length > 0)
    faults.push({
      what: 'rows lost',
      detail: `${lost.length} gone, ${other.length} changed: ${[...lost, ...other].slice(0, 3).join('; ')}`,
    });
  if (different > 0 && !told.some((said) => said.includes('record of this account')))
    faults.push({ what: 'not told', detail: `${different} rows of the journal are not as they were` });
  return faults;
}

/** The newest backup that this damage did not touch. */
function newestBackup(before: string, after: string): string | null {
  const names = readdirSync(path.join(before, account)).filter((name) =>
    name.startsWith('journal.db.backup-'),
  );
  const [newest] = names.sort().toReversed();
  if (newest === undefined) return null;
  const [was, now] = [before, after].map((folder) => path.join(folder, account, newest));
  const touched =
    !was || !now || !existsSync(was) || (existsSync(now) && !readFileSync(now).equals(readFileSync(was)));
  return touched || !was ? null : was;
}

/** The fixture, brought to the present: closed in order, and as a killed process leaves it. */
async function makeMasters(): Promise<Master[]> {
  const folder = path.join(root, 'living');
  cpSync(fixture, folder, { recursive: true });
  pointAt(path.join(folder, 'accounts.json'), sandbox.url);
  const first = await openTheApp(folder, sandbox);
  await first.sync();
  await first.tag('a place to remember', 0, 1_500);
  cpSync(path.join(folder, account), path.join(root, 'stale'), { recursive: true });
  await first.close();
  for (const [at, word] of ['first', 'second', 'third'].entries()) {
    const app = await openTheApp(folder, sandbox);
    await app.sync();
    await app.tag(word, at * 100, at * 100 + 60);
    if (at < 2) {
      await app.close();
      continue;
    }
    cpSync(folder, path.join(root, 'killed'), { recursive: true, preserveTimestamps: true });
    await app.close();
    cpSync(folder, path.join(root, 'closed'), { recursive: true, preserveTimestamps: true });
  }
  const masters = [];
  for (const name of ['closed', 'killed']) masters.push(await master(name));
  return masters;
}

/** Starts an undamaged copy as well: what every start changes is no loss. */
async function master(name: string): Promise<Master> {
  const folder = path.join(root, name);
  const control = path.join(root, `${name}-control`);
  cpSync(folder, control, { recursive: true, preserveTimestamps: true });
  const app = await openTheApp(control, sandbox);
  await app.sync();
  const seen = await app.look();
  await app.close();
  const after = readRows(path.join(control, journal), scratch);
  const plain = ({ table, key, row }: StoredRow) => {
    const found = after.get(key);
    const like = (one: Readonly<Record<string, unknown>>) =>
      JSON.stringify(Object.entries(one).filter(([column]) => !mended[table]?.includes(column)));
    return found !== undefined && like(found) === like(row);
  };
  const rows = storedRows(path.join(folder, journal), scratch).filter(plain);
  const placed = rows.filter(({ units }) => units.length > 0).length;
  console.log(`${name}: ${rows.length} rows of the journal, ${placed} of them found on their pages`);
  if (seen.told.length > 0) throw new Error(`an undamaged folder is told about: ${seen.told.join(' ')}`);
  return { name, folder, rows, seen };
}

function pointAt(file: string, url: string): void {
  const list = JSON.parse(readFileSync(file, 'utf8')) as { accounts: { id: string; baseUrl: string }[] };
  for (const one of list.accounts) one.baseUrl = account.endsWith(one.id) ? url : 'http://127.0.0.1:9/v1';
  writeFileSync(file, `${JSON.stringify(list, null, 2)}\n`);
}

function report(): void {
  const of = (what: Fault['what']) =>
    faults.filter((one) => one.faults.some((fault) => fault.what === what)).length;
  console.log(
    Array.from(counts, ([name, count]) => `${count} × ${name}`)
      .sort()
      .join(', '),
  );
  console.log(
    `${done} damages with seed ${seed} in ${Math.round((performance.now() - begun) / 1000)} s: ${repaired} told, ` +
      `${of('account lost')} with an account lost, ${of('wrong list')} wrong lists, ${of('rows lost')} with rows lost, ` +
      `${of('not told')} not told, ${of('does not start')} that did not start`,
  );
  if (faults.length === 0 && done > 0) return;
  console.log(`kept in ${root}`);
  process.exitCode = 1;
}
