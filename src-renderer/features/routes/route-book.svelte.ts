import type { Client } from '#main/contract/client.ts';
import { RouteNames } from '#main/contract/route-names.ts';
import type { RouteView } from '#main/contract/routing.ts';
import { onceBy } from '../../lib/without.ts';

/** Routes that one question asks for, and those of an account that are known at most. */
const atOnce = 500;
const mostRoutes = 20_000;

/** The routes of an account as a dialog knows them: those that can be chosen, and whether a name that is typed is one of them. */
export class RouteBook {
  known = $state.raw<readonly RouteView[]>([]);
  /** Those that numbers have, and that the carrier does not list any more, among them. */
  all = $state.raw<readonly RouteView[]>([]);
  /** Every listed route is in `known`. */
  #isWhole = $state(false);
  #loads = 0;
  readonly #names = $derived(new RouteNames(this.known.map(({ label }) => label)));

  /** Asks for the routes, those with the most numbers first. */
  async load(client: Client): Promise<void> {
    const mine = ++this.#loads;
    const sort = { column: 'primary', direction: 'desc' } as const;
    let found: readonly RouteView[] = [];
    for (let offset = 0; ;) {
      const input = { text: '', sort, offset, limit: atOnce } as const;
      const result = await client.call('routes.window', input);
      if (mine !== this.#loads || !result.ok) return;
      const { rows, matching } = result.value;
      // While numbers get other routes, a route may come on two pages, or on none.
      found = onceBy([...found, ...rows], ({ label, type }) => JSON.stringify([label, type]));
      offset += rows.length;
      this.all = found;
      this.known = this.all.filter((row) => row.listed);
      this.#isWhole = found.length >= matching;
      if (offset >= matching || rows.length === 0 || offset >= mostRoutes) return;
    }
  }

  /** The listed name that is typed, byte for byte; null where none is. */
  find(text: string): string | null {
    return this.#names.find(text);
  }

  /** True for a name that no route has; false where that cannot be told, or nothing is typed. */
  lacks(text: string): boolean {
    const name = text.trim();
    if (name === '' || this.known.length === 0 || !this.#isWhole) return false;
    return !this.#names.has(this.find(name) ?? name);
  }

  /** The listed name that was probably meant by one that is not listed; null when none is near. */
  meant(text: string): string | null {
    return this.lacks(text) ? this.#names.meant(text.trim()) : null;
  }
}
