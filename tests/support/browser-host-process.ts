import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { firstLine } from './child.ts';

const entry = path.resolve(import.meta.dirname, '../../src-main/browser-host/cli.ts');

/** A browser host in its own process; `address` has the token of this start. */
export type BrowserHostProcess = { readonly child: ChildProcess; readonly address: string };

/** Resolves once it has said its address. It ends with this process at the latest. */
export async function startBrowserHost(dataDir: string): Promise<BrowserHostProcess> {
  const child = spawn(process.execPath, [entry, '--data-dir', dataDir]);
  const leave = () => child.kill();
  process.once('exit', leave);
  child.once('exit', () => process.off('exit', leave));
  const address = (await firstLine(child, /Numberdesk is at (\S+)/)).split(' ').at(-1) ?? '';
  return { child, address };
}
