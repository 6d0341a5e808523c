import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SecretStore } from '../../src-main/accounts/keychain.ts';
import {
  createApplication,
  type Application,
  type ApplicationOptions,
} from '../../src-main/app/application.ts';
import type { Inputs, Outputs } from '../../src-main/contract/contract.ts';
import { Failure } from '../../src-main/contract/errors.ts';
import type { MethodName } from '../../src-main/contract/contract.ts';
import type { PlanView } from '../../src-main/contract/routing.ts';
import type { SyncStatus } from '../../src-main/contract/sync.ts';
import type { Network } from '../../src-main/carrier/flowroute/http/network.ts';
import { openLog } from '../../src-main/app/log-file.ts';
import type { Waits } from '../../src-main/app/context.ts';
import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { notOverV1, overSecond, SecondCarrier, secondFeatures } from '../support/second-carrier.ts';
import { workerUrl } from './rig.ts';

/** The whole application as a host runs it, with everything it told the window. */
export type RunningApplication = {
  readonly application: Application;
  /** Every result and event, as the text that crosses to the window. */
  readonly told: string[];
  /** Calls a method and gives its value; a failure is thrown. */
  call<K extends MethodName>(method: K, input: Inputs[K]): Promise<Outputs[K]>;
  /** Resolves with the next status that is not of a running pass and passes `wanted`. */
  status(wanted: (status: SyncStatus) => boolean): Promise<SyncStatus>;
  /** Reads the routes of every number, where the list of this adapter does not tell them. */
  readRoutes(): Promise<void>;
  /** Applies a draft as it is now, as a person does who has just looked at it. */
  applyPlan(id: number): Promise<PlanView>;
};

const byNumber = { column: 'number', direction: 'asc' } as const;
const second = { features: secondFeatures, over: (carrier: Carrier) => new SecondCarrier(carrier) };

export async function startApplication(
  dataDir: string,
  keychain?: SecretStore,
  demo = false,
  waits: Partial<Waits> = {},
  network?: Network,
  adapter: ApplicationOptions['adapter'] = overSecond ? second : undefined,
): Promise<RunningApplication> {
  const application = await createApplication({
    dataDir,
    host: 'browser',
    version: '0.0.0-test',
    workerUrl,
    demo,
    log: openLog(dataDir),
    waits: { backoffMs: 30, settleMs: 150, againMs: 50, nextStampMs: 30, ...waits },
    ...(keychain ? { keychain } : {}),
    ...(network ? { network } : {}),
    ...(adapter ? { adapter } : {}),
  });
  const told: string[] = [];
  let waiting: (() => void)[] = [];
  application.subscribe((event, payload) => {
    told.push(JSON.stringify({ event, payload }));
    if (event !== 'sync') return;
    for (const resolve of waiting) resolve();
    waiting = [];
  });
  /** Resolves when the window is told of the sync next. */
  const syncTold = () => new Promise<void>((resolve) => waiting.push(resolve));
  async function call<K extends MethodName>(method: K, input: Inputs[K]): Promise<Outputs[K]> {
    const result = await application.dispatch(method, input);
    told.push(JSON.stringify({ method, result }));
    if (!result.ok) throw new Failure(result.error);
    return result.value as Outputs[K];
  }
  return {
    application,
    told,
    call,
    async readRoutes() {
      if (!notOverV1) return;
      // What people call them is told by their own list.
      await call('routes.refresh', {});
      const { numbers } = await call('numbers.matching', {
        text: 'routes:unread',
        sort: byNumber,
        limit: 10_000,
      });
      await Promise.all(numbers.map((number) => call('numbers.details', { number })));
    },
    async applyPlan(id) {
      const { revision } = await call('plans.get', { id });
      return call('plans.apply', { id, revision });
    },
    async status(wanted) {
      for (;;) {
        // Before it is asked: what is told meanwhile is not missed.
        const next = syncTold();
        const result = await application.dispatch('sync.status', {});
        if (!result.ok) throw new Failure(result.error);
        const status = result.value as SyncStatus;
        if (status.phase === 'idle' && wanted(status)) return status;
        await next;
      }
    },
  };
}

/** A keychain in memory that outlives the application, as the real one does. */
export function memoryKeychain(
  kept = new Map<string, string>(),
): SecretStore & { kept: Map<string, string> } {
  return {
    kept,
    check: () => Promise.resolve(null),
    get: (account) => Promise.resolve(kept.get(account) ?? null),
    set: (account, secret) => Promise.resolve(void kept.set(account, secret)),
    delete: (account) => Promise.resolve(void kept.delete(account)),
  };
}

export function temporaryFolder(): { path: string; remove(): void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  return {
    path: folder,
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Files under a folder that hold a text anywhere, in any of the forms a secret could leak as. */
export function filesWith(folder: string, secret: string): string[] {
  const forms = [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .filter((file) => {
      const bytes = readFileSync(file);
      return forms.some((form) => bytes.includes(form)) || bytes.includes(Buffer.from(secret, 'utf16le'));
    });
}
