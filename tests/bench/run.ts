/** npm run bench -- [NAME…] [--json] [--quick]: medians, the baseline of the same run, and the ratio. */
import { parseArgs } from 'node:util';
import { machine, MissingHost, type Bench, type Figure } from './measure.ts';
import { bulkRoutes } from './bulk-routes.ts';
import { csv } from './csv.ts';
import { orders } from './orders.ts';
import { patterns } from './patterns.ts';
import { memory } from './memory.ts';
import { quickSearch } from './quick-search.ts';
import { scroll } from './scroll.ts';
import { search } from './search.ts';
import { startup } from './startup.ts';
import { sync } from './sync.ts';
import { syncV2 } from './sync-v2.ts';
import { typing } from './typing.ts';

const benches: Readonly<Record<string, Bench>> = {
  sync,
  'sync-v2': syncV2,
  patterns,
  'bulk-routes': bulkRoutes,
  orders,
  csv,
  search,
  typing,
  startup,
  scroll,
  memory,
  'quick-search': quickSearch,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const names = positionals.length > 0 ? positionals : Object.keys(benches);
for (const name of names) {
  if (!Object.hasOwn(benches, name)) {
    console.error(`There is no benchmark "${name}". There are: ${Object.keys(benches).join(', ')}`);
    process.exit(2);
  }
}
let failed = false;
for (const name of names) {
  const figures = await measure(name);
  if (!figures) continue;
  for (const line of table(figures)) console.log(line);
  if (values.json) console.log(JSON.stringify({ bench: name, machine: machine(), figures }));
}
// What a bench that failed left running must not keep this one from ending.
process.exit(failed ? 1 : 0);

/**
 * Null when there are no figures: a host that nobody asked for by name is not on this machine, such as the desktop's without
 * a display, or something went wrong, which fails the run. The others are measured all the same.
 */
async function measure(name: string): Promise<Figure[] | null> {
  try {
    return (await benches[name]?.({ quick: values.quick })) ?? [];
  } catch (thrown) {
    const missing = thrown instanceof MissingHost && !positionals.includes(name);
    failed ||= !missing;
    if (missing) console.log(`skipped ${name}: ${thrown.message}`);
    else console.error(`failed ${name}:`, thrown);
    return null;
  }
}

function table(figures: readonly Figure[]): string[] {
  const lines = ['| figure | median | p95 | baseline | ratio |', '| --- | --- | --- | --- | --- |'];
  for (const { name, unit, median, p95, baselines, ratio } of figures) {
    const others = baselines.map((one) => `${one.name}: ${one.median} ${unit}`).join(', ');
    lines.push(
      `| ${name} | ${median} ${unit} | ${p95} ${unit} | ${others || 'none'} | ${ratio === null ? '' : `${ratio}×`} |`,
    );
  }
  return lines;
}
