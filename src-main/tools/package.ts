/** npm run package -- [--dir]: builds the app, then its installers for this platform; `--dir` stops at the folder. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'electron-builder';
import { buildMain, buildRenderer } from './build.ts';

const { values } = parseArgs({ options: { dir: { type: 'boolean', default: false } } });
// The same variable as Electron's own package reads: an executable that is here already.
const electronDist = process.env['ELECTRON_OVERRIDE_DIST_PATH'];

await Promise.all([buildRenderer(), buildMain()]);
const made = await build({
  projectDir: fileURLToPath(new URL('../..', import.meta.url)),
  dir: values.dir,
  publish: 'never',
  config: electronDist ? { electronDist } : null,
});
for (const file of made) console.log(path.relative('.', file));
