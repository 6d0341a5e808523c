/**
 * npm run test:packaged: every desktop spec against a packaged app. The fuse that tests drive an app by is left on in it, so
 * it is not the app that is shipped: that one is started by the smoke spec of `npm test`.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { electronHere, findDesktop } from './support/machine.ts';

const root = path.resolve(import.meta.dirname, '..');
const runner = findDesktop();
if (typeof runner === 'string') {
  console.log(`skipped: ${runner}`);
  process.exit(0);
}
const output = 'test-results/inspectable';
run(['node', 'src-main/tools/build.ts'], {});
run(
  [...runner, 'node', 'src-main/tools/package.ts', '--dir', '--built', '--inspectable', '--output', output],
  electronHere(),
);
run([...runner, 'npx', 'playwright', 'test', '--project=desktop', ...process.argv.slice(2)], {
  NUMBERDESK_EXECUTABLE: path.join(root, output, 'linux-unpacked/numberdesk'),
});

function run([file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): void {
  const { status } = spawnSync(file, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
}
