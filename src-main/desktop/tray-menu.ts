import type { MenuItemConstructorOptions } from 'electron';

/** What of Electron's `Menu` and `Tray` is used; a test brings its own. */
export type OpenableMenu = { on(event: 'menu-will-show' | 'menu-will-close', listener: () => void): unknown };
export type MenuTray<M> = { setContextMenu(menu: M): void; isDestroyed(): boolean };

/** A menu whose end was not told is taken for closed after this many milliseconds. */
const longestOpenMs = 60_000;

/**
 * The menu of the tray. A new one closes the one that is open under somebody's pointer, so it is only put there when
 * something in it is different, and not while the former one is open.
 */
export class TrayMenu<M extends OpenableMenu> {
  #tray: MenuTray<M>;
  #build: (template: MenuItemConstructorOptions[]) => M;
  #now: () => number;
  #shown = '';
  #openSince: number | null = null;
  #waiting: MenuItemConstructorOptions[] | null = null;
  /** Systems show the menu that was set last: it has to stay. */
  #menu: M | null = null;

  constructor(
    tray: MenuTray<M>,
    build: (template: MenuItemConstructorOptions[]) => M,
    now: () => number = Date.now,
  ) {
    this.#tray = tray;
    this.#build = build;
    this.#now = now;
  }

  draw(template: MenuItemConstructorOptions[]): void {
    if (this.#tray.isDestroyed()) return;
    if (this.#openSince !== null && this.#now() - this.#openSince < longestOpenMs) {
      this.#waiting = template;
      return;
    }
    // Functions are left out by JSON: what a click does depends on what is written here only.
    const content = JSON.stringify(template);
    if (content === this.#shown) return;
    this.#shown = content;
    this.#openSince = null;
    const menu = this.#build(template);
    menu.on('menu-will-show', () => {
      if (menu === this.#menu) this.#openSince = this.#now();
    });
    menu.on('menu-will-close', () => {
      if (menu === this.#menu) this.#closed();
    });
    this.#menu = menu;
    this.#tray.setContextMenu(menu);
  }

  #closed(): void {
    this.#openSince = null;
    const waiting = this.#waiting;
    this.#waiting = null;
    // After the click that closed it: replaced before, it would lose that click.
    if (waiting)
      setImmediate(() => {
        this.draw(waiting);
      });
  }
}
