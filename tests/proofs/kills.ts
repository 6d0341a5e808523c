/**
 * Kills the application at random moments of a sync, again and again. After every kill it must open with the last
 * good list (each number as it was or as it now is, none lost, none invented), go on where it stopped, and in the end
 * have exactly what the carrier has.
 *
 *   node tests/proofs/kills.ts [--kills N] [--owned N] [--latency MS] [--seed N]
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { seeded } from '../../src-main/sandbox/random.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { Profiles } from '../../src-main/accounts/profiles.ts';

type Said = {
  log?: string;
  began?: boolean;
  received?: number;
  completed?: object;
  failed?: { message: string };
  opened?: string[];
};

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    owned: { type: 'string', default: '20000' },
    latency: { type: 'string', default: '40' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const kills = Number(values.kills);
const random = seeded(Number(values.seed));
const secretKey = 'proofsecret';
const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-kills-'));
const everSeen = new Set<string>();
const sandbox = await startSandbox({
  owned: Number(values.owned),
  latencyMs: Number(values.latency),
  secretKey,
  seed: Number(values.seed),
});
let resumed = 0;

try {
  await signedIn();
  const passMs = await firstPass();
  console.log(`seed ${values.seed}: ${values.owned} numbers, a pass takes ${passMs} ms`);
  let good = owned(sandbox);
  change(sandbox, good);
  for (let kill = 1; kill <= kills; kill += 1) good = await killOnce(kill, good, passMs);
  await finish();
  if (resumed === 0) throw new Error('no start went on mid-pass: the kills came too late to prove anything');
  console.log(
    `${kills} kills: every restart opened with the last good list, ${resumed} went on mid-pass, the end equals the carrier`,
  );
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

async function signedIn(): Promise<void> {
  const { profiles } = await Profiles.open(folder);
  const { accessKey, url: baseUrl } = sandbox;
  await profiles.add({ label: 'Proof', kind: 'flowroute-v1', accessKey, baseUrl, keptIn: 'keychain' });
}

async function firstPass(): Promise<number> {
  const app = start();
  await app.until((said) => said.began);
  const begun = performance.now();
  await app.until((said) => said.completed);
  const took = Math.round(performance.now() - begun);
  await app.end('SIGTERM');
  return took;
}

/** Starts, checks what is shown, and kills somewhere inside the pass. Returns what the next start must show. */
async function killOnce(kill: number, good: string[], passMs: number): Promise<string[]> {
  const app = start();
  const { opened = [] } = await app.until((said) => said.opened);
  check(kill, opened, good, owned(sandbox));
  await app.until((said) => said.began);
  // So many numbers have come when it ends: what a page stores is never all that has come. Some passes end before.
  const enough = Math.ceil(random() * 0.7 * Number(values.owned));
  await app.until((said) => (said.received ?? 0) >= enough || said.completed);
  await new Promise((resolve) => setTimeout(resolve, random() * passMs * 0.1));
  await app.end('SIGKILL');
  // The third thing a pass tells is what it has already; the two before are that it begins.
  const told = app.heard.flatMap((said) => said.received ?? []);
  if ((told[2] ?? 0) > 0) resumed += 1;
  if (kill % 5 === 0) change(sandbox, owned(sandbox));
  return opened;
}

/** Every number shown is one of the last good list or of the carrier, as either has it; none that both have is missing. */
function check(kill: number, opened: string[], good: string[], now: string[]): void {
  const allowed = new Set([...good, ...now, ...everSeen]);
  const invented = opened.filter((line) => !allowed.has(line));
  const shown = new Set(opened.map(numberOf));
  const carrier = new Set(now.map(numberOf));
  const lost = good.map(numberOf).filter((number) => carrier.has(number) && !shown.has(number));
  if (invented.length || lost.length || shown.size !== opened.length) {
    throw new Error(`kill ${kill}: ${invented.length} invented, ${lost.length} lost, of ${opened.length}`);
  }
}

async function finish(): Promise<void> {
  const app = start();
  await app.until((said) => said.completed);
  await app.end('SIGTERM');
  // A pass that began before the last change may have ended without it: one more sees everything.
  const again = start();
  await again.until((said) => said.began);
  await again.until((said) => said.completed);
  await again.end('SIGTERM');
  const last = start();
  const { opened = [] } = await last.until((said) => said.opened);
  await last.end('SIGTERM');
  const expected = owned(sandbox);
  if (opened.join('\n') !== expected.join('\n')) {
    throw new Error(`the end differs: ${opened.length} shown, ${expected.length} owned`);
  }
}

/** Removes, adds and re-routes some, so that a pass has something to find. */
function change({ account }: Sandbox, lines: readonly string[]): void {
  for (const line of lines) everSeen.add(line);
  for (let i = 0; i < 40; i += 1) {
    account.disown(account.ownedAt(Math.floor(random() * account.ownedCount)));
    const place = Math.floor(random() * account.ownedCount);
    account.setPair(place, 'fax', 'sip-reg');
    const added = `1989${2_000_000 + Math.floor(random() * 8_000_000)}`;
    if (account.find(added) < 0) account.own(added);
  }
  for (const line of owned(sandbox)) everSeen.add(line);
}

function owned({ account }: Sandbox): string[] {
  const lines = Array.from({ length: account.ownedCount }, (_, place) =>
    [account.ownedAt(place), ...account.pairAt(place)].join(' '),
  );
  return lines.sort();
}

function start() {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'app-child.ts'), folder], {
    env: { ...process.env, PROOF_SECRET: secretKey },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const heard: Said[] = [];
  const waiting: ((said: Said) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as Said;
    heard.push(said);
    for (const wait of waiting) wait(said);
  });
  return {
    heard,
    until: (wanted: (said: Said) => unknown) => hear(child, heard, waiting, wanted),
    end: (signal: NodeJS.Signals) =>
      new Promise<void>((resolve) => {
        child.once('exit', () => {
          resolve();
        });
        child.kill(signal);
      }),
  };
}

function hear(
  child: ChildProcess,
  heard: Said[],
  waiting: ((said: Said) => void)[],
  wanted: (said: Said) => unknown,
): Promise<Said> {
  const already = heard.find((said) => wanted(said));
  if (already) return Promise.resolve(already);
  return new Promise((resolve, reject) => {
    const tooLate = setTimeout(() => {
      reject(new Error(`nothing for 60 s; last: ${JSON.stringify(heard.at(-1)).slice(0, 300)}`));
    }, 60_000);
    child.once('exit', (code, signal) => {
      reject(new Error(`the application ended by itself: ${code ?? signal}`));
    });
    waiting.push((said) => {
      if (said.failed) reject(new Error(said.failed.message));
      if (!wanted(said)) return;
      clearTimeout(tooLate);
      resolve(said);
    });
  });
}

function numberOf(line: string): string {
  return line.slice(0, 11);
}
