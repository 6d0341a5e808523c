/**
 * A bulk change of routes against a carrier that fails and loses answers, killed and restarted on the way; then its undo,
 * killed as well. After each, carrier and app must agree on every pair, and the undo must have restored every former one.
 *
 * Over v2 a pair takes two requests, and each kill comes between them: numbers are left with one route of each pair. They must end
 * finished or, where the change is stopped instead, undone; and no primary route may move before its failover did.
 *
 *   node tests/proofs/plans.ts [--api v2] [--numbers N] [--kills N] [--seed N]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { PlanSummary } from '../../src-main/contract/routing.ts';
import { seeded } from '../../src-main/sandbox/random.ts';
import { startSandbox } from '../../src-main/sandbox/server.ts';
import { addAccount, readApi, runApplication } from './proof-run.ts';

const { values } = parseArgs({
  options: {
    api: { type: 'string' },
    numbers: { type: 'string' },
    kills: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const api = readApi(values.api);
const overV2 = api === 'v2';
/** Over v2 each number takes three requests in the place of two. */
const owned = Number(values.numbers ?? (overV2 ? '2000' : '5000'));
const kills = Number(values.kills);
const seed = Number(values.seed);
const random = seeded(seed);
const secretKey = 'proofsecret';
const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-plans-'));
const sandbox = await startSandbox({
  ...{ owned, available: 10, routes: 8, secretKey, seed, latencyMs: 30 },
  // A fault of setRoutes strikes each half of a pair too.
  faults: ['setRoutes:500:0.05', 'setRoutes:cut-after:0.02'],
  ...(overV2 ? { switches: { manyDetails: random() < 0.5 ? 'on' : 'absent-path404' } } : {}),
});
/** The former pair of each number, or the one that is set, as the sandbox has it. */
type Pairs = ReadonlyMap<string, string>;
/** What a process is to do: the plan with this ordinal, which is a change or, with an id, the undo of that plan. */
type Task = { readonly ordinal: number; readonly undoOf: number; readonly from: Pairs; readonly to: Pairs };
type Ended = { readonly plan: PlanSummary; readonly rows: readonly string[] };
type Said = { readonly ready?: true; readonly plan?: PlanSummary; done?: PlanSummary; rows?: string[] };
/** Numbers that a kill left with one route of each pair, counted when the application was there again. */
let halves = 0;

