/**
 * npm run package -- [--dir] [--built] [--inspectable] [--output DIR]: builds the app, then its installers for this platform.
 * `--dir` stops at the folder, `--built` takes dist as it is, `--inspectable` leaves the fuse on that end-to-end tests
 * drive an app by: never for a release.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, type Configuration } from 'electron-builder';
import { buildMain, buildRenderer } from './build.ts';
import { releaseConfig } from './release.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
    inspectable: { type: 'boolean', default: false },
    output: { type: 'string' },
  },
});
// Where a secret is not set, a workflow gives its variable empty; electron-builder takes that for a certificate.
for (const [name, value] of Object.entries(process.env))
  if (value === '' && /^(CSC|WIN_CSC|APPLE|AZURE)_/.test(name)) Reflect.deleteProperty(process.env, name);
const { output, inspectable } = values;
// What is given here is merged into electron-builder.yml, section by section.
const config: Configuration = {
  ...releaseConfig(process.env),
  ...(output ? { directories: { output } } : {}),
  ...(inspectable ? { electronFuses: { enableNodeCliInspectArguments: true } } : {}),
};

if (!values.built) await Promise.all([buildRenderer(), buildMain()]);
const projectDir = fileURLToPath(new URL('../..', import.meta.url));
const made = await build({ projectDir, dir: values.dir, publish: 'never', config });
for (const file of made) console.log(path.relative('.', file));
