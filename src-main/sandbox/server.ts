import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Arrivals } from './arrivals.ts';
import { noOddRecords, SandboxAccount, type OddRecords } from './account.ts';
import { brokenPage, type Answer } from './answer.ts';
import type { KeyPair } from './basic.ts';
import { control } from './control.ts';
import { lieOf, parseFault, strike, type Fault } from './faults.ts';
import { Ledger, type SandboxCall } from './ledger.ts';
import { lies, type LieKind } from './lies.ts';
import type { ApiVersion, Operation } from './operations.ts';
import { seeded } from './random.ts';
import { readSwitches, type LostAnswer, type Outage, type SwitchesGiven } from './switches.ts';
import * as v1 from './v1/operations.ts';
import { refuse as refuseV1 } from './v1/paging.ts';
import { isSigned, type SignatureMode } from './v1/signature.ts';
import { RateLimits } from './v2/rate-limits.ts';
import {
  denied,
  document,
  isOurs,
  notAuthorized,
  notServed,
  notYours,
  refuse as refuseV2,
} from './v2/wire.ts';
import type { World } from './world.ts';

export type SandboxOptions = {
  readonly port?: number;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly owned?: number;
  readonly available?: number;
  /** Routes besides the built-in `sip-reg`. */
  readonly routes?: number;
  readonly seed?: number;
  readonly latencyMs?: number;
  readonly jitterMs?: number;
  /** `operation:kind:rate[:argument]`; see `--help`. */
  readonly faults?: readonly string[];
  readonly signature?: SignatureMode;
  /** How far the server's clock is from this computer's, in milliseconds. */
  readonly clockSkewMs?: number;
  /** How old or new a signed time may be, in milliseconds; 15 minutes unless said. */
  readonly clockWindowMs?: number;
  /** Some numbers are offered with `VPRI` too, as up to 2016. */
  readonly vpri?: boolean;
  /** A carrier at its worst: a repeated PUT of a number that is owned is accepted, and paid again. */
  readonly chargesTwice?: boolean;
  /** Key and certificate in PEM: it then speaks TLS only, and addresses begin with https. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Toll-free numbers that are owned, besides `owned`, and those for sale through v2. */
  readonly tollFree?: number;
  readonly tollFreeAvailable?: number;
  /** Numbers of other countries: so many owned besides `owned`, and as many for sale through v2. */
  readonly foreignNumbers?: number;
  /** More keys of the same account. */
  readonly otherKeys?: readonly KeyPair[];
  /** What v2 leaves open, by name; see `switches.ts`. */
  readonly switches?: SwitchesGiven;
};

export type Sandbox = {
  /** `http://127.0.0.1:PORT/v1`, the base address for clients; https with a certificate. */
  readonly url: string;
  /** `http://127.0.0.1:PORT/v2`: the same account, with the keys themselves as Basic. */
  readonly v2Url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly ledgerUrl: string;
  readonly account: SandboxAccount;
  ledger(): ReturnType<Ledger['read']>;
  /** What was asked, in order; the newest 50,000. */
  calls(): readonly SandboxCall[];
  /** Resolves when so many requests of this operation have come from now on: they may wait for their answers still. */
  comes(operation: Operation, count?: number): Promise<void>;
  /** How many requests wait for their answers. */
  waiting(): number;
  setFaults(faults: readonly string[]): void;
  /** The pairs that open the account from now on. */
  setKeys(keys: readonly KeyPair[]): void;
  /** Changes these switches, and leaves the others as they are. Throws with a sentence. */
  setSwitches(given: SwitchesGiven): void;
  /** Puts the simulated clock forward: caller names are approved, exports finished by it. */
  advance(ms: number): void;
  /** Sends these records as they are, through v1 unless said; none of them at `{}`. */
  setOdd(odd: Partial<OddRecords>, api?: ApiVersion): void;
  close(): Promise<void>;
};

const maxBodyBytes = 64 * 1024;

