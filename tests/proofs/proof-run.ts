/** What the proofs share that kill the application on its way: its one account, and its process. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import type { ApiVersion } from '../../src-main/contract/accounts.ts';
import type { Sandbox } from '../../src-main/sandbox/server.ts';

/** Which version of the API a proof was asked to speak; `v1` unless said. Throws for anything else. */
export function readApi(given: string | undefined): ApiVersion {
  if (given === undefined || given === 'v1' || given === 'v2') return given ?? 'v1';
  throw new Error(`--api must be v1 or v2, not "${given}"`);
}

/** An account of this sandbox in an empty data folder, as a sign-in leaves it; its secret comes with the process. */
export async function addAccount(folder: string, sandbox: Sandbox, api: ApiVersion): Promise<void> {
  const { profiles } = await Profiles.open(folder);
  const { accessKey } = sandbox;
  const baseUrl = api === 'v2' ? sandbox.v2Url : sandbox.url;
  await profiles.add({ label: 'Proof', kind: `flowroute-${api}`, accessKey, baseUrl, keptIn: 'keychain' });
}

/**
 * Runs the application of a proof until it ends. Each line of JSON that it says goes to `heard`, with what kills the process at
 * once. Resolves with whether it was killed; rejects when it ended by itself with an error.
 */
export function runApplication<Said>(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  heard: (said: Said, kill: () => void) => void,
): Promise<{ readonly killed: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, file), ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let killed = false;
    const kill = () => {
      killed = true;
      child.kill('SIGKILL');
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      // The last line of a killed process may be cut.
      if (!killed) heard(JSON.parse(line) as Said, kill);
    });
    // Only when all that it said was read.
    child.once('close', (code) => {
      if (killed || code === 0) resolve({ killed });
      else reject(new Error(`the application ended by itself: ${code}`));
    });
  });
}
