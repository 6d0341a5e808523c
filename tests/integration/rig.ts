import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { FlowrouteV1 } from '../../src-main/carrier/flowroute/v1/adapter.ts';
import { FlowrouteV2 } from '../../src-main/carrier/flowroute/v2/adapter.ts';
import { openInventory, type Inventory } from '../../src-main/inventory/inventory.ts';
import { createSync, type Sync } from '../../src-main/inventory/sync/sync.ts';
import { notOverV1, overSecond, overV2, SecondCarrier } from '../support/second-carrier.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src-main/sandbox/server.ts';

export const workerUrl = new URL('../../src-main/app/storage-worker.ts', import.meta.url);
const byNumber = { column: 'number', direction: 'asc' } as const;

export type Rig = {
  sandbox: Sandbox;
  carrier: FlowrouteV1;
  /** The other adapter, where the list is kept over that one. */
  second: SecondCarrier | null;
  /** Flowroute's second version, where the list is kept over that one. */
  v2: FlowrouteV2 | null;
  inventory: Inventory;
  sync: Sync;
  file: string;
  /** Minutes between passes; 0 only when asked. */
  everyMinutes: number;
  reopen(): Promise<void>;
  close(): Promise<void>;
};

/** A sandbox, a carrier client, a cached list and its sync: the whole path a number takes, over real HTTP. */
export async function makeRig(
  options: SandboxOptions = {},
  now = Date.now,
  adapter: 'v1' | 'second' | 'v2' = overSecond ? 'second' : overV2 ? 'v2' : 'v1',
): Promise<Rig> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
  const file = path.join(folder, 'numbers.db');
  const sandbox = await startSandbox(options);
  const { accessKey, secretKey } = sandbox;
  const carrier = new FlowrouteV1({
    baseUrl: sandbox.url,
    keys: { accessKey, secretKey },
    backoffMs: 20,
    nextStampMs: 20,
  });
  const v2 =
    adapter === 'v2'
      ? new FlowrouteV2({
          baseUrl: sandbox.v2Url,
          keys: { accessKey, secretKey },
          backoffMs: 20,
          tooManyMs: 20,
        })
      : null;
  const second = adapter === 'second' ? new SecondCarrier(carrier) : null;
  const open = async () => {
    const inventory = await openInventory({
      file,
      workerUrl,
      log: () => undefined,
      onChange: () => undefined,
    });
    const sync = await createSync({
      carrier: () => v2 ?? second ?? carrier,
      inventory,
      onStatus: () => undefined,
      everyMinutes: () => rig.everyMinutes,
      log: () => undefined,
      backoffMs: 600_000,
      now,
    });
    return { inventory, sync };
  };
  const shut = async () => {
    await rig.sync.close();
    await rig.inventory.close();
  };
  const rig: Rig = {
    sandbox,
    carrier,
    second,
    v2,
    file,
    everyMinutes: 0,
    ...(await open()),
    async reopen() {
      await shut();
      Object.assign(rig, await open());
    },
    async close() {
      await shut();
      carrier.close();
      v2?.close();
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

/** `number primary failover` of everything the app has, sorted; the numbers alone where the list tells no routes. */
export async function cachedLines(inventory: Inventory): Promise<string[]> {
  const lines: string[] = [];
  for (let offset = 0; ; offset += 500) {
    const window = await inventory.query({ text: '', sort: byNumber, offset, limit: 500 });
    for (const { number, primary, failover } of window.rows)
      lines.push(notOverV1 ? number : `${number} ${primary} ${failover}`);
    if (window.rows.length < 500) return lines;
  }
}

/** The same of everything the sandbox really owns. */
export function ownedLines({ account }: Sandbox): string[] {
  return Array.from({ length: account.ownedCount }, (_, place) =>
    [account.ownedAt(place), ...(notOverV1 ? [] : account.pairAt(place))].join(' '),
  ).sort();
}
