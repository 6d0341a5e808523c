/**
 * A bulk change of routes against a carrier that fails and loses answers, killed and restarted on the way; then its undo,
 * killed as well. After each, carrier and app must agree on every pair, and the undo must have restored every former one.
 *
 *   node tests/proofs/plans.ts [--numbers N] [--kills N] [--seed N]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import type { PlanSummary } from '../../src-main/contract/routing.ts';
import { seeded } from '../../src-main/sandbox/random.ts';
import { startSandbox } from '../../src-main/sandbox/server.ts';

const { values } = parseArgs({
  options: {
    numbers: { type: 'string', default: '5000' },
    kills: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const owned = Number(values.numbers);
const random = seeded(Number(values.seed));
const secretKey = 'proofsecret';
const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-plans-'));
const sandbox = await startSandbox({
  ...{ owned, available: 10, routes: 8, secretKey, seed: Number(values.seed), latencyMs: 30 },
  faults: ['setRoutes:500:0.05', 'setRoutes:cut-after:0.02'],
});
type Ended = { plan: PlanSummary; rows: string[] };

try {
  const { profiles } = await Profiles.open(folder);
  const { accessKey, url: baseUrl } = sandbox;
  await profiles.add({ label: 'Proof', kind: 'flowroute-v1', accessKey, baseUrl, keptIn: 'keychain' });
  const former = truth();
  const changed = await through(0);
  const set = truth().filter((line) => line.endsWith(' sbc-east fax')).length;
  if (set !== owned) throw new Error(`${set} of ${owned} numbers have the new pair`);
  agree(changed);
  const undone = await through(changed.plan.id);
  const now = truth();
  const wrong = former.filter((line, at) => line !== now[at]).length;
  if (wrong > 0) throw new Error(`${wrong} numbers did not get their former pair back`);
  agree(undone);
  console.log(
    `seed ${values.seed}: ${changed.plan.counts.done} of ${owned} numbers changed and ${undone.plan.counts.done} ` +
      `restored through ${values.kills} kills each; carrier and app agree on every pair`,
  );
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

function truth(): string[] {
  const { account } = sandbox;
  return Array.from({ length: account.ownedCount }, (_, at) =>
    [account.ownedAt(at), ...account.pairAt(at)].join(' '),
  ).sort();
}

/** Runs one plan (the undo of `undoOf` when that is not 0) through every kill to its end. */
async function through(undoOf: number): Promise<Ended> {
  const marks = Array.from({ length: Number(values.kills) }, () => random() * 0.9).sort((a, b) => a - b);
  for (const mark of marks) await runUntil(mark, undoOf);
  const ended = await runUntil(Number.POSITIVE_INFINITY, undoOf);
  if (!ended) throw new Error('the plan did not end');
  return ended;
}

/** Runs until this share of the numbers is settled, waits a random moment and kills; or until the plan is done. */
function runUntil(mark: number, undoOf: number): Promise<Ended | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'plan-child.ts'), folder, `${undoOf}`],
      { env: { ...process.env, PROOF_SECRET: secretKey }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let done: PlanSummary | null = null;
    const rows: string[] = [];
    let killing = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { plan?: PlanSummary; done?: PlanSummary; rows?: string[] };
      if (said.done) done = said.done;
      rows.push(...(said.rows ?? []));
      const { plan } = said;
      if (!plan || plan.phase !== 'running' || killing) return;
      if ((plan.kind === 'undo') !== undoOf > 0 || plan.counts.done < mark * plan.total) return;
      killing = true;
      setTimeout(() => child.kill('SIGKILL'), random() * 100);
    });
    child.once('exit', (code) => {
      if (killing) resolve(null);
      else if (code === 0 && done) resolve({ plan: done, rows });
      else reject(new Error(`the application ended by itself: ${code}`));
    });
  });
}

function agree({ plan, rows }: Ended): void {
  const { done, same, total } = { ...plan.counts, total: plan.total };
  if (done + same !== total)
    throw new Error(`the plan claims ${done} of ${total}: ${JSON.stringify(plan.counts)}`);
  if (rows.sort().join('\n') !== truth().join('\n')) throw new Error('carrier and app do not agree');
}
