/** npm run test:matrix: every end-to-end spec on both hosts, with accounts of both versions of the API. */
import { spawnSync } from 'node:child_process';
import { findBrowser, findDesktop } from './support/machine.ts';
import { program } from './support/programs.ts';

const desktop = findDesktop();
const hosts = [
  { host: 'browser', runner: findBrowser() ? [] : 'no Chromium could be found or fetched' },
  { host: 'desktop', runner: desktop },
];
let failed = 0;
for (const { host, runner } of hosts)
  for (const api of ['v1', 'v2']) {
    if (typeof runner === 'string') {
      console.log(`skipped ${host}, API ${api}: ${runner}`);
      continue;
    }
    const tests = program('playwright', '@playwright/test');
    const [file = '', ...args] = [...runner, ...tests, 'test', `--project=${host}`, ...process.argv.slice(2)];
    const env = { ...process.env, NUMBERDESK_E2E_API: api };
    const { status } = spawnSync(file, args, { stdio: 'inherit', env });
    console.log(`${status === 0 ? 'passed' : 'FAILED'} end to end, ${host}, API ${api}\n`);
    if (status !== 0) failed += 1;
  }
process.exit(failed > 0 ? 1 : 0);
