import type { Locator, Page } from '@playwright/test';

/**
 * A person's hand on a page, counted: every key that goes down, a chord as one, every typed character, every click. What is
 * counted is what the page was told, so that a journey cannot do anything uncounted by another way.
 */
export class Hand {
  readonly #page: Page;
  /** Opening a native list and clicking what is in it happens outside of the page. */
  #outside = 0;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async on(page: Page): Promise<Hand> {
    await page.addInitScript(watch);
    await page.evaluate(watch);
    return new Hand(page);
  }

  /** Begins a journey: what was done before does not count. */
  async begin(): Promise<void> {
    this.#outside = 0;
    await this.#page.evaluate(() => sessionStorage.setItem('hand', '0'));
  }

  /** A key, or a chord such as `Control+a`. */
  async press(keys: string): Promise<void> {
    await this.#page.keyboard.press(keys);
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
  }

  async click(target: Locator): Promise<void> {
    await target.click();
  }

  /** Opens a native list and clicks one of its entries: two clicks. */
  async pick(list: Locator, label: string): Promise<void> {
    this.#outside += 2;
    await list.selectOption({ label });
  }

  /** Keys and clicks since the journey began, and `besides`: those that this host has no way to receive. */
  async count(besides = 0): Promise<number> {
    const counted = await this.#page.evaluate(() => Number(sessionStorage.getItem('hand')));
    return counted + this.#outside + besides;
  }
}

/** Runs in the page, before anything of it. */
function watch(): void {
  const held = ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph'];
  const one = () => {
    sessionStorage.setItem('hand', String(Number(sessionStorage.getItem('hand')) + 1));
  };
  window.addEventListener('keydown', ({ key }) => !held.includes(key) && one(), true);
  window.addEventListener('pointerdown', one, true);
}
