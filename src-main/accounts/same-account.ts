import type { Carrier } from '../carrier/carrier.ts';
import type { Route } from '../contract/model.ts';

/** What this computer knows of an account. */
export type KnownAccount = {
  /** How many numbers its list has. */
  readonly total: number;
  /** Which of these are in its list. */
  readonly owned: (numbers: readonly string[]) => Promise<readonly string[]>;
  /** Its routes as they were listed last. */
  readonly routes: readonly Route[];
};

/**
 * True when what these keys show is what is known of an account. v1 tells no account id: a number belongs to one account only, so
 * that the first page of numbers says it, and where there is none on both sides, the routes do. What cannot be compared is not
 * the same. Rejects when the carrier cannot be asked.
 */
export async function isSameAccount(carrier: Carrier, known: KnownAccount): Promise<boolean> {
  const limit = carrier.features.maxPage;
  const { items } = await carrier.listOwned({ cursor: null, limit, soon: true });
  if (items.length > 0 && known.total > 0) {
    const shared = await known.owned(items.map(({ number }) => number));
    return mostOf(shared.length, Math.min(items.length, known.total));
  }
  // Keys that show no number are not those of an account with numbers; of a list that was never fetched, nothing is known.
  if (known.total > 0) return false;
  const before = new Set(known.routes.map(nameOf));
  const now = (await carrier.listRoutes({ cursor: null, limit, soon: true })).items.filter(isOwn).map(nameOf);
  const own = known.routes.filter(isOwn).length;
  return mostOf(now.filter((name) => before.has(name)).length, Math.min(now.length, own));
}

function mostOf(shared: number, all: number): boolean {
  return shared > 0 && shared * 2 >= all;
}

/** Every account has this one. */
const isOwn = ({ builtin }: Route) => !builtin;
const nameOf = ({ label, type, value }: Route) => JSON.stringify([label, type, value]);
