/**
 * The proofs of orders and of plans over both versions of the API, with three seeds each. Ends with 1 when one of them fails; the
 * line that each of them prints has its seed.
 *
 *   npm run proofs -- [--api v1|v2] [--only orders|plans] [--seed N]
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';

const seedsEach = 3;
const { values } = parseArgs({
  options: {
    api: { type: 'string' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const chosen = <T extends string>(all: readonly T[], given: string | undefined): readonly T[] => {
  const some = all.filter((one) => given === undefined || one === given);
  if (some.length === 0) throw new Error(`"${given}" is none of ${all.join(', ')}`);
  return some;
};
const proofs = chosen(['orders', 'plans'], values.only);
const apis = chosen(['v1', 'v2'], values.api);
const seeds = Array.from({ length: seedsEach }, (_, at) => String(Number(values.seed) + at));

let failed = 0;
for (const proof of proofs)
  for (const api of apis)
    for (const seed of seeds) {
      const begun = performance.now();
      const file = path.join(import.meta.dirname, `${proof}.ts`);
      const args = [file, '--api', api, '--seed', seed];
      const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      console.log(
        `${status === 0 ? 'passed' : 'FAILED'} ${proof}, API ${api}, seed ${seed} (${seconds} s)\n`,
      );
      if (status !== 0) failed += 1;
    }
process.exit(failed > 0 ? 1 : 0);
