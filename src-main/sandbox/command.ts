import { parseArgs } from 'node:util';
import { faultKinds } from './faults.ts';
import { lieKinds } from './lies.ts';
import { operations } from './operations.ts';
import { startSandbox } from './server.ts';
import { switchLines, type SwitchesGiven } from './switches.ts';

const help = `A simulated Flowroute account on 127.0.0.1: API v1 with its signatures under /v1, API v2 with Basic keys under /v2.

  npm run sandbox -- [options]

  --port N            port, 0 for any free one (0)
  --access-key K      access key clients must use (80001234)
  --secret-key S      secret key clients must sign with (one is printed)
  --other-key A:S     another pair of keys of the same account; may be given again
  --owned N           numbers the account owns (100)
  --available N       numbers for sale (1000)
  --routes N          routes besides sip-reg (8)
  --seed N            same seed, same account and same faults (1)
  --latency MS        time before every answer (0)
  --jitter MS         up to this much more, at random (0)
  --signature MODE    lenient: what any official client sends; strict: the documentation only; off (lenient)
  --clock-skew MS     how far the server's clock is from this computer's (0)
  --clock-window MS   how old or new a signed time may be (900000)
  --vpri              some numbers are offered with VPRI too
  --toll-free N       toll-free numbers the account owns besides (0)
  --toll-free-available N  toll-free numbers for sale through v2, besides those of --available (60)
  --foreign N         numbers of other countries it owns besides; as many are for sale through v2 (0)
  --switch NAME=VALUE how v2 behaves where that is open; may be given again, see below
  --charges-twice     a repeated purchase of an owned number is accepted and paid again
  --fault SPEC        operation:kind:rate[:argument]; may be given again
  --help

Operations: *, reads, writes, ${operations.join(', ')}
Kinds, and ${lieKinds.join(', ')}: answers that are not the carrier's, with "after-" before them once it was done:
${Object.entries(faultKinds)
  .map(([kind, text]) => `  ${kind.padEnd(20)}${text}`)
  .join('\n')}

A fault of setRoutes strikes v2's setPrimary, setFailover, clearPrimary and clearFailover too.

Switches of v2, with what is usual first:
${switchLines.join('\n')}

When ready it prints one line of JSON: {"url","v2Url","accessKey","secretKey","ledgerUrl"}. SIGTERM or Ctrl-C stops it.
For tests, on loopback only: GET /__sandbox/ledger (calls counted by version and class of endpoint), /__sandbox/calls (the newest
50,000), /__sandbox/owned and /__sandbox/numbers (what v2 tells, a line of JSON each); with the header X-Sandbox: 1 also
PUT /__sandbox/faults (a JSON list of SPECs), PUT /__sandbox/switches (a JSON object), PUT /__sandbox/keys
([{"accessKey","secretKey"}], all that open the account) and POST /__sandbox/mutate ({"remove":[…],"add":[…],"sell":[…],"routes":{number:[p,f]},"aliases":{number:text},"advance":ms,
"prices":{number:["1.00","1.25"]},"odd":{"owned":{key:record},"offers":{…},"routes":{…}},"oddV2":{…}}).
`;

const text = { type: 'string' } as const;

function read() {
  const { values } = parseArgs({
    options: {
      port: text,
      'access-key': text,
      'secret-key': text,
      owned: text,
      available: text,
      routes: text,
      seed: text,
      latency: text,
      jitter: text,
      signature: text,
      'clock-skew': text,
      'clock-window': text,
      fault: { type: 'string', multiple: true },
      'other-key': { type: 'string', multiple: true },
      'toll-free': text,
      'toll-free-available': text,
      foreign: text,
      switch: { type: 'string', multiple: true },
      vpri: { type: 'boolean' },
      'charges-twice': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  return values;
}

function integer(name: string, value: string | undefined, low: number, high: number, usual: number): number {
  if (value === undefined) return usual;
  const number = Number(value);
  if (!/^-?\d+$/.test(value) || number < low || number > high) {
    throw new Error(`--${name} must be a whole number from ${low} to ${high}`);
  }
  return number;
}

function readPair(text: string): { accessKey: string; secretKey: string } {
  const at = text.indexOf(':');
  if (at < 1) throw new Error('--other-key must be ACCESS-KEY:SECRET-KEY');
  return { accessKey: text.slice(0, at), secretKey: text.slice(at + 1) };
}

function readSwitchOptions(given: readonly string[]): SwitchesGiven {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf('=');
      if (at < 1) throw new Error(`--switch must be NAME=VALUE, not "${one}"`);
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}

async function main(): Promise<void> {
  const given = read();
  if (given.help) {
    process.stdout.write(help);
    return;
  }
  const mode = given.signature ?? 'lenient';
  if (mode !== 'strict' && mode !== 'lenient' && mode !== 'off') {
    throw new Error('--signature must be strict, lenient or off');
  }
  const sandbox = await startSandbox({
    port: integer('port', given.port, 0, 65_535, 0),
    accessKey: given['access-key'] ?? '80001234',
    secretKey: given['secret-key'] ?? 'sandbox0000000000000000000000000',
    owned: integer('owned', given.owned, 0, 5_000_000, 100),
    available: integer('available', given.available, 0, 5_000_000, 1000),
    routes: integer('routes', given.routes, 0, 60_000, 8),
    seed: integer('seed', given.seed, 0, 2 ** 32 - 1, 1),
    latencyMs: integer('latency', given.latency, 0, 600_000, 0),
    jitterMs: integer('jitter', given.jitter, 0, 600_000, 0),
    signature: mode,
    clockSkewMs: integer('clock-skew', given['clock-skew'], -(10 ** 12), 10 ** 12, 0),
    clockWindowMs: integer('clock-window', given['clock-window'], 0, 10 ** 12, 900_000),
    faults: given.fault ?? [],
    vpri: given.vpri ?? false,
    chargesTwice: given['charges-twice'] ?? false,
    tollFree: integer('toll-free', given['toll-free'], 0, 10_000, 0),
    ...(given['toll-free-available'] === undefined
      ? {}
      : { tollFreeAvailable: integer('toll-free-available', given['toll-free-available'], 0, 10_000, 60) }),
    foreignNumbers: integer('foreign', given.foreign, 0, 10_000, 0),
    otherKeys: (given['other-key'] ?? []).map(readPair),
    switches: readSwitchOptions(given.switch ?? []),
  });
  const { url, v2Url, accessKey, secretKey, ledgerUrl } = sandbox;
  console.log(JSON.stringify({ url, v2Url, accessKey, secretKey, ledgerUrl }));
  const stop = () => {
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((thrown: unknown) => {
  console.error(`sandbox: ${thrown instanceof Error ? thrown.message : 'could not start'} (see --help)`);
  process.exitCode = 2;
});
