import { EventEmitter } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { Badge } from '../../src-main/desktop/badge.ts';
import { asksAboutTray, Closing, staysWithoutWindow } from '../../src-main/desktop/closing.ts';
import { Notifier } from '../../src-main/desktop/notifier.ts';
import { TrayMenu } from '../../src-main/desktop/tray-menu.ts';
import { placeWindow } from '../../src-main/desktop/window-state.ts';

vi.mock('electron', () => ({ app: {}, Menu: {}, nativeImage: {}, Tray: vi.fn() }));
const { menuTemplate } = await import('../../src-main/desktop/menu.ts');
const { trayPicture } = await import('../../src-main/desktop/tray.ts');

describe('closing', () => {
  const usual = { platform: 'win32', quitting: false, closeToTray: null, tray: 'shown' } as const;
  test('what closing means is asked once, where there is a tray, never on macOS, never on the way out', () => {
    expect(asksAboutTray(usual)).toBe(true);
    expect(asksAboutTray({ ...usual, platform: 'darwin' })).toBe(false);
    expect(asksAboutTray({ ...usual, quitting: true })).toBe(false);
    expect(asksAboutTray({ ...usual, closeToTray: false })).toBe(false);
    expect(asksAboutTray({ ...usual, tray: 'missing' })).toBe(false);
  });
  test('the app goes on without a window in the Dock, or in a tray that was chosen', () => {
    expect(staysWithoutWindow({ ...usual, platform: 'darwin', tray: 'missing' })).toBe(true);
    expect(staysWithoutWindow({ ...usual, closeToTray: true })).toBe(true);
    expect(staysWithoutWindow({ ...usual, closeToTray: true, tray: 'missing' })).toBe(false);
    expect(staysWithoutWindow(usual)).toBe(false);
  });

  function closing(close = vi.fn(() => Promise.resolve())) {
    const app = Object.assign(new EventEmitter(), { quit: vi.fn() });
    const autoUpdater = new EventEmitter();
    const made = new Closing({ app, autoUpdater, application: Promise.resolve({ close }) });
    return { app, autoUpdater, made, close };
  }
  test('quitting waits until everything is closed, once', async () => {
    const { app, made, close } = closing();
    const event = { preventDefault: vi.fn() };
    app.emit('before-quit', event);
    expect(made.quitting).toBe(true);
    app.emit('will-quit', event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
    await vi.waitFor(() => {
      expect(app.quit).toHaveBeenCalledOnce();
    });
    app.emit('will-quit', event);
    expect([event.preventDefault.mock.calls.length, close.mock.calls.length]).toEqual([1, 1]);
  });
  test('an update closes windows before it quits: nothing may ask or hide from then on', () => {
    const { autoUpdater, made } = closing();
    expect(made.quitting).toBe(false);
    autoUpdater.emit('before-quit-for-update');
    expect(made.quitting).toBe(true);
  });
  test('what was closed for an update is not closed again, and an application that never began does not hold it up', async () => {
    const { app, made, close } = closing();
    made.begin();
    await made.everything();
    const event = { preventDefault: vi.fn() };
    app.emit('will-quit', event);
    expect([event.preventDefault.mock.calls.length, close.mock.calls.length]).toEqual([0, 1]);
    const application = Promise.reject(new Error('no folder'));
    const failed = new Closing({
      app: app.removeAllListeners(),
      autoUpdater: new EventEmitter(),
      application,
    });
    await failed.everything();
  });
});

describe('notifications', () => {
  const news = { title: 'Order 1 is done', body: '', command: 'buy' } as const;
  const note = () => Object.assign(new EventEmitter(), { show: vi.fn() });
  test('each is kept until it is clicked, also after it went into the list of the system', () => {
    const made = note();
    const notifier = new Notifier(() => made);
    const clicked = vi.fn();
    notifier.show(news, clicked);
    expect([notifier.kept, made.show.mock.calls.length]).toEqual([1, 1]);
    made.emit('close');
    expect(notifier.kept).toBe(1);
    made.emit('click');
    expect([notifier.kept, clicked.mock.calls.length]).toEqual([0, 1]);
  });
  test('those that could not be shown are dropped, and no more than 20 are kept', () => {
    const notes = Array.from({ length: 31 }, note);
    const notifier = new Notifier(() => notes.shift() ?? note());
    const first = notes[0];
    for (let i = 0; i < 30; i += 1) notifier.show(news, () => undefined);
    expect(notifier.kept).toBe(20);
    const last = notes[0];
    notifier.show(news, () => undefined);
    last?.emit('failed');
    expect(notifier.kept).toBe(19);
    expect(first).toBeDefined();
  });
});

describe('the menu of the tray', () => {
  function tray(now: { at: number }) {
    const menus: (EventEmitter & { template: unknown })[] = [];
    const shown: unknown[] = [];
    const menu = new TrayMenu(
      {
        setContextMenu: (one: (typeof menus)[number]) => void shown.push(one.template),
        isDestroyed: () => false,
      },
      (template) => {
        const made = Object.assign(new EventEmitter(), { template });
        menus.push(made);
        return made;
      },
      () => now.at,
    );
    return { menu, menus, shown };
  }
  const label = (text: string) => [{ id: 'sync', label: text, click: () => undefined }];

  test('is replaced only by one that is different', () => {
    const { menu, shown } = tray({ at: 0 });
    menu.draw(label('Sync Now'));
    menu.draw(label('Sync Now'));
    expect(shown).toHaveLength(1);
    menu.draw(label('Syncing… 10'));
    expect(shown).toHaveLength(2);
  });

  test('is not replaced while it is open, and is up to date when it was closed', async () => {
    const now = { at: 0 };
    const { menu, menus, shown } = tray(now);
    menu.draw(label('Syncing… 10'));
    menus[0]?.emit('menu-will-show');
    for (let i = 0; i < 10; i += 1) {
      now.at += 500;
      menu.draw(label(`Syncing… ${20 + i}`));
    }
    expect(shown).toHaveLength(1);
    menus[0]?.emit('menu-will-close');
    expect(shown).toHaveLength(1);
    await vi.waitFor(() => {
      expect(shown).toHaveLength(2);
    });
    expect(shown[1]).toMatchObject([{ label: 'Syncing… 29' }]);
  });

  test('one whose end is never told does not stay for ever', () => {
    const now = { at: 0 };
    const { menu, menus, shown } = tray(now);
    menu.draw(label('a'));
    menus[0]?.emit('menu-will-show');
    now.at = 60_000;
    menu.draw(label('b'));
    expect(shown).toHaveLength(2);
  });
});

describe('the badge', () => {
  const badge = (platform: NodeJS.Platform) => {
    const app = { setBadgeCount: vi.fn(() => true) };
    const window = { setOverlayIcon: vi.fn() };
    return { app, window, badge: new Badge({ platform, app, overlay: (count) => `picture ${count}` }) };
  };
  test('is a picture over the button on Windows, with words for screen readers', () => {
    const { app, window, badge: shown } = badge('win32');
    shown.show(window, 0);
    shown.show(window, 2);
    shown.show(window, 2);
    shown.show(window, 1);
    shown.show(window, 0);
    expect(window.setOverlayIcon.mock.calls).toEqual([
      [null, ''],
      ['picture 2', '2 things wait for you'],
      ['picture 1', '1 thing waits for you'],
      [null, ''],
    ]);
    const another = { setOverlayIcon: vi.fn() };
    shown.show(window, 1);
    shown.show(another, 1);
    expect(another.setOverlayIcon).toHaveBeenCalledOnce();
    expect(app.setBadgeCount).not.toHaveBeenCalled();
  });
  test('is a count elsewhere, also without a window', () => {
    const { app, badge: shown } = badge('darwin');
    shown.show(null, 1);
    shown.show(null, 1);
    expect(app.setBadgeCount.mock.calls).toEqual([[1]]);
  });
});

describe('the menu', () => {
  type Item = { role?: string; label?: string; id?: string; accelerator?: string; submenu?: Item[] };
  const menu = (platform: NodeJS.Platform, updates = true) =>
    menuTemplate({ run: () => undefined, updates }, { platform, packaged: true }) as Item[];
  const named = (items: Item[], label: string) => items.find((one) => one.label === label)?.submenu ?? [];
  const ids = (items: Item[]) => items.map(({ id, role }) => id ?? role).filter(Boolean);

  test('of macOS has Settings, About and Quit in the menu of the app, and nowhere else', () => {
    const mac = menu('darwin');
    expect(ids(named(mac, 'Numberdesk'))).toEqual([
      ...['about', 'updates', 'settings', 'services', 'hide', 'hideOthers', 'unhide', 'quit'],
    ]);
    expect(named(mac, 'Numberdesk').find(({ id }) => id === 'settings')).toMatchObject({
      label: 'Settings…',
      accelerator: 'CommandOrControl+,',
    });
    const rest = mac.slice(1).flatMap((one) => ids(one.submenu ?? []));
    for (const once of ['settings', 'updates', 'about', 'quit']) expect(rest).not.toContain(once);
    expect(ids(named(menu('darwin', false), 'Numberdesk'))).not.toContain('updates');
  });

  test.each(['win32', 'linux'] as const)(
    'of %s has Settings under Account, Quit under File, About under Help',
    (platform) => {
      const items = menu(platform);
      expect(ids(named(items, 'Account'))).toContain('settings');
      expect(ids(named(items, 'File'))).toContain('quit');
      expect(ids(items.at(-1)?.submenu ?? [])).toContain('about');
    },
  );

  test('each system has the picture of its tray', () => {
    expect(['darwin', 'win32', 'linux'].map((one) => trayPicture(one as NodeJS.Platform))).toEqual([
      ...['trayTemplate.png', 'tray.ico', 'tray.png'],
    ]);
  });
});

test('a window that comes out at another scale is placed once more from where it is then', () => {
  const bounds = { x: 2000, y: 100, width: 560, height: 420 };
  let now = { x: 0, y: 0, width: 560, height: 420 };
  const calls = vi.fn((wanted: typeof bounds) => {
    // From the first display, with a scale of 1, to the second one, with 1.5: half as large again.
    const scale = now.x < 1920 && wanted.x >= 1920 ? 1.5 : 1;
    now = { ...wanted, width: wanted.width * scale, height: wanted.height * scale };
  });
  const window = { setBounds: calls, getBounds: () => now };
  placeWindow(window, bounds);
  expect([now, calls.mock.calls.length]).toEqual([bounds, 2]);
  placeWindow(window, bounds);
  expect(calls).toHaveBeenCalledTimes(3);
});
