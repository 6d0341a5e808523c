import { z } from 'zod';
import { accountId, profileSchema, type AccountFolder, type Profile } from './account-folders.ts';

export const formerSchema = profileSchema
  .pick({ id: true, accessKey: true, baseUrl: true, atMost: true })
  .extend({
    label: z.string().default(''),
    /** Accounts that were signed out before there was another kind have none. */
    kind: z.enum(['flowroute-v1', 'flowroute-v2']).catch('flowroute-v1'),
  });
/** An account that was signed out: its orders and costs are still in the folder of its id. */
export type Former = z.infer<typeof formerSchema>;

/** What `accounts.json` holds. */
export type AccountList = {
  readonly currentId: string | null;
  readonly accounts: readonly Profile[];
  readonly former: readonly Former[];
};
export const noAccounts: AccountList = { currentId: null, accounts: [], former: [] };
export const demoId = accountId.parse('demo');

/**
 * Compares the list of accounts with the folders that are there; `lost` when the list is, and has to be made from them.
 * An id that was damaged is mended, an account that is in no list is added again, and `told` says so, one sentence each.
 * An account whose own file is gone keeps its id, has the address `baseUrl` and asks for its keys.
 */
export function matchFolders(
  list: AccountList,
  folders: readonly AccountFolder[],
  { lost, baseUrl }: { readonly lost: boolean; readonly baseUrl: string },
): { readonly list: AccountList; readonly told: readonly string[] } {
  const told: string[] = [];
  let matched = list;
  const withData = folders.filter((folder) => folder.hasData);
  const isKnown = (id: string) => [...matched.accounts, ...matched.former].some((one) => one.id === id);
  const isEmpty = (id: string) => !withData.some((folder) => folder.id === id);
  // The folder of the demo account stays when somebody leaves the demo: it is not an account that was lost.
  const unclaimed = withData.filter(({ id }) => !isKnown(id) && (lost || id !== demoId));
  for (const folder of unclaimed.sort((a, b) => b.changedAt - a.changedAt)) {
    const twin = [...matched.accounts, ...matched.former].find(
      (one) => isEmpty(one.id) && isTwin(one, folder),
    );
    if (twin) {
      matched = renamed(matched, twin.id, folder.id);
      told.push(
        `${named(twin.label)} pointed at an empty folder, because its id was damaged. It has its own again.`,
      );
    } else if (folder.signedOut && folder.profile) {
      matched = { ...matched, former: [...matched.former, formerSchema.parse(folder.profile)] };
    } else {
      const added = folder.profile ?? foundAccount(folder.id, matched.accounts, baseUrl);
      matched = { ...matched, accounts: [...matched.accounts, added] };
      if (!lost) told.push(`A folder of an account was in no list: it is here again as "${added.label}".`);
    }
  }
  // The first that was added is the one that was used last.
  if (lost && matched !== list) matched = { ...matched, currentId: matched.accounts[0]?.id ?? null };
  return { list: matched, told };
}

function foundAccount(id: string, others: readonly Profile[], baseUrl: string): Profile {
  const usual = 'Account found on this computer';
  const taken = new Set(others.map(({ label }) => label));
  let label = usual;
  for (let at = 2; taken.has(label); at += 1) label = `${usual} ${at}`;
  const kind = id === demoId ? 'demo' : 'flowroute-v1';
  return { id, label, kind, accessKey: '', baseUrl, keptIn: 'session' };
}

/** The folder is this account's: by the keys its own file names, or by an id that differs in one character. */
function isTwin(one: Profile | Former, { id, profile }: AccountFolder): boolean {
  if (profile) return profile.accessKey === one.accessKey && profile.baseUrl === one.baseUrl;
  return isNearly(one.id, id);
}

/** Two ids that differ in one character, as one damaged byte makes them. */
export function isNearly(one: string, other: string): boolean {
  return one.length === other.length && [...one].filter((letter, at) => letter !== other[at]).length === 1;
}

function renamed(list: AccountList, from: string, to: string): AccountList {
  const change = <T extends { id: string }>(one: T): T => (one.id === from ? { ...one, id: to } : one);
  return {
    currentId: list.currentId === from ? to : list.currentId,
    accounts: list.accounts.map(change),
    former: list.former.map(change),
  };
}

function named(label: string): string {
  return label ? `The account ${label}` : 'A signed-out account';
}
