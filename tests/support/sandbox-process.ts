import { spawn } from 'node:child_process';
import path from 'node:path';
import { ended, firstLine } from './child.ts';

const cli = path.resolve(import.meta.dirname, '../../src-main/sandbox/cli.ts');

/** A sandbox in its own process, as `npm run sandbox` starts it. */
export type SandboxProcess = {
  readonly url: string;
  readonly v2Url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly ledgerUrl: string;
  setFaults(faults: string[]): Promise<void>;
  /** Switches of v2, as `--switch` takes them. */
  setSwitches(switches: Record<string, unknown>): Promise<void>;
  mutate(change: object): Promise<void>;
  stop(): Promise<void>;
};

export async function startSandboxProcess(args: string[]): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [cli, ...args]);
  const started = JSON.parse(await firstLine(child, /^\{.*\}$/m)) as Omit<
    SandboxProcess,
    'setFaults' | 'setSwitches' | 'mutate' | 'stop'
  >;
  const control = async (method: string, name: string, body: unknown) => {
    const url = new URL(`/__sandbox/${name}`, started.ledgerUrl);
    const answer = await fetch(url, { method, headers: { 'X-Sandbox': '1' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  return {
    ...started,
    setFaults: (faults) => control('PUT', 'faults', faults),
    setSwitches: (switches) => control('PUT', 'switches', switches),
    mutate: (change) => control('POST', 'mutate', change),
    stop: () => ended(child),
  };
}
