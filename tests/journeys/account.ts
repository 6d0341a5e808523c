import { SandboxAccount } from '../../src-main/sandbox/account.ts';
import { startSandboxProcess, type SandboxProcess } from '../support/sandbox-process.ts';

/**
 * The account that journeys are counted on: 20,000 numbers on 24 routes.
 *
 * - 300 numbers of area code 918 have `sbc-east` first; nobody else has.
 * - 7,000 numbers have `pbx-1`, `main-office-2` or `fax-2` first and no real failover; all others have one.
 * - In one area code, twenty numbers in a row are for sale, and no other row there is as long.
 */
export type JourneyAccount = {
  readonly sandbox: SandboxProcess;
  readonly owned: readonly string[];
  /** Primary routes of the 7,000 and the failover that each is to get. */
  readonly failovers: readonly (readonly [primary: string, failover: string])[];
  /** A number that nobody else shares the last four digits with. */
  readonly wanted: string;
  /** The area code with twenty for sale in a row, and those. */
  readonly row: { readonly npa: string; readonly numbers: readonly string[] };
};

const seed = 20;
const shape = { owned: 19_700, available: 100_000, routes: 24, seed };
/** All of these are listed by the carrier: what keeps an unlisted route cannot be changed. */
const primaries = ['pbx-1', 'main-office-2', 'fax-2'] as const;
const others = ['sbc-west', 'support-queue-2', 'after-hours-2', 'pbx-1-2'];

export async function startJourneyAccount(): Promise<JourneyAccount> {
  const sandbox = await startSandboxProcess(
    Object.entries(shape).flatMap(([name, value]) => [`--${name}`, `${value}`]),
  );
  const account = new SandboxAccount(shape);
  const first = Array.from({ length: account.ownedCount }, (_, place) => account.ownedAt(place));
  const moving = Array.from({ length: 300 }, (_, at) => `1918555${String(2_000 + 7 * at).padStart(4, '0')}`);
  const add = moving.filter((number) => !first.includes(number));
  const owned = [...first, ...add];
  const routes = owned.map((number, at): [string, [string, string]] => {
    if (add.includes(number)) return [number, ['sbc-east', 'fax']];
    if (at < 7_000) return [number, [primaries[at % 3] ?? 'pbx-1', 'sip-reg']];
    return [number, [others[at % others.length] ?? 'sbc-west', 'fax']];
  });
  await sandbox.mutate({ add });
  for (let at = 0; at < routes.length; at += 1_000)
    await sandbox.mutate({ routes: Object.fromEntries(routes.slice(at, at + 1_000)) });
  const { row, sell } = rowOfTwenty([...account.offers('')]);
  for (let at = 0; at < sell.length; at += 2_000) await sandbox.mutate({ sell: sell.slice(at, at + 2_000) });
  return {
    ...{ sandbox, owned, row, wanted: alone(owned) },
    failovers: primaries.map((primary, at) => [primary, ['fax', 'sbc-west', 'pbx-1-3'][at] ?? 'fax']),
  };
}

/** The first area code with a row of twenty or more, and what has to be sold so that it has one of just twenty. */
function rowOfTwenty(offers: readonly string[]) {
  const rows: string[][] = [];
  for (const number of offers) {
    const last = rows.at(-1);
    if (last && Number(number) === Number(last.at(-1)) + 1) last.push(number);
    else rows.push([number]);
  }
  const long = rows.filter((row) => row.length >= 20);
  const npa = long[0]?.[0]?.slice(1, 4) ?? '';
  const [kept = [], ...broken] = long.filter((row) => row[0]?.slice(1, 4) === npa);
  const sell = [...kept.slice(20), ...broken.flatMap((row) => row.filter((_, at) => at % 15 === 14))];
  return { row: { npa, numbers: kept.slice(0, 20) }, sell };
}

function alone(owned: readonly string[]): string {
  const ends = Map.groupBy(owned, (number) => number.slice(-4));
  const found = owned.slice(9_000).find((number) => ends.get(number.slice(-4))?.length === 1);
  if (!found) throw new Error('every number shares its last four digits');
  return found;
}
