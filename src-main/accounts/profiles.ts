import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { flowrouteUrl } from '../carrier/address.ts';
import { failure } from '../contract/errors.ts';
import { toldOfFile } from '../app/notices.ts';
import { readJsonFile, writeJsonFile } from '../platform/storage/json-file.ts';
import { sealJson } from '../platform/storage/sealed-json.ts';
import { keepAccountFile, profileSchema, readAccountFolders, type Profile } from './account-folders.ts';
import {
  demoId,
  formerSchema,
  isNearly,
  matchFolders,
  noAccounts,
  type AccountList,
  type Former,
} from './match-folders.ts';

export { demoId, type Profile };

const fileSchema = z.object({
  version: z.literal(1),
  currentId: z.string().nullable(),
  accounts: z.array(profileSchema),
  former: z.array(formerSchema).default([]),
});

/** The list of accounts in `accounts.json`. Secrets never pass through here. */
export class Profiles {
  #dataDir: string;
  #list: AccountList = noAccounts;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /**
   * Reads the list, or makes it again from its copy or from the folders of the accounts; `told` says what was damaged and
   * what was done about it. `baseUrl` is for accounts of which nothing but the folder is left.
   */
  static async open(
    dataDir: string,
    baseUrl = flowrouteUrl,
  ): Promise<{ profiles: Profiles; told: readonly string[] }> {
    const profiles = new Profiles(dataDir);
    return { profiles, told: await profiles.#read(baseUrl) };
  }

  async #read(baseUrl: string): Promise<readonly string[]> {
    const read = await readJsonFile(this.#file, fileSchema);
    const folders = await readAccountFolders(this.#dataDir);
    const lost = read.state === 'damaged' || read.state === 'absent';
    const before = 'value' in read ? known(read.value) : noAccounts;
    const { list, told } = matchFolders(before, folders, { lost, baseUrl });
    // Looked for once the ids are mended: what names the account that was open may be the damaged one.
    const named = 'value' in read ? read.value.currentId : null;
    this.#list = { ...list, currentId: list.currentId ?? openOne(list.accounts, named) };
    // An empty computer has no list either; a list that is gone leaves folders behind.
    const news = read.state === 'absent' && list.accounts.length + list.former.length === 0 ? [] : [read];
    const labels = list.accounts.map(({ label }) => label).join(', ');
    const rebuilt = labels
      ? `It was made again from the folders of the accounts: ${labels}. One whose keys are not in the keychain asks for them.`
      : 'No account was found in this data folder.';
    const said = news.flatMap((one) => toldOfFile('The list of accounts', one, rebuilt) ?? []);
    if (list !== before) await this.#save(this.#list).catch(() => undefined);
    await this.#keepAccountFiles(folders.map(({ id }) => id));
    return [...said, ...told];
  }

  get all(): readonly Profile[] {
    return this.#list.accounts;
  }

  get former(): readonly Former[] {
    return this.#list.former;
  }

  get current(): Profile | null {
    return this.find(this.#list.currentId ?? '') ?? null;
  }

  find(id: string): Profile | undefined {
    return this.#list.accounts.find((profile) => profile.id === id);
  }

  /** The account, or a `not-found` failure. */
  need(id: string): Profile {
    return needIn(this.#list, id);
  }

  /** What an account was before it was signed out, so that it finds its folder again. */
  formerOf(accessKey: string, baseUrl: string): Former | null {
    const same = (one: Former) => one.accessKey === accessKey && one.baseUrl === baseUrl;
    return this.#list.former.findLast(same) ?? null;
  }

  /** Forgets every account, also the signed-out ones. */
  clear(): Promise<void> {
    return this.#update(() => noAccounts);
  }

  async add(profile: Omit<Profile, 'id'> & { id?: string }): Promise<Profile> {
    const added: Profile = { ...profile, id: profile.id ?? randomUUID() };
    await this.#update(({ accounts, former }) => ({
      currentId: added.id,
      accounts: [...accounts.filter((other) => other.id !== added.id), added],
      former: former.filter((other) => other.id !== added.id),
    }));
    await keepAccountFile(this.#dataDir, added, false);
    return added;
  }

  /** `choose` makes it the current one in the same write. */
  async change(
    id: string,
    change: Partial<Omit<Profile, 'id' | 'kind'>>,
    { choose = false } = {},
  ): Promise<Profile> {
    await this.#update((list) => {
      const changed = { ...needIn(list, id), ...change };
      const accounts = list.accounts.map((one) => (one.id === id ? changed : one));
      return { ...list, accounts, currentId: choose ? id : list.currentId };
    });
    const changed = this.need(id);
    await keepAccountFile(this.#dataDir, changed, false);
    return changed;
  }

  async choose(id: string): Promise<void> {
    await this.#update((list) => ({ ...list, currentId: needIn(list, id).id }));
  }

  /** Forgets the account; the next one in the list becomes current. */
  async remove(id: string): Promise<void> {
    const profile = this.find(id);
    await this.#update(({ currentId, accounts, former }) => {
      const left = accounts.filter((other) => other.id !== id);
      return {
        currentId: currentId === id ? (left[0]?.id ?? null) : currentId,
        accounts: left,
        // The demo account always has the same id.
        former: profile && profile.kind !== 'demo' ? [...former, formerSchema.parse(profile)] : former,
      };
    });
    if (profile) await keepAccountFile(this.#dataDir, signedOutFile(profile), true);
  }

