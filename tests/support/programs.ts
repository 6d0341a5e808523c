/** How the project's own programs are started on every system: never through a shell, which each system has another one of. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const load = createRequire(import.meta.url);

/** The command of an installed package: this Node and the script that its package names. `npx` and `.cmd` files need a shell. */
export function program(name: string, from: string = name): string[] {
  // The manifest is not among what every package exports: it is found beside node_modules itself.
  const folder = (load.resolve.paths(from) ?? [])
    .map((modules) => path.join(modules, from))
    .find((one) => isThere(path.join(one, 'package.json')));
  if (!folder) throw new Error(`${from} is not installed: npm ci`);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    bin?: string | Record<string, string>;
  };
  const script = typeof bin === 'string' ? bin : bin?.[name];
  if (!script) throw new Error(`${from} has no command ${name}.`);
  return [process.execPath, path.join(folder, script)];
}

/** A script of package.json, by the npm that runs this already; `npm` itself where that is not known. */
export function npmScript(name: string, env: NodeJS.ProcessEnv = process.env): string[] {
  const npm = env['npm_execpath'];
  return [...(npm && /\.c?js$/.test(npm) ? [process.execPath, npm] : ['npm']), 'run', '-s', name];
}

/** One of our own scripts, by this Node. */
export const script = (file: string, ...args: readonly string[]): string[] => [
  process.execPath,
  file,
  ...args,
];

function isThere(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}
