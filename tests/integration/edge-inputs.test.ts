import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { createApplication, type Application } from '../../src-main/app/application.ts';
import { methods, type MethodName } from '../../src-main/contract/contract.ts';
import { errorCodes, type ErrorCode, type Result } from '../../src-main/contract/errors.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import * as edge from '../support/edges.ts';
import { memoryKeychain, temporaryFolder } from './app-rig.ts';
import { workerUrl } from './rig.ts';

/**
 * Every method of the contract with every kind of input that is wrong, against the application as a host runs it: each is refused
 * with a code and a sentence, none changes or sends anything. What is odd and allowed is answered.
 */
type Row = {
  /** Its members. */
  readonly takes: Readonly<Record<string, edge.Kind>>;
  /** What the right input is answered with, in an account that has no order, plan, search, backup or tag: its ids are unknown. */
  readonly answer: 'ok' | ErrorCode;
  /** The same while no account is open. */
  readonly closed: 'ok' | ErrorCode;
  /** It ends what the other methods need: only what is wrong is sent. */
  readonly ends?: true;
};

const { whole, text, shaped, listed, phone, flag, choice, list, orNull, maybe, members, either, exactly } =
  edge;
const offset = whole(0, 10_000_000);
const limit = whole(0, 500);
const query = text(1_000);
const recordId = whole(1, Number.MAX_SAFE_INTEGER, 4_242);
const id = text(64, { least: 1, right: 'no-such-id' });
const view = maybe(text(36));
const numbers = list(phone, 1, 10_000);
const chosenNumbers = either(
  members({ kind: exactly('query'), text: query }),
  members({ kind: exactly('numbers'), numbers: list(phone, 1, 100_000) }),
);
const routeName = text(8_192, { least: 1, right: 'no-such-route' });
const direction = choice('asc', 'desc');
/** Several columns decide, one after another. */
const sortedBy = (...columns: [string, ...string[]]) =>
  members({
    ...{ column: choice(...columns), direction },
    also: maybe(list(members({ column: choice(...columns), direction }), 0, 2)),
  });
const manyKeys = (value: unknown) =>
  Object.fromEntries(Array.from({ length: 61 }, (_, at) => [`key-${at}`, value]));
const numberColumn = choice(
  ...(['number', 'primary', 'failover', 'billing', 'state', 'area', 'tags', 'monthly', 'seen'] as const),
);
const groupColumn = choice('primary', 'failover', 'state', 'npa', 'tags');
const numberSort = members({
  ...{ column: numberColumn, direction },
  also: maybe(list(members({ column: numberColumn, direction }), 0, 2)),
  group: maybe(groupColumn),
});
const place = whole(0, 536_870_912);
const npa = shaped('299', ['', '20', '2066', '106', '2o6', '２06', ' 206'], ['999']);
const pattern = orNull(choice('repeats', 'sequence', 'palindrome', 'round', 'pairs', 'block'));
const blockSize = whole(2, 1_000);
const itemStates = ['planned', 'sending', 'bought', 'refused', 'unknown'] as const;
const planStates = [
  'right',
  'planned',
  'sending',
  'unknown',
  'done',
  'same',
  'changed',
  'failed',
  'left',
] as const;
const setRoute = members({ route: routeName });
const change = members({
  primary: either(setRoute, choice('keep')),
  failover: either(setRoute, choice('keep', 'none')),
});
const tag = text(32, { least: 1, right: 'vip', odd: ['😀', 'é̂', '__proto__', "'; DROP TABLE tag"] });
const badTag = { ...tag, wrong: [...tag.wrong, ' ', 'a,b', 'a:b', '"a"', 'a\u0000b', 'none', ' NONE '] };
const label = text(80, { least: 1, right: 'West' });
const badLabel = { ...label, wrong: [...label.wrong, ' ', '\n\t'] };
/** Wrong ones: nothing is signed in to, and none must come back in any answer. */
const accessKey = text(256, { least: 1, right: 'nobody', odd: ['y'.repeat(256)] });
const secret = 'canary5c0e9d7a41f2';
const secretKey = text(1_024, { least: 1, right: secret, odd: [`\u200b ${secret}\n`] });
const remember = choice('session', 'keychain');
const none = {};
const ok = { answer: 'ok', closed: 'signed-out' } as const;
const unknown = { answer: 'not-found', closed: 'signed-out' } as const;
const refused = { answer: 'invalid-input', closed: 'signed-out' } as const;
const rejected = { answer: 'rejected', closed: 'signed-out' } as const;
const anywhere = { answer: 'ok', closed: 'ok' } as const;

