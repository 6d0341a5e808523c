import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { externalLink, isOwnPage } from '../../src-main/desktop/origin.ts';
import { isTrustedSender } from '../../src-main/desktop/sender.ts';
import { readWindowState, visibleBounds } from '../../src-main/desktop/window-state.ts';
import { contentSecurityPolicy, resolveStatic } from '../../src-main/app/static-files.ts';

describe('our own pages', () => {
  test('are known by origin and host, not by how the address begins', () => {
    expect(isOwnPage('app://numberdesk/index.html')).toBe(true);
    for (const address of [
      'app://numberdesk.example/index.html',
      'app://numberdesk@evil/index.html',
      'app://other/',
      'https://numberdesk/',
      'file:///index.html',
      'about:blank',
      '',
    ])
      expect(isOwnPage(address), address).toBe(false);
  });

  test('only a window of ours, on our page, from its main frame, is heard', () => {
    const windows = new Set([7]);
    const good = { webContentsId: 7, frameUrl: 'app://numberdesk/index.html', isMainFrame: true };
    expect(isTrustedSender(good, windows)).toBe(true);
    expect(isTrustedSender({ ...good, webContentsId: 8 }, windows)).toBe(false);
    expect(isTrustedSender({ ...good, isMainFrame: false }, windows)).toBe(false);
    expect(isTrustedSender({ ...good, frameUrl: null }, windows)).toBe(false);
    expect(isTrustedSender({ ...good, frameUrl: 'https://example.com/' }, windows)).toBe(false);
  });

  test('only https without credentials leaves for the browser', () => {
    expect(externalLink('https://example.com/a?b')).toBe('https://example.com/a?b');
    for (const address of [
      'http://example.com',
      'file:///etc/passwd',
      'https://a:b@example.com',
      'smb://x',
      'javascript:1',
      'no',
    ])
      expect(externalLink(address), address).toBeNull();
  });
});

describe('served files', () => {
  const root = path.resolve('/srv/app');
  test('are inside the folder and of a known kind', () => {
    expect(resolveStatic(root, '/')).toEqual({
      file: path.join(root, 'index.html'),
      type: 'text/html; charset=utf-8',
    });
    expect(resolveStatic(root, '/assets/a%20b.js')?.file).toBe(path.join(root, 'assets/a b.js'));
  });
  test.each([
    '/../secret.js',
    '/..%2fsecret.js',
    '/%2e%2e/secret.js',
    '/a/../../secret.js',
    '/..\\secret.js',
    '/%5c..%5csecret.js',
    '/a%00.js',
    '/%zz.js',
    '/numbers.db',
    '//../app-2/x.js',
  ])('%s is refused', (target) => {
    expect(resolveStatic(root, target)).toBeNull();
  });
  test('the policy allows nothing inline and no network of its own', () => {
    expect(contentSecurityPolicy()).toMatch(/default-src 'none'.*connect-src 'none'/);
    expect(contentSecurityPolicy()).not.toMatch(/unsafe|\*/);
  });
});

describe('the window comes back where it was', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1080 };
  test('when that is still on a display', () => {
    const bounds = { x: 100, y: 50, width: 1000, height: 700 };
    expect(visibleBounds(bounds, [display])).toEqual(bounds);
    expect(visibleBounds({ ...bounds, x: 2500 }, [display])).toEqual({ width: 1000, height: 700 });
    expect(visibleBounds({ ...bounds, y: -500 }, [display])).toEqual({ width: 1000, height: 700 });
    expect(visibleBounds({ width: 10, height: 10 }, [display])).toEqual({ width: 900, height: 600 });
  });

  test('and never larger than the display it is on, which may be another one by now', () => {
    const small = { x: 1920, y: 200, width: 1024, height: 700 };
    const tiny = { x: 0, y: 27, width: 800, height: 500 };
    const bounds = { x: 2000, y: 250, width: 1800, height: 1000 };
    expect(visibleBounds(bounds, [display, small])).toEqual({ ...small });
    expect(visibleBounds({ ...bounds, height: 650 }, [display, small])).toEqual({
      ...small,
      y: 250,
      height: 650,
    });
    expect(visibleBounds({ width: 5000, height: 4000 }, [display])).toEqual({ width: 1920, height: 1080 });
    expect(visibleBounds({ x: 9000, y: 0, width: 5000, height: 4000 }, [small, display])).toEqual({
      width: 1024,
      height: 700,
    });
    expect(visibleBounds({ x: 10, y: 40, width: 900, height: 600 }, [tiny])).toEqual({ ...tiny });
    // Between two displays: that of the larger part.
    expect(visibleBounds({ x: 1700, y: 250, width: 1200, height: 600 }, [display, small])).toMatchObject({
      x: 1920,
      width: 1024,
    });
    for (const area of [display, small, tiny]) {
      for (const [width, height] of [
        [100, 100],
        [900, 600],
        [3000, 2000],
      ] as const) {
        const found = visibleBounds({ x: area.x + 5, y: area.y + 5, width, height }, [area]);
        expect([found.width <= area.width, found.height <= area.height]).toEqual([true, true]);
      }
    }
  });

  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  test('and a damaged file is as good as none', () => {
    const file = path.join(folder, 'window.json');
    const usual = { bounds: { width: 1280, height: 800 }, maximized: false };
    expect(readWindowState(file)).toEqual(usual);
    for (const text of [
      '',
      '{"bounds":{"width":"wide"}}',
      '{"bounds":{"width":1e9,"height":1},"maximized":true}',
    ]) {
      writeFileSync(file, text);
      expect(readWindowState(file), text).toEqual(usual);
    }
  });
});
