import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Arrivals } from './arrivals.ts';
import { noOddRecords, SandboxAccount, type OddRecords } from './account.ts';
import { control } from './control.ts';
import { lieOf, parseFault, strike, type Fault } from './faults.ts';
import { Ledger, type SandboxCall } from './ledger.ts';
import { lies, type LieKind } from './lies.ts';
import { perform, route, type Call, type Operation } from './operations.ts';
import { refuse, type Answer } from './paging.ts';
import { seeded } from './random.ts';
import { isSigned, type SignatureMode } from './signature.ts';

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
};

export type Sandbox = {
  /** `http://127.0.0.1:PORT/v1`, the base address for clients; https with a certificate. */
  readonly url: string;
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
  /** Sends these records as they are; none of them at `{}`. */
  setOdd(odd: Partial<OddRecords>): void;
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
  const { port } = server.address() as AddressInfo;
  const origin = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  return {
    url: `${origin}/v1`,
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
    setOdd(odd) {
      account.odd = { ...noOddRecords, ...odd };
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

class SimulatedCarrier {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly ledger = new Ledger();
  readonly arrivals = new Arrivals();
  faults: Fault[];
  #account: SandboxAccount;
  #options: SandboxOptions;
  #random: () => number;

  constructor(account: SandboxAccount, options: SandboxOptions) {
    this.#account = account;
    this.#options = options;
    this.accessKey = options.accessKey ?? '80001234';
    this.secretKey = options.secretKey ?? `sandbox${'0'.repeat(25)}`;
    this.faults = (options.faults ?? []).map(parseFault);
    this.#random = seeded((options.seed ?? 1) ^ 0x5eed);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const target = request.url ?? '/';
    const path = target.split('?', 1)[0] ?? '/';
    if (path.startsWith('/__sandbox/')) {
      control(request, response, path, body, this.#account, this.ledger, (faults) => {
        this.faults = faults;
      });
      return;
    }
    const { latencyMs = 0, jitterMs = 0 } = this.#options;
    const wait = latencyMs + jitterMs * this.#random();
    if (wait > 0) await sleep(wait);
    const found = body === null ? refuse(413, 'Request Entity Too Large') : route(request.method ?? '', path);
    if (!this.#signed(request, target, body ?? Buffer.alloc(0))) {
      this.#send(response, 'subject' in found ? found : unknown, denied, []);
      return;
    }
    if ('status' in found) {
      this.#send(response, unknown, found, []);
      return;
    }
    const query = new URLSearchParams(target.slice(path.length + 1));
    const call = { ...found, query, body: body ?? Buffer.alloc(0) };
    await this.arrivals.answered(call.operation, () => this.#answer(call, response));
  }

  async #answer(call: Call, response: ServerResponse): Promise<void> {
    const struck = strike(this.faults, call.operation, this.#random);
    const has = (kind: Fault['kind']) => struck.find((fault) => fault.kind === kind);
    const latency = has('latency');
    if (latency) await sleep(latency.argument ?? 1000);
    if (has('cut-before')) {
      this.#cut(call, response);
      return;
    }
    const lie = struck.map(({ kind }) => lieOf(kind)).find((one) => one !== null);
    if (lie) {
      if (lie.after) perform(call, this.#account, this.ledger, this.#random);
      this.#lie(call, response, lie.lie);
      return;
    }
    const refused = refusal(struck);
    if (refused) {
      this.#send(response, call, refused, struck);
      return;
    }
    if (has('sold') && this.#account.sell(call.subject)) this.ledger.soldElsewhere(call.subject);
    const answer = perform(call, this.#account, this.ledger, this.#random);
    if (has('cut-after')) this.#cut(call, response);
    else if (has('after-error-in-200')) this.#send(response, call, contradiction, struck);
    else this.#send(response, call, has('after-500') ? broken(500) : answer, struck);
  }

  /** Somebody else's answer in the place of ours. */
  #lie(call: Call, response: ServerResponse, kind: LieKind): void {
    const lie = lies[kind];
    this.ledger.called(call, lie?.status ?? 'cut');
    // Without an answer the client gives up; the connection ends with it, or with this server.
    if (!lie) return;
    response.writeHead(lie.status, {
      'Content-Type': lie.type,
      'Content-Length': Buffer.byteLength(lie.body),
      ...('headers' in lie ? lie.headers : {}),
    });
    response.end(lie.body);
  }

  #cut(call: Call, response: ServerResponse): void {
    this.ledger.called(call, 'cut');
    response.destroy();
  }

  #send(response: ServerResponse, asked: Asked, answer: Answer, struck: readonly Fault[]): void {
    this.ledger.called(asked, answer.status);
    const whole = Buffer.from(answer.body, 'utf8');
    const retry = struck.find((fault) => fault.kind === '429');
    const truncated = struck.some((fault) => fault.kind === 'truncate');
    const body = truncated ? whole.subarray(0, Math.floor(whole.length / 2)) : whole;
    response.statusCode = answer.status;
    response.setHeader('Server', 'nginx');
    response.setHeader('Date', new Date(this.#now()).toUTCString());
    response.setHeader('Content-Type', answer.body.startsWith('<') ? 'text/html' : 'application/json');
    if (answer.status !== 204) response.setHeader('Content-Length', body.length);
    if (answer.status === 429) response.setHeader('Retry-After', String(retry?.argument ?? 1));
    const slow = struck.find((fault) => fault.kind === 'slow-body');
    if (slow && body.length > 0) void drip(response, body, slow.argument ?? 1000);
    else response.end(body);
  }

  #signed(request: IncomingMessage, target: string, body: Buffer): boolean {
    const time = request.headers['x-timestamp'];
    return isSigned(
      {
        method: request.method ?? '',
        scheme: this.#options.tls ? 'https' : 'http',
        target,
        host: request.headers.host ?? '',
        time: Array.isArray(time) ? time[0] : time,
        authorization: request.headers.authorization,
        body,
      },
      {
        accessKey: this.accessKey,
        secretKey: this.secretKey,
        mode: this.#options.signature ?? 'lenient',
        clockWindowMs: this.#options.clockWindowMs ?? 15 * 60_000,
        now: this.#now(),
      },
    );
  }

  #now(): number {
    return Date.now() + (this.#options.clockSkewMs ?? 0);
  }
}

type Asked = { readonly operation: string; readonly subject: string };
const unknown: Asked = { operation: 'unknown', subject: '' };
/** A yes and a no in one answer: v1's own clients look for `error` whatever the status. */
const contradiction: Answer = { status: 200, body: '{"error": "The request was declined."}' };
const denied = refuse(401, 'Authentication failed.');

/** Refusals that are not documented for v1: shapes of its error, texts of our own. */
const refusals: Readonly<Record<string, Answer>> = {
  '400': refuse(400, 'The request was declined.'),
  '401': denied,
  '402': refuse(402, 'Insufficient funds.'),
  '403': refuse(403, 'This account may not do that.'),
  '404': refuse(404, 'Not Found'),
  '429': refuse(429, 'Too Many Requests'),
};

const broken = (status: number): Answer => ({
  status,
  body: `<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr><center>nginx</center></body></html>`,
});

/** The refusal among the faults that struck, if one is. */
function refusal(struck: readonly Fault[]): Answer | null {
  for (const { kind } of struck) {
    const refused = refusals[kind];
    if (refused) return refused;
    if (kind === 'error-in-200') return contradiction;
    if (kind === '500' || kind === '503' || kind === '504') return broken(Number(kind));
  }
  return null;
}

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
