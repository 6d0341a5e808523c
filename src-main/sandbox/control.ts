/**
 * What tests may see and change behind the carrier's back, under `/__sandbox/`. It is not part of the signed API and
 * listens on loopback only; changes also need the header `X-Sandbox: 1`, which no page in a browser can send there.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { noOddRecords, type OddRecords, type SandboxAccount } from './account.ts';
import type { KeyPair } from './basic.ts';
import { parseFault, type Fault } from './faults.ts';
import type { SwitchesGiven } from './switches.ts';
import type { World } from './world.ts';

type Mutation = {
  remove?: string[];
  add?: string[];
  routes?: Record<string, [string, string]>;
  /** Set-up and monthly cost. */
  prices?: Record<string, [string, string]>;
  /** Sells to somebody else. */
  sell?: string[];
  /** What v2 calls a number. */
  aliases?: Record<string, string | null>;
  /** Puts the simulated clock forward, in milliseconds. */
  advance?: number;
  /** Records as they are to be sent, whatever the account has: see `OddRecords`. */
  odd?: Partial<OddRecords>;
  oddV2?: Partial<OddRecords>;
};

export function control(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  body: Buffer | null,
  { account, ledger }: World,
  set: {
    setFaults(faults: Fault[]): void;
    setSwitches(given: SwitchesGiven): void;
    setKeys(keys: readonly KeyPair[]): void;
  },
): void {
  const asked = `${request.method ?? ''} ${path}`;
  const localHost = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '');
  const mayChange = request.headers['x-sandbox'] === '1';
  try {
    if (!localHost) reply(response, 403, { error: 'loopback only' });
    else if (asked === 'GET /__sandbox/ledger') reply(response, 200, ledger.read(account.ownedCount));
    else if (asked === 'GET /__sandbox/owned') sendOwned(response, account);
    else if (asked === 'GET /__sandbox/calls') reply(response, 200, ledger.log);
    else if (asked === 'GET /__sandbox/numbers') sendNumbers(response, account);
    else if (!mayChange) reply(response, 404, { error: 'Not Found' });
    else if (asked === 'PUT /__sandbox/faults') {
      set.setFaults(readStrings(body).map(parseFault));
      reply(response, 200, {});
    } else if (asked === 'PUT /__sandbox/switches') {
      set.setSwitches(JSON.parse(String(body)) as SwitchesGiven);
      reply(response, 200, {});
    } else if (asked === 'PUT /__sandbox/keys') {
      set.setKeys(readKeys(body));
      reply(response, 200, {});
    } else if (asked === 'POST /__sandbox/mutate') {
      mutate(account, JSON.parse(String(body)) as Mutation);
      reply(response, 200, {});
    } else reply(response, 404, { error: 'Not Found' });
  } catch (thrown) {
    reply(response, 400, { error: thrown instanceof Error ? thrown.message : 'not understood' });
  }
}

/** One line a number, `number primary failover`, in the account's order. */
function sendOwned(response: ServerResponse, account: SandboxAccount): void {
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  let lines: string[] = [];
  for (let place = 0; place < account.ownedCount; place += 1) {
    lines.push(`${account.ownedAt(place)} ${account.pairAt(place).join(' ')}\n`);
    if (lines.length === 5000) {
      response.write(lines.join(''));
      lines = [];
    }
  }
  response.end(lines.join(''));
}

/** One line of JSON a number: what v2 tells of it, routes by id, in the account's order. */
function sendNumbers(response: ServerResponse, account: SandboxAccount): void {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  const lines: string[] = [];
  for (let place = 0; place < account.ownedCount; place += 1) {
    const number = account.ownedAt(place);
    const { alias, cnamLookups, messaging, e911, cnam } = account.traits(number);
    const [primary, failover] = [account.routeIdAt(place, 'primary'), account.routeIdAt(place, 'failover')];
    lines.push(
      `${JSON.stringify({ number, primary, failover, alias, cnamLookups, messaging, e911, cnam })}\n`,
    );
    if (lines.length === 1000) response.write(lines.splice(0).join(''));
  }
  response.end(lines.join(''));
}

function mutate(account: SandboxAccount, change: Mutation): void {
  if (change.odd) account.odd = { ...noOddRecords, ...change.odd };
  if (change.oddV2) account.oddV2 = { ...noOddRecords, ...change.oddV2 };
  for (const number of change.remove ?? []) account.disown(number);
  for (const number of change.add ?? []) if (account.find(number) < 0) account.own(number);
  for (const number of change.sell ?? []) account.sell(number);
  for (const [number, [setup, monthly]] of Object.entries(change.prices ?? {}))
    account.reprice(number, setup, monthly);
  for (const [number, alias] of Object.entries(change.aliases ?? {}))
    if (account.find(number) >= 0) account.change(number, { alias });
  account.aheadMs += change.advance ?? 0;
  for (const [number, [primary, failover]] of Object.entries(change.routes ?? {})) {
    const place = account.find(number);
    if (place >= 0) account.setPair(place, primary, failover);
  }
}

function readStrings(body: Buffer | null): string[] {
  const json: unknown = JSON.parse(String(body));
  if (!Array.isArray(json)) throw new Error('expected a list of faults');
  return json.map(String);
}

function readKeys(body: Buffer | null): KeyPair[] {
  const json: unknown = JSON.parse(String(body));
  if (!Array.isArray(json)) throw new Error('expected a list of pairs of keys');
  return (json as Partial<Record<keyof KeyPair, unknown>>[]).map(({ accessKey, secretKey }) => ({
    accessKey: String(accessKey),
    secretKey: String(secretKey),
  }));
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}
