import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultDataDir, readStartOptions } from '../../src-main/app/options.ts';
import { makeDataFolder, portTrouble, startTrouble } from '../../src-main/app/start-trouble.ts';

describe('the data folder', () => {
  test.each(['', 'relative', './here', undefined])('XDG_CONFIG_HOME=%o is as good as none', (value) => {
    const usual = path.join(os.homedir(), '.config', 'Numberdesk');
    expect(defaultDataDir({ XDG_CONFIG_HOME: value }, 'linux')).toBe(usual);
  });
  test('and an absolute one counts', () => {
    expect(defaultDataDir({ XDG_CONFIG_HOME: '/srv/config' }, 'linux')).toBe(
      path.join('/srv/config', 'Numberdesk'),
    );
  });
  test.each(['', 'Roaming', undefined])(
    'the variable of Windows as %o leads into the home folder',
    (value) => {
      const found = defaultDataDir({ APPDATA: value, LOCALAPPDATA: value }, 'win32');
      expect(found.startsWith(os.homedir())).toBe(true);
    },
  );
  test('one with a zero byte in its name is told as a name', () => {
    expect(() => {
      makeDataFolder('/tmp/a\0b');
    }).toThrow(/cannot be used: its name is not allowed here/);
  });
  test.each([
    ['EROFS', 'read-only'],
    ['ENOSPC', 'full'],
  ])('%s is told by whatever finds it', (code, word) => {
    const { message } = startTrouble(Object.assign(new Error('x'), { code }));
    expect(message).toContain(word);
  });
});

describe('what a start says', () => {
  test.each([['--port', '70000'], ['--data-dir', ' '], ['--what'], ['stray']])('%s %s', (...argv) => {
    let thrown: unknown;
    try {
      readStartOptions(argv);
    } catch (error) {
      thrown = error;
    }
    const { code, message, action } = startTrouble(thrown);
    expect([code, action]).toEqual(['invalid-input', 'Try --help.']);
    expect(message).toMatch(/^[^\n]+\.$/);
  });

  test('ports: taken, not allowed, and what is about something else', () => {
    const coded = (code: string) => Object.assign(new Error('listen'), { code });
    expect(String(portTrouble(coded('EADDRINUSE'), 80))).toContain('Port 80 is used by another program.');
    expect(String(portTrouble(coded('EACCES'), 80))).toContain('may not be used');
    const other = coded('EINVAL');
    expect(portTrouble(other, 80)).toBe(other);
  });
});