  get #file(): string {
    return path.join(this.#dataDir, 'accounts.json');
  }

  /**
   * Lets `work` put another list in the place of this one, as files: it gets the text of that list. Then the list is read
   * again. Other changes wait.
   */
  rewrite(change: (list: AccountList) => AccountList, work: (file: string) => Promise<void>): Promise<void> {
    const done = this.#writing.then(async () => {
      const { currentId, accounts, former } = change(this.#list);
      await work(sealJson({ version: 1, currentId, accounts, former }));
      await this.#read(flowrouteUrl);
    });
    this.#writing = done.catch(() => undefined);
    return done;
  }

  /** Changes run one after the other, and each counts only once it is on disk: one that cannot be written changes nothing. */
  #update(change: (list: AccountList) => AccountList): Promise<void> {
    const written = this.#writing.then(async () => {
      const next = change(this.#list);
      await this.#save(next);
      this.#list = next;
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }

  #save({ currentId, accounts, former }: AccountList): Promise<void> {
    return writeJsonFile(this.#file, { version: 1, currentId, accounts, former });
  }

  /** Each folder that is there gets the file from which its account can be found again. */
  async #keepAccountFiles(ids: readonly string[]): Promise<void> {
    const { accounts, former } = this.#list;
    const here = <T extends { id: string }>(all: readonly T[]) => all.filter(({ id }) => ids.includes(id));
    for (const profile of here(accounts)) await keepAccountFile(this.#dataDir, profile, false);
    for (const one of here(former)) await keepAccountFile(this.#dataDir, signedOutFile(one), true);
  }
}

/** What the folder of a signed-out account says of it. Its key is gone. */
function signedOutFile(one: Former | Profile): Profile {
  return { ...one, label: one.label || 'Signed-out account', keptIn: 'session' };
}

/** The list with a current account that is in it. */
function known(list: AccountList): AccountList {
  const current = list.accounts.find(({ id }) => id === list.currentId);
  const { accounts, former } = list;
  return { accounts, former, currentId: current?.id ?? null };
}

/** The account that an id names: another one differs in one character at most, and the first stands for one that is lost. */
function openOne(accounts: readonly Profile[], named: string | null): string | null {
  if (named === null) return null;
  const found = accounts.find(({ id }) => id === named) ?? accounts.find(({ id }) => isNearly(id, named));
  return (found ?? accounts[0])?.id ?? null;
}

function needIn({ accounts }: AccountList, id: string): Profile {
  const profile = accounts.find((one) => one.id === id);
  if (profile) return profile;
  throw failure('not-found', 'That account is not on this computer any more.', 'Choose another account.');
}
