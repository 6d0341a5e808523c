import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { mayConnect } from '../../src-main/browser-host/host.ts';
import type { Handlers } from '../../src-main/contract/contract.ts';
import { createDispatch } from '../../src-main/contract/dispatch.ts';
import { failure } from '../../src-main/contract/errors.ts';
import { methods } from '../../src-main/contract/contract.ts';
import { defaultDataDir, formerDataDir, readStartOptions } from '../../src-main/app/options.ts';

describe('the browser host', () => {
  const good = {
    url: '/ipc?token=secret',
    headers: { host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000' },
  };
  test('answers its own page, with the token of this start', () => {
    expect(mayConnect(good, 'secret', 4000)).toBe(true);
  });
  test.each([
    ['no token', { ...good, url: '/ipc' }],
    ['wrong token', { ...good, url: '/ipc?token=secreT' }],
    ['longer token', { ...good, url: '/ipc?token=secrets' }],
    ['another path', { ...good, url: '/?token=secret' }],
    ['another origin', { ...good, headers: { ...good.headers, origin: 'https://example.com' } }],
    ['no origin', { ...good, headers: { host: good.headers.host } }],
    ['a name that resolves here', { ...good, headers: { ...good.headers, host: 'evil.example:4000' } }],
  ])('refuses %s', (_, request) => {
    expect(mayConnect(request, 'secret', 4000)).toBe(false);
  });
});

describe('the contract', () => {
  const seen: [string, unknown][] = [];
  const handlers = Object.fromEntries(
    Object.keys(methods).map((name) => [
      name,
      (input: unknown) => {
        seen.push([name, input]);
        return Promise.resolve('done');
      },
    ]),
  ) as unknown as Handlers;
  const dispatch = createDispatch(handlers);
  const code = async (method: unknown, input: unknown) => {
    const result = await dispatch(method, input);
    return result.ok ? 'ok' : result.error.code;
  };

  test('what is refused in a sentence of its own is not called by the name of a member', async () => {
    const keys = { label: 'a', accessKey: 'k', secretKey: 's', remember: 'session' };
    const message = async (input: object) => {
      const result = await dispatch('accounts.signIn', input);
      return result.ok ? '' : result.error.message;
    };
    expect(await message({ ...keys, baseUrl: 'not a url' })).toBe(
      'Type an address such as https://api.flowroute.com',
    );
    expect(await message({ ...keys, accessKey: ' ' })).toBe('Type the access key.');
    // Nobody typed it: here the name is what helps.
    expect(await message({ ...keys, accessKey: 7 })).toMatch(/^accessKey: /);
  });

  test.each([['no.such'], ['constructor'], [''], [7], [null], [{ toString: () => 'app.info' }]])(
    'method %s is refused',
    async (method) => {
      expect(await code(method, {})).toBe('forbidden');
    },
  );

  test.each([
    ['app.info', undefined],
    ['app.info', { extra: 1 }],
    ['numbers.details', { number: '1206555014' }],
    ['numbers.details', { number: '1206555014２' }],
    [
      'numbers.query',
      { text: 'x'.repeat(1001), sort: { column: 'number', direction: 'asc' }, offset: 0, limit: 1 },
    ],
    ['numbers.query', { text: '', sort: { column: '__proto__', direction: 'asc' }, offset: 0, limit: 1 }],
    ['numbers.query', { text: '', sort: { column: 'number', direction: 'asc' }, offset: -1, limit: 1 }],
    ['numbers.query', { text: '', sort: { column: 'number', direction: 'asc' }, offset: 0, limit: 501 }],
    ['numbers.query', { text: '', sort: { column: 'number', direction: 'asc' }, offset: NaN, limit: 1 }],
    [
      'numbers.query',
      { text: '', sort: { column: 'number', direction: 'asc' }, offset: 0, limit: 1, view: 7 },
    ],
    ['numbers.matching', { text: '', sort: { column: 'number', direction: 'asc' }, limit: 10_001 }],
    [
      'numbers.matching',
      { text: '', sort: { column: 'number', direction: 'asc' }, limit: 1, snapshot: 'old' },
    ],
    ['numbers.rows', { numbers: Array.from({ length: 501 }, () => '12065550142') }],
    ['numbers.rows', { numbers: ['1206555014'] }],
    ['numbers.among', { text: '', numbers: [] }],
    ['numbers.among', { text: '', numbers: Array.from({ length: 10_001 }, () => '12065550142') }],
    ['numbers.among', { text: 'x'.repeat(1_001), numbers: ['12065550142'] }],
    ['tags.undo', { id: 0 }],
    ['tags.undo', {}],
    ['numbers.keep', { numbers: [] }],
    ['numbers.keep', { numbers: ['+12065550142'] }],
    ['numbers.keep', { numbers: Array.from({ length: 100_001 }, () => '12065550142') }],
    ['numbers.keptMissing', { id: '../x' }],
    [
      'plans.import',
      { name: 'a', base64: '', mapping: { header: true, number: 0, primary: 0, failover: null } },
    ],
    [
      'plans.import',
      { name: 'a', base64: '', mapping: { header: true, number: -1, primary: 1, failover: null } },
    ],
    ['plans.edit', { id: 1, edit: { kind: 'cell', line: 0, column: 'number', text: '' } }],
    ['plans.edit', { id: 1, edit: { kind: 'cell', line: 2, column: 'line', text: '' } }],
    ['plans.edit', { id: 1, edit: { kind: 'all', written: '', name: 'a' } }],
    ['accounts.signIn', { label: ' ', accessKey: 'a', secretKey: 'b', remember: 'session' }],
    [
      'accounts.signIn',
      { label: 'a', accessKey: 'a', secretKey: 'b', remember: 'session', baseUrl: 'file:///x' },
    ],
    ['settings.set', { syncMinutes: 1.5 }],
    ['plans.list', {}],
    ['plans.list', { offset: -1, limit: 50 }],
    ['orders.resume', { id: 1, agreed: { dueNow: -1, typedCount: null } }],
    ['orders.resume', { id: 1, agreed: { dueNow: 1.5, typedCount: 1 } }],
    ['orders.resume', { id: 1, agreed: { dueNow: 1 } }],
    ['orders.resume', { id: 2 ** 53 }],
    ['cart.stopCheck', { view: 'x'.repeat(37) }],
    ['plans.rows', { id: 1, problems: false, offset: 0, limit: 501 }],
    ['plans.rows', { id: 1, problems: 1, offset: 0, limit: 1 }],
    ['plans.items', { id: 1, status: null, after: '206', offset: 0, limit: 1 }],
    ['plans.apply', { id: 1 }],
    ['plans.apply', { id: 1, revision: -1 }],
    ['plans.setAside', { id: 0 }],
    // Half of a character: it has no bytes to be sent or kept as.
    ['accounts.rename', { id: 'a', label: 'West \ud83d' }],
    ['routes.create', { name: '\udc00', type: 'HOST', value: 'a.example' }],
    ['cart.add', { numbers: ['12065550142', '1206555014\ud800'] }],
    ['accounts.get', { '\ud800': 1 }],
    ['plans.items', { id: 1, status: 'wrong', offset: 0, limit: 1 }],
  ])('%s with %o is refused before the handler', async (method, input) => {
    seen.length = 0;
    expect(await code(method, input)).toBe('invalid-input');
    expect(seen).toEqual([]);
  });

  test('every edge that is allowed passes, trimmed', async () => {
    seen.length = 0;
    const keys = { accessKey: ' k ', secretKey: ' s\n', remember: 'session' };
    expect(await code('accounts.signIn', { label: ' West ', ...keys })).toBe('ok');
    expect(seen[0]?.[1]).toEqual({ label: 'West', accessKey: 'k', secretKey: 's', remember: 'session' });
    const sort = { column: 'seen', direction: 'desc' };
    expect(
      await code('numbers.query', { text: 'x'.repeat(1000), sort, offset: 10_000_000, limit: 500 }),
    ).toBe('ok');
  });

  test('a failure arrives as data; anything else loses its text and is reported by method', async () => {
    const reported: string[] = [];
    const failing = createDispatch(
      {
        ...handlers,
        'app.info': () => Promise.reject(failure('offline', 'No network.', 'Wait.', { retryable: true })),
        'settings.get': () => Promise.reject(new Error('the secret is hunter2')),
      },
      (method) => reported.push(method),
    );
    expect(await failing('app.info', {})).toEqual({
      ok: false,
      error: { code: 'offline', message: 'No network.', action: 'Wait.', retryable: true },
    });
    expect(JSON.stringify(await failing('settings.get', {}))).not.toContain('hunter2');
    expect(reported).toEqual(['settings.get']);
  });
});

describe('the command line', () => {
  test('options are read and unknown ones named', () => {
    expect(readStartOptions(['--demo', '--browser', '--port', '81', '--data-dir', 'x', '--no-open'])).toEqual(
      {
        demo: true,
        browser: true,
        open: false,
        port: 81,
        dataDir: path.resolve('x'),
        formerDataDir: null,
        help: false,
        quickSearch: false,
        account: null,
        hidden: false,
      },
    );
    expect(() => readStartOptions(['--port', '70000'])).toThrow(/0 to 65535/);
    expect(() => readStartOptions(['--nope'])).toThrow(/--nope/);
  });
  test('data is kept where the platform keeps it', () => {
    expect(defaultDataDir({ XDG_CONFIG_HOME: '/c' }, 'linux')).toBe(path.join('/c', 'Numberdesk'));
    // The local folder: the roaming one is copied between computers.
    const windows = { APPDATA: '/r', LOCALAPPDATA: '/l' };
    expect(defaultDataDir(windows, 'win32')).toBe(path.join('/l', 'Numberdesk'));
    expect(defaultDataDir({ LOCALAPPDATA: '' }, 'win32')).toMatch(/AppData.Local.Numberdesk$/);
    expect(formerDataDir(windows, 'win32')).toBe(path.join('/r', 'Numberdesk'));
    expect([formerDataDir(windows, 'darwin'), formerDataDir(windows, 'linux')]).toEqual([null, null]);
    expect(defaultDataDir({}, 'darwin')).toMatch(/Library.Application Support.Numberdesk$/);
  });
});