/** Starts a simulated Flowroute account on 127.0.0.1. Rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const account = new SandboxAccount({
    owned: options.owned ?? 100,
    available: options.available ?? 1000,
    routes: options.routes ?? 8,
    seed: options.seed ?? 1,
    vpri: options.vpri ?? false,
    chargesTwice: options.chargesTwice ?? false,
    tollFree: options.tollFree ?? 0,
    ...(options.tollFreeAvailable === undefined ? {} : { tollFreeAvailable: options.tollFreeAvailable }),
    foreignNumbers: options.foreignNumbers ?? 0,
  });
  const carrier = new SimulatedCarrier(account, options);
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    carrier.handle(request, response).catch(() => {
      response.destroy();
    });
  };
  const keepAliveTimeout = 30_000;
  const server = options.tls
    ? createSecureServer({ keepAliveTimeout, ...options.tls }, answer)
    : createServer({ keepAliveTimeout }, answer);
  await listen(server, options.port ?? 0);
  setImmediate(() => void surfaceV2());
  const { port } = server.address() as AddressInfo;
  const origin = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return {
    url: `${origin}/v1`,
    v2Url: `${origin}/v2`,
    accessKey: carrier.accessKey,
    secretKey: carrier.secretKey,
    ledgerUrl: `${origin}/__sandbox/ledger`,
    account,
    ledger: () => carrier.ledger.read(account.ownedCount),
    calls: () => carrier.ledger.log,
    comes: (operation, count) => carrier.arrivals.comes(operation, count),
    waiting: () => carrier.arrivals.waiting,
    setFaults(faults) {
      carrier.faults = faults.map(parseFault);
    },
    setKeys(keys) {
      carrier.keys = keys;
    },
    setSwitches(given) {
      carrier.setSwitches(given);
    },
    advance(ms) {
      account.aheadMs += ms;
    },
    setOdd(odd, api = 'v1') {
      const records = { ...noOddRecords, ...odd };
      if (api === 'v1') account.odd = records;
      else account.oddV2 = records;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** One request whose keys were right: what it is, how to do it, and how its version of the API says no. */
type Job = {
  readonly api: ApiVersion;
  readonly operation: Operation;
  readonly subject: string;
  perform(): Answer;
};

/** Loaded once the server listens, or when somebody asks for it: starting does not wait for it. */
const surfaceV2 = () => import('./v2/surface.ts');

class SimulatedCarrier {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly ledger = new Ledger();
  readonly arrivals = new Arrivals();
  faults: Fault[];
  keys: readonly KeyPair[];
  #world: World;
  #options: SandboxOptions;
  #limits = new RateLimits();
  #outageLeft = 0;
  #outageUntil = 0;

  constructor(account: SandboxAccount, options: SandboxOptions) {
    this.#options = options;
    this.accessKey = options.accessKey ?? '80001234';
    this.secretKey = options.secretKey ?? `sandbox${'0'.repeat(25)}`;
    this.keys = [{ accessKey: this.accessKey, secretKey: this.secretKey }, ...(options.otherKeys ?? [])];
    this.faults = (options.faults ?? []).map(parseFault);
    const random = seeded((options.seed ?? 1) ^ 0x5eed);
    this.#world = { account, ledger: this.ledger, switches: readSwitches({}), random };
    this.setSwitches(options.switches ?? {});
  }