let sandbox: Sandbox;
let application: Application;
let folder: ReturnType<typeof temporaryFolder>;

const rows: Record<MethodName, Row> = {
  'app.info': { takes: none, ...anywhere },
  'app.notices': { takes: none, ...anywhere },
  'app.busy': { takes: none, ...anywhere },
  'app.diagnostics': { takes: none, ...anywhere },
  'app.deleteEverything': { takes: { confirm: choice('delete') }, ...anywhere, ends: true },
  'shell.reveal': { takes: { number: orNull(phone), what: choice('details', 'routes') }, ...anywhere },
  'shell.take': { takes: none, ...anywhere },
  'shell.commands': { takes: none, ...anywhere },
  'shell.run': { takes: { id: choice('quick-search', 'updates') }, ...anywhere },
  'accounts.get': { takes: none, ...anywhere },
  'accounts.signIn': {
    takes: {
      label: badLabel,
      api: maybe(choice('v1', 'v2')),
      accessKey,
      secretKey,
      baseUrl: maybe(
        listed(
          'http://127.0.0.1:9',
          ['', ' ', 'file:///etc/passwd', 'javascript://a', 'a b', '\u0000 \u0000', 'x'.repeat(513)],
          [
            'http://',
            'http://127.0.0.1:9/v1/../v2?a=b#c',
            'http://127.0.0.1:99999',
            'https://user:key@127.0.0.1:9',
            ':',
          ],
        ),
      ),
      remember,
    },
    answer: 'offline',
    closed: 'offline',
  },
  'accounts.tryDemo': { takes: none, ...anywhere, ends: true },
  'accounts.switch': { takes: { id }, answer: 'not-found', closed: 'not-found' },
  'accounts.rename': { takes: { id, label: badLabel }, answer: 'not-found', closed: 'not-found' },
  'accounts.setBudget': {
    takes: { id, atMost: orNull(whole(1, 1_000)) },
    answer: 'not-found',
    closed: 'not-found',
  },
  'accounts.replaceKeys': {
    takes: { id, accessKey, secretKey, remember },
    answer: 'not-found',
    closed: 'not-found',
  },
  'accounts.move': { takes: { id, api: choice('v2', 'v1') }, answer: 'not-found', closed: 'not-found' },
  'accounts.join': { takes: { id, keep: id }, answer: 'not-found', closed: 'not-found' },
  'accounts.tellApart': { takes: { id, other: id }, answer: 'not-found', closed: 'not-found' },
  'accounts.signOut': { takes: { id, deleteCache: flag }, answer: 'not-found', closed: 'not-found' },
  'numbers.query': {
    takes: {
      ...{ text: query, sort: numberSort, offset, limit, view },
      closed: maybe(list(orNull(text(8_192)), 0, 10_000)),
    },
    ...ok,
  },
  'numbers.groups': { takes: { text: query, by: groupColumn, offset }, ...ok },
  'numbers.details': { takes: { number: phone }, ...unknown },
  'numbers.matching': {
    takes: {
      text: query,
      sort: numberSort,
      offset: maybe(offset),
      limit: whole(1, 10_000),
      snapshot: maybe({
        right: 'new',
        odd: [1, Number.MAX_SAFE_INTEGER],
        wrong: [null, '', 'old', 'NEW', 0, -1, 1.5, NaN, Infinity, 2 ** 53, true, [], {}, 10n],
      }),
    },
    ...ok,
  },
  'numbers.rows': { takes: { numbers: list(phone, 0, 500) }, ...ok },
  'numbers.keep': {
    takes: {
      numbers: list(phone, 1, 100_000),
    },
    ...ok,
  },
  'numbers.keptMissing': {
    takes: { id: shaped('nosuchset', ['', '../x', 'A', 'a'.repeat(25), 'a b'], ['constructor', '0']) },
    ...unknown,
  },
  'numbers.suggest': { takes: { text: query, typed: query }, ...ok },
  'numbers.among': { takes: { text: query, numbers }, ...ok },
  'tags.names': { takes: none, ...ok },
  'tags.change': {
    takes: {
      source: chosenNumbers,
      add: list(badTag, 0, 20),
      remove: list(badTag, 0, 20),
    },
    ...ok,
  },
  'tags.changeSeveral': {
    takes: {
      changes: list(
        members({
          numbers: list(phone, 1, 100_000),
          add: list(badTag, 0, 20),
          remove: list(badTag, 0, 20),
        }),
        1,
        1_000,
      ),
    },
    ...ok,
  },
  'tags.undo': { takes: { id: recordId }, ...unknown },
  'pace.now': { takes: none, ...anywhere },
  'sync.status': { takes: none, ...anywhere },
  'sync.start': { takes: none, ...ok },
  'sync.cancel': { takes: none, ...ok },
  'settings.get': { takes: none, ...anywhere },
  'settings.set': {
    takes: {
      numberFormat: maybe(choice('national', 'international', 'digits')),
      syncMinutes: maybe(whole(0, 1_440)),
      orderLimit: maybe(whole(0, 100_000_000)),
      quickShortcut: maybe(
        shaped('', ['A', 'Alt+', 'Alt+a', 'Alt+F999', 'Alt+Alt+Alt+Alt+A', 'Alt+A\n'], ['Alt+F9']),
      ),
      closeToTray: maybe(flag),
      theme: maybe(choice('system', 'light', 'dark')),
      density: maybe(choice('comfortable', 'compact')),
      sidebar: maybe(flag),
      tables: maybe({
        right: {},
        odd: [{ numbers: { order: ['tags'], shown: { billing: true }, widths: { tags: 24 }, group: 'npa' } }],
        wrong: [
          ...[
            null,
            true,
            7,
            '',
            [],
            { numbers: null },
            { numbers: {} },
            { numbers: { order: [], shown: {} } },
          ],
          { numbers: { order: ['a'.repeat(41)], shown: {}, widths: {} } },
          { numbers: { order: [], shown: manyKeys(true), widths: {} } },
          { numbers: { order: [], shown: {}, widths: manyKeys(100) } },
          manyKeys({ order: [], shown: {}, widths: {} }),
          { numbers: { order: [], shown: { tags: 1 }, widths: {} } },
          { numbers: { order: [], shown: {}, widths: { tags: 1 } } },
          { numbers: { order: Array<string>(61).fill('a'), shown: {}, widths: {} } },
        ],
      }),
      startAtLogin: maybe(flag),
      checkUpdates: maybe(flag),
    },
    ...anywhere,
  },
  'find.areaCodes': { takes: { refresh: flag }, ...ok },
  'find.exchanges': { takes: { npa, refresh: flag }, ...ok },
  'find.start': { takes: { text: query, replaces: orNull(recordId) }, ...ok },
  'find.note': { takes: { text: text(1_000, { least: 1 }) }, ...ok },
  'find.stop': { takes: { id: recordId }, ...unknown },
  'find.resume': { takes: { id: recordId }, ...unknown },
  'find.absent': { takes: { id: recordId }, ...unknown },
  'find.suggest': { takes: { text: query, typed: query }, ...ok },
  'find.window': {
    takes: {
      id: recordId,
      sort: sortedBy('number', 'rateCenter', 'setup', 'monthly'),
      pattern,
      blockSize,
      grouped: maybe(flag),
      offset,
      limit,
    },
    ...unknown,
  },
  'find.among': { takes: { id: recordId, pattern, blockSize, numbers }, ...unknown },
  'find.searches': { takes: none, ...ok },
  'find.saveSearch': { takes: { text: text(1_000, { least: 1 }) }, ...ok },
  'find.forgetSearch': { takes: { text: query }, ...ok },
  'cart.get': { takes: none, ...ok },
  'cart.items': { takes: { offset, limit }, ...ok },
  'cart.add': { takes: { numbers }, ...ok },
  'cart.remove': { takes: { numbers }, ...ok },
  'cart.setBilling': {
    takes: { number: phone, billing: text(32, { least: 1, right: 'METERED' }) },
    ...refused,
  },
  'cart.setRoutes': { takes: { primary: text(8_192), failover: text(8_192) }, ...ok },
  'cart.check': { takes: { view }, ...ok },
  'cart.stopCheck': { takes: { view }, ...ok },
  'cart.removeGone': { takes: none, ...ok },
  'orders.review': { takes: { view }, ...refused },
  'orders.reviewItems': { takes: { token: id, offset, limit }, ...rejected },
  'orders.buy': {
    takes: {
      token: id,
      typedCount: orNull(whole(0, Number.MAX_SAFE_INTEGER)),
      routes: orNull(members({ primary: setRoute, failover: either(setRoute, choice('none')) })),
    },
    ...rejected,
  },
  'orders.list': {
    takes: {
      text: maybe(query),
      sort: maybe(sortedBy('order', 'state', 'numbers', 'bought', 'spent', 'monthly', 'primary', 'when')),
      offset,
      limit,
    },
    ...ok,
  },
  'orders.suggest': { takes: { text: query, typed: query }, ...ok },
  'orders.get': { takes: { id: recordId }, ...unknown },
  'orders.items': { takes: { id: recordId, status: orNull(choice(...itemStates)), offset, limit }, ...ok },
  'orders.reasons': { takes: { id: recordId }, ...ok },
  'orders.pause': { takes: { id: recordId }, ...unknown },
  'orders.resume': {
    takes: {
      id: recordId,
      agreed: maybe(
        members({
          dueNow: whole(0, Number.MAX_SAFE_INTEGER),
          typedCount: orNull(whole(0, Number.MAX_SAFE_INTEGER)),
        }),
      ),
    },
    ...unknown,
  },
  'orders.stop': { takes: { id: recordId }, ...unknown },
  'orders.setAside': { takes: { id: recordId }, ...unknown },
  'activity.list': {
    takes: { text: query, offset, limit },
    ...ok,
  },
  'activity.suggest': { takes: { text: query, typed: query }, ...ok },
  'activity.numbers': { takes: { id: recordId, part: whole(0, 100_000) }, ...ok },
  'routes.window': {
    takes: {
      text: query,
      sort: sortedBy('name', 'type', 'value', 'primary', 'failover'),
      offset,
      limit,
    },
    ...ok,
  },
  'routes.suggest': { takes: { text: query, typed: query }, ...ok },
  'routes.refresh': { takes: none, ...ok },
  'routes.create': {
    takes: {
      name: routeName,
      type: choice('HOST', 'PSTN', 'URI'),
      // What is no host is refused before it is sent: nothing is created here.
      value: text(512, { right: 'no host', odd: ['\u0000', '😀é̂', '%_', 'y'.repeat(512)] }),
      although: maybe(routeName),
    },
    answer: 'invalid-input',
    closed: 'signed-out',
  },
  'routes.audit': { takes: none, ...ok },
  'routes.primaries': { takes: { text: query }, ...ok },
  'plans.draft': {
    takes: {
      source: either(
        members({ kind: exactly('undo'), plan: recordId }),
        members({ kind: exactly('again'), plan: recordId }),
        members({ kind: exactly('query'), text: query, change }),
        members({ kind: exactly('numbers'), numbers: list(phone, 1, 100_000), change }),
        members({ kind: exactly('several'), parts: list(members({ of: chosenNumbers, change }), 1, 1_000) }),
      ),
    },
    ...unknown,
  },
  'plans.import': {
    takes: {
      name: text(256),
      base64: text(28_000_000, {
        odd: ['====', 'AAAA', '\u0000', '😀', Buffer.from('a,b\n"').toString('base64')],
      }),
      mapping: maybe(
        members({
          header: flag,
          number: whole(0, 99, 2),
          primary: orNull(whole(0, 99, 1)),
          failover: orNull(whole(0, 99)),
        }),
      ),
      replaces: maybe(recordId),
    },
    answer: 'invalid-input',
    closed: 'signed-out',
  },
  'plans.edit': {
    takes: {
      id: recordId,
      edit: either(
        members({
          kind: exactly('cell'),
          line: whole(1, 10_000_000),
          column: choice('number', 'primary', 'failover'),
          text: text(8_192),
        }),
        members({ kind: exactly('all'), written: text(8_192, { least: 1 }), name: routeName }),
      ),
    },
    ...rejected,
  },
  'plans.list': {
    takes: {
      text: maybe(query),
      sort: maybe(sortedBy('change', 'state', 'numbers', 'done', 'failed', 'from', 'when')),
      offset,
      limit,
    },
    ...ok,
  },
  'plans.suggest': { takes: { text: query, typed: query }, ...ok },
  'plans.get': { takes: { id: recordId }, ...unknown },
  'plans.items': {
    takes: { id: recordId, status: orNull(choice(...planStates)), after: maybe(phone), offset, limit },
    ...ok,
  },
  'plans.problems': { takes: { id: recordId, offset, limit }, ...ok },
  'plans.rows': { takes: { id: recordId, problems: flag, byLine: maybe(flag), offset, limit }, ...ok },
  'plans.check': { takes: { id: recordId }, ...unknown },
  'plans.apply': { takes: { id: recordId, revision: whole(0, Number.MAX_SAFE_INTEGER) }, ...unknown },
  'plans.pause': { takes: { id: recordId }, ...unknown },
  'plans.resume': { takes: { id: recordId }, ...unknown },
  'plans.stop': { takes: { id: recordId }, ...unknown },
  'plans.setAside': { takes: { id: recordId }, ...unknown },
  'plans.retry': { takes: { id: recordId }, ...unknown },
  'plans.discard': { takes: { id: recordId, keep: maybe(flag) }, ...unknown },
  'plans.putBack': { takes: { id: recordId }, ...unknown },
  'backup.make': { takes: none, ...anywhere },
  'backup.read': { takes: { id, offset: place }, answer: 'not-found', closed: 'not-found' },
  'backup.end': { takes: { id }, ...anywhere },
  'restore.begin': { takes: none, ...anywhere },
  'restore.add': {
    takes: {
      id,
      offset: place,
      base64: shaped(
        'AAAA',
        ['A', 'AAA=A', '====', 'AA AA', 'ÄAAA', 'A'.repeat(240_004)],
        ['', 'A'.repeat(240_000)],
      ),
    },
    answer: 'not-found',
    closed: 'not-found',
  },
  'restore.preview': { takes: { id }, answer: 'not-found', closed: 'not-found' },
  'restore.apply': {
    takes: { id, way: choice('merge', 'replace') },
    answer: 'not-found',
    closed: 'not-found',
  },
  'restore.end': { takes: { id }, ...anywhere },
};
const names = Object.keys(rows) as MethodName[];
const inputOf = (name: MethodName) => members(rows[name].takes);

