/**
 * Twelve kinds of answers that are not the carrier's (pages of gateways, proxies and portals, empty, cut and foreign JSON, a
 * redirect, silence), in the place of the answer to each operation, before it was done and after. In the end nothing was
 * bought or changed twice (this carrier would take the money twice), no number has left the list, no keys count as refused,
 * and each time the right sentence was told. Everything goes through the application, as a window asks it.
 *
 *   node tests/proofs/carrier-lies.ts [--api v2] [--cases N] [--seed N]
 *
 * `--cases` takes so many of all cases at random, at least one of each kind of answer and of each operation.
 */
import { parseArgs } from 'node:util';
import { withDeadline } from '../../src-main/platform/deadline.ts';
import { lieKinds } from '../../src-main/sandbox/lies.ts';
import { seeded, shuffle } from '../../src-main/sandbox/random.ts';
import { BuyRig } from '../integration/buy-rig.ts';
import { listed, scenes, type Case } from './lies-scenes.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: 'all' },
    api: { type: 'string', default: 'v1' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const seed = Number(values.seed);
const random = seeded(seed);
/** A case that takes longer waits for something that does not come: it has failed, and so has what follows it. */
const caseMs = 60_000;
type Named = Case & { readonly scene: string };

const all = shuffle(
  Object.keys(scenes).flatMap((scene) =>
    lieKinds.flatMap((lie) => [false, true].map((after): Named => ({ scene, lie, after }))),
  ),
  random,
);
const chosen = values.cases === 'all' ? all : sample(Number(values.cases));
const api = values.api === 'v2' ? 'v2' : 'v1';
const rig = await BuyRig.start({ owned: 120, available: 4_000, routes: 8, seed, chargesTwice: true }, api);
const begun = performance.now();
let failures = 0;
try {
  await rig.quit();
  await rig.launch({ backoffMs: 2, settleMs: 5, againMs: 2, timeoutMs: 120, nextStampMs: 5 });
  await rig.app.status((status) => status.completedAt !== null && status.error === null);
  // A case that asks for the routes would get the answer of the listing that the start asked for.
  await rig.app.call('routes.refresh', {});
  for (const [at, one] of chosen.entries()) await prove(one, at);
  await rig.sync();
  const owned = Array.from({ length: rig.sandbox.account.ownedCount }, (_, place) =>
    rig.sandbox.account.ownedAt(place),
  ).sort();
  if ((await listed(rig)).join() !== owned.join()) fail('in the end, the list and the account differ');
} finally {
  await rig.close();
}
const seconds = ((performance.now() - begun) / 1000).toFixed(1);
console.log(
  `API ${api}, seed ${seed}: ${chosen.length} of ${all.length} cases in ${seconds} s, ` +
    (failures > 0
      ? `${failures} failed`
      : 'nothing was bought or changed twice, no number was lost, no keys were refused, each told in the right words'),
);
process.exit(failures > 0 ? 1 : 0);

async function prove(one: Named, at: number): Promise<void> {
  const name = `${one.scene}, ${one.lie} ${one.after ? 'after' : 'before'}`;
  try {
    const late = new Error(`did not end within ${caseMs / 1000} seconds`);
    await withDeadline(scenes[one.scene]?.(rig, one, at) ?? Promise.resolve(), caseMs, () => late);
    const { accounts } = await rig.app.call('accounts.get', {});
    if (accounts[0]?.keys !== 'keychain') throw new Error(`keys are ${accounts[0]?.keys}`);
    const paid = rig.bought();
    if (new Set(paid).size !== paid.length) throw new Error('a number was bought twice');
  } catch (thrown) {
    fail(`${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function fail(text: string): void {
  failures += 1;
  console.error(`seed ${seed}: ${text}`);
}

/** So many cases, with every kind of answer and every scene among them. */
function sample(count: number): Named[] {
  const taken = new Set<Named>();
  for (const lie of lieKinds) take((one) => one.lie === lie);
  for (const scene of Object.keys(scenes)) take((one) => one.scene === scene);
  for (const one of all) if (taken.size < count) taken.add(one);
  return [...taken];

  function take(fits: (one: Named) => boolean): void {
    const found = [...taken].some(fits) ? undefined : all.find(fits);
    if (found) taken.add(found);
  }
}
