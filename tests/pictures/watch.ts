import type { Page } from '@playwright/test';
import type { Fault } from './checks.ts';

/** What a page said that it should not have, and what it still waits for. */
export type PageWatch = {
  /** Errors of the console and exceptions that nobody caught, rejections among them, since it was asked last. */
  taken(): Fault[];
  /**
   * Waits until the page has answers to all it asked the host for and has drawn them. Questions that `held` names are
   * not waited for. Rejects after ten seconds with the names of what is still open.
   */
  settled(held?: RegExp): Promise<void>;
};

const patienceMs = 10_000;

export function watchPage(page: Page): PageWatch {
  let faults: Fault[] = [];
  const asked = new Map<number, string>();
  let wake: (() => void) | null = null;
  const note = (what: string) => {
    faults.push({ kind: 'console', element: 'the page', box: null, what });
  };
  page.on('console', (message) => {
    if (message.type() === 'error') note(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => {
    note(`not caught: ${error.message}`);
  });
  page.on('websocket', (socket) => {
    asked.clear();
    socket.on('framesent', ({ payload }) => {
      const { id, method } = JSON.parse(String(payload)) as { id: number; method: string };
      asked.set(id, method);
    });
    socket.on('framereceived', ({ payload }) => {
      const { id } = JSON.parse(String(payload)) as { id?: number };
      if (id === undefined) return;
      asked.delete(id);
      wake?.();
    });
    socket.on('close', () => {
      asked.clear();
      wake?.();
    });
  });
  const open = (held: RegExp | undefined) => [...asked.values()].filter((method) => !held?.test(method));

  async function answered(held: RegExp | undefined): Promise<void> {
    if (open(held).length === 0) return;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        wake = null;
        reject(new Error(`the page still waits for ${open(held).join(', ')}`));
      }, patienceMs);
      wake = () => {
        if (open(held).length > 0) return;
        clearTimeout(late);
        wake = null;
        resolve();
      };
    });
  }

  return {
    taken() {
      const taken = faults;
      faults = [];
      return taken;
    },
    async settled(held) {
      do {
        await answered(held);
        await page.evaluate(twoFrames);
      } while (open(held).length > 0);
    },
  };
}

/** What follows from a change of the window's size is asked for within two frames. */
function twoFrames(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      requestAnimationFrame(() => {
        resolve();
      });
    });
  });
}
