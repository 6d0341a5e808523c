import type { Client } from '#main/contract/client.ts';
import { RouteNames } from '#main/contract/route-names.ts';
import type { RouteView } from '#main/contract/routing.ts';

const mostRoutes = 500;

/** The routes of an account as a dialog knows them: those that can be chosen, and whether a name that is typed is one of them. */
export class RouteBook {
  known = $state.raw<readonly RouteView[]>([]);
  /** Every listed route is in `known`. */
  #isWhole = $state(false);
  readonly #names = $derived(new RouteNames(this.known.map(({ label }) => label)));

  /** Asks for the routes, those with the most numbers first. */
  async load(client: Client): Promise<void> {
    const sort = { column: 'primary', direction: 'desc' } as const;
    const input = { text: '', show: 'all', sort, offset: 0, limit: mostRoutes } as const;
    const result = await client.call('routes.window', input);
    if (!result.ok) return;
    this.known = result.value.rows.filter((row) => row.listed);
    this.#isWhole = result.value.rows.length >= result.value.matching;
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