/** A call that takes longer hangs, also on a machine that has much else to do: the largest inputs take a second alone. */
const mostMs = 90_000;
/** An answer that somebody waits for is no larger: 256 kB. */
const mostLetters = 262_144;
/** A sentence for a person is no longer. */
const mostInSentence = 400;
const log: string[] = [];

beforeAll(async () => {
  sandbox = await startSandbox({ owned: 60, available: 300, routes: 6, seed: 3 });
  folder = temporaryFolder();
  application = await createApplication({
    dataDir: folder.path,
    host: 'browser',
    version: '0.0.0-test',
    workerUrl,
    demo: false,
    keychain: memoryKeychain(),
    defaultBaseUrl: 'http://127.0.0.1:9',
    waits: { backoffMs: 5, settleMs: 5, againMs: 5 },
    log: (line) => log.push(line),
  });
});
afterAll(async () => {
  await application.close();
  await sandbox.close();
  folder.remove();
});

async function ask(name: MethodName, input: unknown): Promise<Result<unknown>> {
  let timer: NodeJS.Timeout | undefined;
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${name} hangs on ${edge.describeValue(input)}`));
    }, mostMs);
  });
  try {
    return await Promise.race([application.dispatch(name, input), hangs]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is wrong with an answer, whatever was asked; '' when nothing is. */
function troubleOf(result: Result<unknown>): string {
  const letters = JSON.stringify(result);
  if (letters.length > mostLetters) return `${letters.length} letters`;
  if (letters.includes(secret)) return 'a secret';
  if (result.ok) return '';
  const { code, message, action, retryable } = result.error;
  if (!errorCodes.includes(code) || code === 'internal') return `the code ${code}`;
  if (typeof retryable !== 'boolean' || message.trim() === '' || action.trim() === '')
    return `no sentence: ${letters}`;
  if (Math.max(message.length, action.length) > mostInSentence)
    return `${message.length} letters in one sentence`;
  return /sqlite|zod|\berror:|\bat .+\.[jt]s|is not a function|cannot read|\[object/i.test(letters) ||
    letters.includes(folder.path)
    ? `the words of a program: ${letters}`
    : '';
}

const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.code);
const valueOf = async (name: MethodName, input: unknown) => {
  const result = await ask(name, input);
  expect(result).toMatchObject({ ok: true });
  return (result as { value: unknown }).value;
};
const page = { offset: 0, limit: 500 };
/** Everything that a wrong message could have changed. */
const state = async () => ({
  info: await valueOf('app.info', {}),
  accounts: await valueOf('accounts.get', {}),
  settings: await valueOf('settings.get', {}),
  numbers: await valueOf('numbers.query', {
    text: '',
    sort: { column: 'number', direction: 'asc' },
    ...page,
  }),
  tags: await valueOf('tags.names', {}),
  searches: await valueOf('find.searches', {}),
  cart: await valueOf('cart.items', page),
  orders: await valueOf('orders.list', page),
  plans: await valueOf('plans.list', page),
  routes: await valueOf('routes.window', {
    text: '',
    sort: { column: 'name', direction: 'asc' },
    ...page,
  }),
  activity: await valueOf('activity.list', { text: '', ...page }),
});

describe('the table', () => {
  test('has every method', () => {
    expect([...names].sort()).toEqual(Object.keys(methods).sort());
  });

  test.each(names)('has every member of %s, and a right input', (name) => {
    const { input } = methods[name];
    const { shape } = input.def as unknown as { shape: Record<string, z.ZodType> };
    expect(Object.keys(rows[name].takes).sort()).toEqual(Object.keys(shape).sort());
    expect(input.safeParse(inputOf(name).right)).toMatchObject({ success: true });
  });
});

describe('while no account is open', () => {
  test.each(names.filter((name) => rows[name].ends !== true))('%s says so', async (name) => {
    const result = await ask(name, inputOf(name).right);
    expect([name, codeOf(result), troubleOf(result)]).toEqual([name, rows[name].closed, '']);
  });
});

describe('in an open account', () => {
  let before: Awaited<ReturnType<typeof state>>;
  let sent: number;
  beforeAll(async () => {
    const keys = { accessKey: sandbox.accessKey, secretKey: sandbox.secretKey, baseUrl: sandbox.url };
    const synced = new Promise<void>((resolve) => {
      const stop = application.subscribe((event, payload) => {
        if (event !== 'sync' || (payload as { completedAt: number | null }).completedAt === null) return;
        stop();
        resolve();
      });
    });
    await valueOf('accounts.signIn', { label: 'Edges', ...keys, remember: 'session' });
    await synced;
    await valueOf('routes.refresh', {});
    before = await state();
    sent = sandbox.calls().length;
  });

  test.each(names)('%s refuses what is wrong', async (name) => {
    const wrong: string[] = [];
    for (const input of inputOf(name).wrong) {
      const result = await ask(name, input);
      const trouble = codeOf(result) === 'invalid-input' ? troubleOf(result) : `answered ${codeOf(result)}`;
      if (trouble) wrong.push(`${edge.describeValue(input)}: ${trouble}`);
    }
    expect(wrong).toEqual([]);
  });

  test('nothing was changed, sent or logged by that', async () => {
    expect(await state()).toEqual(before);
    expect(sandbox.calls().slice(sent)).toEqual([]);
    expect(log.filter((line) => line.includes(secret) || /internal|unexpected/i.test(line))).toEqual([]);
  });

  test.each(names.filter((name) => rows[name].ends !== true))('%s answers a right input', async (name) => {
    const result = await ask(name, inputOf(name).right);
    expect([name, codeOf(result), troubleOf(result)]).toEqual([name, rows[name].answer, '']);
  });

  test.each(names.filter((name) => rows[name].ends !== true))(
    '%s answers what is odd',
    async (name) => {
      const wrong: string[] = [];
      for (const input of inputOf(name).odd) {
        const trouble = troubleOf(await ask(name, input));
        if (trouble) wrong.push(`${edge.describeValue(input)}: ${trouble}`);
      }
      expect(wrong).toEqual([]);
    },
    300_000,
  );

  test('the account is whole afterwards, and no key is anywhere', async () => {
    expect(sandbox.ledger()).toMatchObject({ purchases: [], routeChanges: [], createdRoutes: [] });
    const { numbers, orders } = await state();
    const totals = [numbers, orders].map((list) => (list as { total: number }).total);
    expect(totals).toEqual([60, 0]);
    expect(log.filter((line) => line.includes(secret))).toEqual([]);
  });
});
