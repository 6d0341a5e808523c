import type { Inputs } from '../../src-main/contract/contract.ts';
import type { PlanView } from '../../src-main/contract/routing.ts';
import type { SandboxProcess } from '../support/sandbox-process.ts';
import { signInSynced, until, valueOf, type HostClient } from '../support/host-client.ts';

/** What was done in an account before its pictures are taken; `null` is not there. */
export type Prepared = {
  /** An order that is done, of which some numbers were refused. */
  readonly order: number | null;
  /** Plans: one that is done with failures, a draft, one that leaves numbers out, and one that was made of a file. */
  readonly plans: {
    readonly done: number;
    readonly draft: number;
    readonly leftOut: number;
    readonly file: number;
  } | null;
  readonly numbers: readonly string[];
};

/** As long as people make them. */
export const longRoute = 'headquarters-contact-center-overflow-after-hours';
const byNumber = { column: 'number', direction: 'asc' } as const;

/**
 * Signs in to a sandbox and does what leaves something on each screen: tags, searches, a cart with a number that is gone and one
 * that costs more, two orders, plans, and routes that the carrier does not list.
 */
export async function prepare(
  client: HostClient,
  sandbox: SandboxProcess,
  what: 'nothing' | 'everything',
): Promise<Prepared> {
  if (what === 'everything') await routeOddly(sandbox);
  await signInSynced(client, sandbox, 'Reseller west');
  if (what === 'nothing') return { order: null, plans: null, numbers: [] };
  await valueOf(client.call('routes.refresh', {}));
  await valueOf(client.call('routes.create', { name: longRoute, type: 'HOST', value: 'sip.example.net' }));
  await valueOf(client.call('settings.set', { orderLimit: 100_000 }));
  const { numbers } = await valueOf(
    client.call('numbers.matching', { text: '', sort: byNumber, limit: 300 }),
  );
  await tag(client, numbers);
  for (const text of ['npa:206', 'state:wa word:taxi'])
    await valueOf(client.call('find.saveSearch', { text }));
  const offers = await find(client);
  const order = await buy(client, sandbox, offers.slice(0, 24));
  await buy(client, sandbox, offers.slice(24, 25));
  await fillCart(client, sandbox, offers.slice(30, 44));
  const plans = await plan(client, sandbox, numbers);
  return { order, plans, numbers };
}

/** Begins an order and a change of routes that take minutes, and waits until each of them has done something. */
export async function startWork(client: HostClient, sandbox: SandboxProcess): Promise<void> {
  await sandbox.setFaults(['writes:latency:1:150']);
  const text = 'failover:none';
  const draft = await compared(client, {
    ...{ kind: 'query', text, change: { primary: { route: 'sbc-west' }, failover: { route: 'fax' } } },
  });
  await valueOf(client.call('plans.apply', { id: draft.id, revision: draft.revision }));
  await until(
    client,
    'plans',
    () => client.call('plans.get', { id: draft.id }),
    ({ counts }) => counts.done > 3,
  );
  const offers = await find(client);
  await valueOf(client.call('cart.add', { numbers: offers.slice(60, 100) }));
  const id = await order(client);
  await until(
    client,
    'orders',
    () => client.call('orders.get', { id }),
    ({ counts }) => counts.bought > 2,
  );
  await valueOf(client.call('cart.add', { numbers: offers.slice(120, 130) }));
}

/** An order waits, since nobody can tell whether its numbers were bought; another cart is begun. */
export async function leaveInDoubt(client: HostClient, sandbox: SandboxProcess): Promise<void> {
  const offers = await find(client);
  await sandbox.setFaults(['purchase:cut-after:1', 'details:html-404:1']);
  const id = await order(client);
  await until(
    client,
    'orders',
    () => client.call('orders.get', { id }),
    ({ phase }) => phase === 'paused',
  );
  await sandbox.setFaults([]);
  await valueOf(client.call('cart.add', { numbers: offers.slice(200, 212) }));
}

/** Some numbers have routes that the carrier does not list, long ones, or one that nobody else has. */
async function routeOddly(sandbox: SandboxProcess): Promise<void> {
  const owned = await (await fetch(new URL('/__sandbox/owned', sandbox.ledgerUrl))).text();
  const numbers = owned.split('\n').map((line) => line.split(' ')[0] ?? '');
  const routes: Record<string, [string, string]> = {};
  for (const [at, number] of numbers.slice(0, 60).entries())
    routes[number] =
      at % 3 === 0 ? [longRoute, 'sip-reg'] : at % 3 === 1 ? ['sbc-east', 'old-sbc-2019'] : ['fax', 'fax'];
  await sandbox.mutate({ routes });
}