try {
  await addAccount(folder, sandbox, api);
  const former = pairs();
  const wanted = new Map([...former.keys()].map((number) => [number, 'sbc-east fax']));
  const changed = await through({ ordinal: 1, undoOf: 0, from: former, to: wanted });
  mustBe(wanted, 'the new pair');
  agree(changed);
  const undone = await through({ ordinal: 2, undoOf: changed.plan.id, from: wanted, to: former });
  mustBe(former, 'their former pair back');
  agree(undone);
  const stopped = overV2 ? await stopHalfWay(former, wanted) : '';
  if (overV2 && halves === 0) throw new Error('no kill left a number half-done');
  console.log(
    `API ${api}, seed ${seed}: ${changed.plan.counts.done} of ${owned} numbers changed and ${undone.plan.counts.done} ` +
      `restored through ${kills} kills each${stopped}; carrier and app agree on every pair`,
  );
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

/** A change that is killed, then stopped by the person, and undone: what was half-done goes back as well. */
async function stopHalfWay(former: Pairs, wanted: Pairs): Promise<string> {
  const change = { ordinal: 3, undoOf: 0, from: former, to: wanted };
  await runUntil(0.3 + random() * 0.4, change);
  const stopped = await runUntil(Number.POSITIVE_INFINITY, change, 'stop');
  if (!stopped) throw new Error('the stopped plan did not end');
  if (!stopped.plan.stopped || stopped.plan.counts.left === 0) throw new Error('the plan was not stopped');
  sameRows(stopped);
  const undone = await runUntil(Number.POSITIVE_INFINITY, {
    ...{ ordinal: 4, undoOf: stopped.plan.id },
    ...{ from: wanted, to: former },
  });
  if (!undone) throw new Error('the undo of the stopped plan did not end');
  mustBe(former, 'their former pair back after the stop');
  agree(undone);
  return (
    `, ${undone.plan.counts.done} restored after a stop; ` +
    `${halves} numbers were half-done at a kill, and no primary moved before its failover`
  );
}

/** The routes of every number by their names; over v2, where none is not the built-in route, '' for none. */
function pairs(): Pairs {
  const { account } = sandbox;
  const name = (id: string | null) => (id === null ? '' : (account.routes.byId(id)?.alias ?? '?'));
  return new Map(
    Array.from({ length: account.ownedCount }, (_, at): [string, string] => {
      const ids = [account.routeIdAt(at, 'primary'), account.routeIdAt(at, 'failover')];
      return [account.ownedAt(at), (overV2 ? ids.map(name) : account.pairAt(at)).join(' ')];
    }),
  );
}

function mustBe(wanted: Pairs, what: string): void {
  const now = pairs();
  const wrong = [...wanted].filter(([number, pair]) => now.get(number) !== pair);
  if (wrong.length > 0 || now.size !== wanted.size)
    throw new Error(`${wrong.length} of ${owned} numbers do not have ${what}`);
}

/** Runs one plan through every kill to its end. */
async function through(task: Task): Promise<Ended> {
  const changesBefore = sandbox.ledger().routeChanges.length;
  const marks = Array.from({ length: kills }, () => random() * 0.9).sort((a, b) => a - b);
  for (const mark of marks) await runUntil(mark, task);
  const ended = await runUntil(Number.POSITIVE_INFINITY, task);
  if (!ended) throw new Error('the plan did not end');
  if (overV2) failoversFirst(changesBefore, task.to);
  return ended;
}

/** Runs until this share of the numbers is settled, then kills; or until the plan is done. */
async function runUntil(mark: number, task: Task, ends: 'finish' | 'stop' = 'finish'): Promise<Ended | null> {
  let done: PlanSummary | null = null;
  const rows: string[] = [];
  let killing = false;
  const args = [folder, String(task.ordinal), String(task.undoOf), ends];
  const { killed } = await runApplication<Said>(
    'plan-child.ts',
    args,
    { PROOF_SECRET: secretKey },
    (said, kill) => {
      if (said.ready) halves += countHalves(task);
      if (said.done) done = said.done;
      rows.push(...(said.rows ?? []));
      const { plan } = said;
      if (plan?.ordinal !== task.ordinal || plan.phase !== 'running' || killing) return;
      if (plan.counts.done < mark * plan.total) return;
      killing = true;
      void killMoment().then(kill);
    },
  );
  return killed || done === null ? null : { plan: done, rows };
}

/** Over v2 the moment in which the first half of a pair has arrived, and its answer has not left; else a random one. */
function killMoment(): Promise<void> {
  if (overV2) return Promise.race([sandbox.comes('setFailover'), sandbox.comes('clearFailover')]);
  return new Promise((resolve) => setTimeout(resolve, random() * 100));
}

/** Numbers that have neither the one pair nor the other, but a route of each. */
function countHalves({ from, to }: Task): number {
  return [...pairs()].filter(([number, pair]) => pair !== from.get(number) && pair !== to.get(number)).length;
}

/** By the ledger: whenever a primary route moved, the failover was what it had to be already. */
function failoversFirst(changesBefore: number, to: Pairs): void {
  const changes = sandbox.ledger().routeChanges.slice(changesBefore);
  const wrong = changes.find(
    ({ number, from, to: now }) => from[0] !== now[0] && (now[1] ?? '') !== to.get(number)?.split(' ')[1],
  );
  if (wrong) throw new Error(`the primary route of ${wrong.number} moved before its failover`);
}

function agree(ended: Ended): void {
  const { done, same, total } = { ...ended.plan.counts, total: ended.plan.total };
  if (done + same !== total)
    throw new Error(`the plan claims ${done} of ${total}: ${JSON.stringify(ended.plan.counts)}`);
  sameRows(ended);
}

function sameRows({ rows }: Ended): void {
  const truth = [...pairs()].map(([number, pair]) => `${number} ${pair}`);
  if ([...rows].sort().join('\n') !== truth.sort().join('\n'))
    throw new Error('carrier and app do not agree');
}