  setSwitches(given: SwitchesGiven): void {
    const switches = readSwitches(given, this.#world.switches);
    const { account } = this.#world;
    this.#world.switches = switches;
    account.callerNames.approvalMs = switches.cnamApprovalMs;
    account.exports.takesMs = switches.cdrTakesMs;
    if (!('outage' in given)) return;
    this.#outageLeft = switches.outage?.requests ?? 0;
    this.#outageUntil = Date.now() + (switches.outage?.seconds ?? 0) * 1000;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const target = request.url ?? '/';
    const path = target.split('?', 1)[0] ?? '/';
    if (path.startsWith('/__sandbox/')) {
      control(request, response, path, body, this.#world, {
        setFaults: (faults) => {
          this.faults = faults;
        },
        setSwitches: (given) => {
          this.setSwitches(given);
        },
        setKeys: (keys) => {
          this.keys = keys;
        },
      });
      return;
    }
    const { latencyMs = 0, jitterMs = 0 } = this.#options;
    const wait = latencyMs + jitterMs * this.#world.random();
    if (wait > 0) await sleep(wait);
    const asked = isOurs(path)
      ? await this.#askV2(request, target, path, body)
      : this.#askV1(request, target, path, body);
    if ('perform' in asked)
      await this.arrivals.answered(asked.operation, () => this.#answer(asked, response));
    else this.#send(response, asked.job, asked.refused, []);
  }

  #askV1(request: IncomingMessage, target: string, path: string, body: Buffer | null): Job | Refused {
    const { v1Gone } = this.#world.switches;
    if (v1Gone !== 'off')
      return { job: { api: 'v1', ...unknown }, refused: refuseV1(Number(v1Gone), 'Gone') };
    const found =
      body === null ? refuseV1(413, 'Request Entity Too Large') : v1.route(request.method ?? '', path);
    const sent = body ?? Buffer.alloc(0);
    const name = { api: 'v1', ...('subject' in found ? found : unknown) } as const;
    if (!this.#signed(request, target, sent)) return { job: name, refused: refusals.v1('401') ?? notYours() };
    if ('status' in found) return { job: name, refused: found };
    const query = new URLSearchParams(target.slice(path.length + 1));
    const perform = () => v1.perform({ ...found, query, body: sent }, this.#world);
    return { api: 'v1', ...found, perform };
  }

  async #askV2(
    request: IncomingMessage,
    target: string,
    path: string,
    body: Buffer | null,
  ): Promise<Job | Refused> {
    if (this.#world.switches.v2Gone) return { job: { api: 'v2', ...unknown }, refused: notServed };
    const v2 = await surfaceV2();
    const found = v2.find(request.method ?? '', path);
    const name = { api: 'v2', ...('subject' in found ? found : unknown) } as const;
    const refused =
      v2.refusedKeys(path, request.headers.authorization, this.keys) ??
      (body === null ? refuseV2(413, 'Request Entity Too Large') : null) ??
      ('status' in found ? found : this.#limits.refused(found.operation, this.#world, Date.now()));
    if (refused || 'status' in found) return { job: name, refused: refused ?? notYours() };
    const accepted = v2.acceptBody(body ?? Buffer.alloc(0), request.headers);
    if ('status' in accepted) return { job: name, refused: accepted };
    const scheme = this.#options.tls ? 'https' : 'http';
    const call = {
      query: new URLSearchParams(target.slice(path.length + 1)),
      body: accepted,
      origin: `${scheme}://${request.headers.host ?? '127.0.0.1'}`,
    };
    const { operation, subject } = found;
    return { api: 'v2', operation, subject, perform: () => v2.perform(found, call, this.#world) };
  }

  async #answer(job: Job, response: ServerResponse): Promise<void> {
    const { account, ledger, random, switches } = this.#world;
    const struck = strike([...this.faults, ...switches.lostAnswer.map(cutOf)], job.operation, random);
    const has = (kind: Fault['kind']) => struck.find((fault) => fault.kind === kind);
    const latency = has('latency');
    if (latency) await sleep(latency.argument ?? 1000);
    if (has('cut-before')) {
      this.#cut(job, response);
      return;
    }
    if (this.#isOut()) {
      this.#fail(job, response, switches.outage?.kind ?? '503');
      return;
    }
    const lie = struck.map(({ kind }) => lieOf(kind)).find((one) => one !== null);
    if (lie) {
      if (lie.after) job.perform();
      this.#lie(job, response, lie.lie);
      return;
    }
    const refused = refusal(job.api, struck);
    if (refused) {
      this.#send(response, job, refused, struck);
      return;
    }
    if (has('sold') && account.sell(job.subject)) ledger.soldElsewhere(job.subject);
    const answer = job.perform();
    if (has('cut-after')) this.#cut(job, response);
    else if (has('after-error-in-200')) this.#send(response, job, contradictions[job.api], struck);
    else if (has('207') && job.api === 'v2') this.#send(response, job, halfDone(answer), struck);
    else this.#send(response, job, has('after-500') ? brokenPage(500) : answer, struck);
  }

  /** Whether an outage lasts; one that was set for so many requests counts this one. */
  #isOut(): boolean {
    if (Date.now() < this.#outageUntil) return true;
    if (this.#outageLeft === 0) return false;
    this.#outageLeft -= 1;
    return true;
  }

  #fail(job: Job, response: ServerResponse, kind: Outage['kind']): void {
    if (kind === 'hang') this.#lie(job, response, 'hang');
    else if (kind === 'html502') this.#send(response, job, brokenPage(502), []);
    else if (job.api === 'v1') this.#send(response, job, brokenPage(Number(kind)), []);
    else this.#send(response, job, refuseV2(Number(kind), 'The service is not available.'), []);
  }

  /** Somebody else's answer in the place of ours. */
  #lie(job: Job, response: ServerResponse, kind: LieKind): void {
    const lie = lies[kind];
    this.ledger.called(job.api, job, lie?.status ?? 'cut');
    // Without an answer the client gives up; the connection ends with it, or with this server.
    if (!lie) return;
    response.writeHead(lie.status, {
      'Content-Type': lie.type,
      'Content-Length': Buffer.byteLength(lie.body),
      ...('headers' in lie ? lie.headers : {}),
    });
    response.end(lie.body);
  }

  #cut(job: Job, response: ServerResponse): void {
    this.ledger.called(job.api, job, 'cut');
    response.destroy();
  }

  #send(response: ServerResponse, asked: Asked, answer: Answer, struck: readonly Fault[]): void {
    this.ledger.called(asked.api, asked, answer.status);
    const whole = answer.bytes ?? Buffer.from(answer.body, 'utf8');
    const retry = struck.find((fault) => fault.kind === '429');
    const truncated = struck.some((fault) => fault.kind === 'truncate');
    const body = truncated ? whole.subarray(0, Math.floor(whole.length / 2)) : whole;
    const type = answer.type ?? (answer.body.startsWith('<') ? 'text/html' : 'application/json');
    response.statusCode = answer.status;
    response.setHeader('Server', 'nginx');
    response.setHeader('Date', new Date(this.#now()).toUTCString());
    response.setHeader('Content-Type', type);
    for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
    if (answer.status !== 204) response.setHeader('Content-Length', body.length);
    if (retry) response.setHeader('Retry-After', String(retry.argument ?? 1));
    const slow = struck.find((fault) => fault.kind === 'slow-body');
    if (slow && body.length > 0) void drip(response, body, slow.argument ?? 1000);
    else response.end(body);
  }

  #signed(request: IncomingMessage, target: string, body: Buffer): boolean {
    const time = request.headers['x-timestamp'];
    const signed = {
      method: request.method ?? '',
      scheme: this.#options.tls ? 'https' : 'http',
      target,
      host: request.headers.host ?? '',
      time: Array.isArray(time) ? time[0] : time,
      authorization: request.headers.authorization,
      body,
    } as const;
    const rules = {
      mode: this.#options.signature ?? 'lenient',
      clockWindowMs: this.#options.clockWindowMs ?? 15 * 60_000,
      now: this.#now(),
    };
    return this.keys.some((pair) => isSigned(signed, { ...pair, ...rules }));
  }

  #now(): number {
    return Date.now() + (this.#options.clockSkewMs ?? 0);
  }
}

type Asked = { readonly api: ApiVersion; readonly operation: string; readonly subject: string };
type Refused = { readonly job: Asked; readonly refused: Answer };
const unknown = { operation: 'unknown', subject: '' };

/** A yes and a no in one answer: clients look for an error whatever the status. */
const contradictions: Readonly<Record<ApiVersion, Answer>> = {
  v1: { status: 200, body: '{"error": "The request was declined."}' },
  v2: document(200, { errors: [{ detail: 'The request was declined.', status: 422 }] }),
};

/** A purchase that was made, while something beside it was not. */
const halfDone = (answer: Answer): Answer => (answer.status === 201 ? { ...answer, status: 207 } : answer);

/** Refusals that faults ask for. Those that are not documented have the shape of the version's errors and texts of our own. */
const refusals: Readonly<Record<ApiVersion, (kind: string) => Answer | null>> = {
  v1(kind) {
    const texts: Readonly<Record<string, string>> = {
      '400': 'The request was declined.',
      '401': 'Authentication failed.',
      '402': 'Insufficient funds.',
      '403': 'This account may not do that.',
      '404': 'Not Found',
      '429': 'Too Many Requests',
    };
    const words = texts[kind];
    return words === undefined ? null : refuseV1(Number(kind), words);
  },
  v2(kind) {
    if (kind === '401') return denied();
    if (kind === '403') return notAuthorized();
    if (kind === '404') return notYours();
    if (kind === '400') return refuseV2(400, 'The request was declined.', 'Client Error');
    if (kind === '402') return refuseV2(402, 'Insufficient funds.', 'Insufficient Funds');
    return kind === '429' ? refuseV2(429, 'Rate limit exceeded.', 'Too Many Requests') : null;
  },
};

/** The refusal among the faults that struck, if one is. */
function refusal(api: ApiVersion, struck: readonly Fault[]): Answer | null {
  for (const { kind } of struck) {
    const refused = refusals[api](kind);
    if (refused) return refused;
    if (kind === 'error-in-200') return contradictions[api];
    if (kind === '500' || kind === '503' || kind === '504') return brokenPage(Number(kind));
  }
  return null;
}

const cutOf = ({ operation, when, rate }: LostAnswer): Fault => ({
  operation,
  kind: when === 'before' ? 'cut-before' : 'cut-after',
  rate,
  argument: null,
});

async function drip(response: ServerResponse, body: Buffer, overMs: number): Promise<void> {
  const pieces = 5;
  for (let i = 0; i < pieces && !response.destroyed; i += 1) {
    const piece = body.subarray(
      Math.floor((body.length * i) / pieces),
      Math.floor((body.length * (i + 1)) / pieces),
    );
    response.write(piece);
    await sleep(overMs / pieces);
  }
  response.end();
}

/** The whole body, or null when it is larger than any real request. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? null : Buffer.concat(chunks);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