async function tag(client: HostClient, numbers: readonly string[]): Promise<void> {
  const tags = [
    ['vip', 0, 90],
    ['spare', 40, 160],
    ['campaign spring 2026', 10, 30],
    ['customer Northwind Traders', 20, 60],
  ] as const;
  for (const [name, from, to] of tags)
    await valueOf(
      client.call('tags.change', {
        ...{ source: { kind: 'numbers', numbers: numbers.slice(from, to) }, add: [name], remove: [] },
      }),
    );
}

/** Numbers for sale that contain a 2, as the search on screen finds them. */
async function find(client: HostClient): Promise<string[]> {
  const { id } = await valueOf(client.call('find.start', { text: '2', replaces: null }));
  const asked = {
    ...{ id, sort: byNumber, pattern: null, blockSize: 5, offset: 0, limit: 300 },
  };
  const { rows } = await until(
    client,
    'find',
    () => client.call('find.window', asked),
    ({ status }) => status.phase === 'done' || status.loaded > 400,
  );
  await valueOf(client.call('find.stop', { id }));
  return rows.filter((row) => !row.owned && !row.inCart).map((row) => row.number);
}

async function order(client: HostClient): Promise<number> {
  const { token, count, mustTypeCount } = await valueOf(client.call('orders.review', {}));
  const { id } = await valueOf(
    client.call('orders.buy', {
      ...{ token, typedCount: mustTypeCount ? count : null },
      routes: { primary: { route: 'sbc-east' }, failover: { route: 'sip-reg' } },
    }),
  );
  return id;
}

async function buy(client: HostClient, sandbox: SandboxProcess, numbers: readonly string[]): Promise<number> {
  await valueOf(client.call('cart.add', { numbers: [...numbers] }));
  if (numbers.length > 10) await sandbox.setFaults(['purchase:sold:0.15']);
  const id = await order(client);
  await until(
    client,
    'orders',
    () => client.call('orders.get', { id }),
    ({ phase }) => phase === 'done',
  );
  await sandbox.setFaults([]);
  return id;
}

async function fillCart(
  client: HostClient,
  sandbox: SandboxProcess,
  numbers: readonly string[],
): Promise<void> {
  await valueOf(client.call('cart.add', { numbers: [...numbers] }));
  const [gone = '', dear = ''] = numbers;
  await sandbox.mutate({ sell: [gone], prices: { [dear]: ['8.00', '6.50'] } });
  await valueOf(client.call('cart.check', {}));
}

type Source = Parameters<typeof draftOf>[1];

async function plan(client: HostClient, sandbox: SandboxProcess, numbers: readonly string[]) {
  const all = await compared(client, {
    ...{
      kind: 'query',
      text: 'ends:77',
      change: { primary: { route: 'sbc-east' }, failover: { route: 'fax' } },
    },
  });
  await sandbox.setFaults(['setRoutes:400:0.1']);
  await valueOf(client.call('plans.apply', { id: all.id, revision: all.revision }));
  await until(
    client,
    'plans',
    () => client.call('plans.get', { id: all.id }),
    ({ phase }) => phase === 'done',
  );
  await sandbox.setFaults([]);
  const draft = await compared(client, {
    ...{
      kind: 'numbers',
      numbers: numbers.slice(0, 200),
      change: { primary: { route: 'pbx-1' }, failover: { route: longRoute } },
    },
  });
  // A third of these keep a failover that the carrier does not list any more.
  const leftOut = await compared(client, {
    ...{
      kind: 'numbers',
      numbers: numbers.slice(0, 60),
      change: { primary: { route: 'sbc-west' }, failover: 'keep' },
    },
  });
  const lines = numbers.slice(0, 40).map((number, at) => {
    if (at % 9 === 4) return `${number};sbc-est;fax`;
    if (at % 9 === 7) return `${number.slice(0, 7)};sbc-east;fax`;
    return `${number};${at % 2 === 0 ? 'sbc-west' : longRoute};fax`;
  });
  const text = `TN;Primary Route;Failover Route\n${lines.join('\n')}\n`;
  const imported = await valueOf(
    client.call('plans.import', {
      ...{ name: 'moves of spring 2026.csv', base64: Buffer.from(text).toString('base64') },
    }),
  );
  if (imported.kind !== 'plan') throw new Error('the columns of the file were not understood');
  return { done: all.id, draft: draft.id, leftOut: leftOut.id, file: imported.plan.id };
}

/** A draft, once it was compared with the carrier. */
export /** Makes a draft and waits until it was compared with the carrier. */
async function compared(client: HostClient, source: Source): Promise<PlanView> {
  const { id } = await draftOf(client, source);
  return until(
    client,
    'plans',
    () => client.call('plans.get', { id }),
    ({ checkedAt }) => checkedAt !== null,
  );
}

function draftOf(client: HostClient, source: Inputs['plans.draft']['source']): Promise<PlanView> {
  return valueOf(client.call('plans.draft', { source }));
}
