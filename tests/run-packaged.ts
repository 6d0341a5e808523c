/**
 * npm run test:packaged: every desktop spec against a packaged app. The fuse that tests drive an app by is left on in it, so
 * it is not the app that is shipped: that one is started by the smoke spec of `npm test`.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { electronHere, findDesktop } from './support/machine.ts';
import { packagedApp } from './support/packaged-app.ts';
import { program, script } from './support/programs.ts';

const root = path.resolve(import.meta.dirname, '..');
const runner = findDesktop();
if (typeof runner === 'string') {
  console.log(`skipped: ${runner}`);
  process.exit(0);
}
const output = 'test-results/inspectable';
run(script('src-main/tools/build.ts'), {});
run(
  [
    ...runner,
    ...script('src-main/tools/package.ts', '--dir', '--built', '--inspectable', '--output', output),
  ],
  electronHere(),
);
const tests = [...program('playwright', '@playwright/test'), 'test', '--project=desktop'];
run([...runner, ...tests, ...process.argv.slice(2)], {
  NUMBERDESK_EXECUTABLE: packagedApp(path.join(root, output)).executable,
});

function run([file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status } = spawnSync(file, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
}
