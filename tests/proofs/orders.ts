/**
 * An order against a carrier at its worst, killed and restarted on the way. In the end ledger and app must agree on
 * every number and every cent, no number may have been bought twice (this carrier would take the money twice), and between
 * two requests for one number there is always the question whether the account has it.
 *
 *   node tests/proofs/orders.ts [--numbers N] [--kills N] [--seed N]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import type { OrderSummary } from '../../src-main/contract/buying.ts';
import { seeded } from '../../src-main/sandbox/random.ts';
import { startSandbox } from '../../src-main/sandbox/server.ts';

const { values } = parseArgs({
  options: {
    numbers: { type: 'string', default: '200' },
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const numbers = Number(values.numbers);
const random = seeded(Number(values.seed));
const secretKey = 'proofsecret';
const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-orders-'));
const sandbox = await startSandbox({
  ...{ owned: 50, available: 4_000, secretKey, seed: Number(values.seed), latencyMs: 5, chargesTwice: true },
  faults: [
    ...['purchase:cut-after:0.3', 'purchase:500:0.1', 'purchase:429:0.1', 'purchase:sold:0.1'],
    // Nor does the question after a lost answer always come through.
    'details:503:0.1',
  ],
});

try {
  const { profiles } = await Profiles.open(folder);
  const { accessKey, url: baseUrl } = sandbox;
  await profiles.add({ label: 'Proof', kind: 'flowroute-v1', accessKey, baseUrl, keptIn: 'keychain' });
  const marks = Array.from({ length: Number(values.kills) }, () => Math.floor(random() * numbers * 0.9)).sort(
    (a, b) => a - b,
  );
  let order: Ended | null = null;
  for (const mark of [...marks, Number.POSITIVE_INFINITY]) order = await runUntil(mark);
  if (!order) throw new Error('the order did not end');
  agree(order);
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

type Ended = { readonly done: OrderSummary; readonly bought: readonly string[] };

/** Runs until about `mark` numbers are settled, waits a random moment and kills; or until the order is done. */
function runUntil(mark: number): Promise<Ended | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'order-child.ts'), folder, `${numbers}`],
      {
        env: { ...process.env, PROOF_SECRET: secretKey },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let done: Ended | null = null;
    let killing = false;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { order?: OrderSummary } & Partial<Ended>;
      if (said.done && said.bought) done = { done: said.done, bought: said.bought };
      const settled = (said.order?.counts.bought ?? 0) + (said.order?.counts.refused ?? 0);
      if (!said.order || killing || settled < mark) return;
      killing = true;
      setTimeout(() => child.kill('SIGKILL'), random() * 40);
    });
    child.once('exit', (code) => {
      if (killing || code === 0) resolve(done);
      else reject(new Error(`the application ended by itself: ${code}`));
    });
  });
}

function agree({ done: order, bought }: Ended): void {
  const { purchases, totals } = sandbox.ledger();
  const paid = purchases.map((one) => one.number).sort();
  const twice = paid.length - new Set(paid).size;
  if (twice > 0) throw new Error(`${twice} numbers were bought twice`);
  if (paid.join() !== [...bought].sort().join())
    throw new Error(`the ledger has ${paid.length} purchases, the app ${bought.length}`);
  if (order.counts.bought + order.counts.refused !== numbers)
    throw new Error('a number is neither bought nor refused');
  if (order.spent !== totals.setupCents || order.monthly !== totals.monthlyCents)
    throw new Error(
      `the app says ${order.spent} and ${order.monthly} cents, the ledger ${JSON.stringify(totals)}`,
    );
  const asked = unasked();
  if (asked !== null) throw new Error(`${asked} was sent again without asking whether it was bought`);
  console.log(
    `seed ${values.seed}: ${numbers} numbers, ${values.kills} kills: ${order.counts.bought} bought once each, ` +
      `${order.counts.refused} refused; ledger and app agree on numbers and cents, and nothing was sent twice unasked`,
  );
}

/** A number with two requests to buy it and no answered question in between; null when there is none. */
function unasked(): string | null {
  const open = new Set<string>();
  for (const { operation, subject, outcome } of sandbox.calls()) {
    if (operation === 'details' && (outcome === 200 || outcome === 404)) open.delete(subject);
    if (operation !== 'purchase') continue;
    if (open.has(subject)) return subject;
    open.add(subject);
  }
  return null;
}
