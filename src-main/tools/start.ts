import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readStartOptions, startHelp, type StartOptions } from '../app/options.ts';
import { startTrouble } from '../app/start-trouble.ts';
import { keepCompiledCode } from '../browser-host/code-cache.ts';
import { buildMain, buildRenderer } from './build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const options = readStartOptions(argv);
  if (options.help) {
    process.stdout.write(startHelp);
    return;
  }
  if (options.browser) {
    await serve(options);
    return;
  }
  const electron = findElectron();
  if (typeof electron !== 'string') {
    console.log(`${electron.reason} Serving the app to a browser instead.`);
    await serve(options);
    return;
  }
  await Promise.all([buildRenderer(), buildMain()]);
  const env = { ...process.env };
  // Set by some editors' terminals, it would make Electron run as plain Node.
  delete env['ELECTRON_RUN_AS_NODE'];
  const child = spawn(electron, [path.join(root, 'dist/main'), ...argv], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 0));
}

async function serve(options: StartOptions): Promise<void> {
  await buildRenderer();
  keepCompiledCode();
  const { runBrowserHost } = await import('../browser-host/main.ts');
  const address = await runBrowserHost(options);
  console.log(`Numberdesk is at ${address}`);
  if (options.open) openBrowser(address);
}

/** Electron's executable, fetched by its own package when it is not there yet; or why there is none. */
function findElectron(): string | { reason: string } {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    return { reason: 'There is no display for the desktop window.' };
  }
  const load = createRequire(import.meta.url);
  const folder = path.dirname(load.resolve('electron/package.json'));
  if (!process.env['ELECTRON_OVERRIDE_DIST_PATH'] && !existsSync(path.join(folder, 'path.txt'))) {
    console.log('Fetching Electron, once…');
    spawnSync(process.execPath, [path.join(folder, 'install.js')], { stdio: 'ignore', timeout: 600_000 });
    if (!existsSync(path.join(folder, 'path.txt'))) {
      return { reason: `Electron ${readElectronVersion()} could not be downloaded.` };
    }
  }
  // The package's entry is the path of its executable.
  const executable: unknown = load('electron');
  if (typeof executable === 'string' && existsSync(executable)) return executable;
  return { reason: `Electron ${readElectronVersion()} is not installed.` };
}

function readElectronVersion(): string {
  const manifest = path.join(root, 'package.json');
  const { devDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  return devDependencies['electron'] ?? '';
}

function openBrowser(address: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  const child = spawn(command ?? 'xdg-open', [...args, address], { stdio: 'ignore', detached: true });
  // Without a browser to open the address is printed all the same.
  child.on('error', () => undefined);
  child.unref();
}

main().catch((thrown: unknown) => {
  const { message, action } = startTrouble(thrown);
  console.error(`${message} ${action}`);
  process.exit(1);
});
