import { stat, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { accountFolder } from '../accounts/account-folders.ts';
import type { Accounts, SignedInKind } from '../accounts/accounts.ts';
import type { AccountList } from '../accounts/match-folders.ts';
import type { Profile, Profiles } from '../accounts/profiles.ts';
import { kindOf } from '../accounts/which-api.ts';
import type { Sessions } from '../app/sessions.ts';
import { commitMoves, HalfDone, type Move } from '../backup/commit.ts';
import type { Transfers } from '../backup/transfers.ts';
import { featuresOf } from '../carrier/features.ts';
import { readAll } from '../carrier/paging.ts';
import { apiName, type ApiVersion, type Moved } from '../contract/accounts.ts';
import { failure, toAppError } from '../contract/errors.ts';
import type { Route } from '../contract/model.ts';
import { openFile } from '../platform/storage/client.ts';
import type { Stores } from '../platform/storage/served-file.ts';
import type { MovingStore, NotFound } from './moving-store.ts';
import { needNoJob } from './open-job.ts';
import { namingOf } from './route-keys.ts';

export type MovesOptions = {
  readonly dataDir: string;
  readonly workerUrl: URL;
  readonly log: (line: string) => void;
  readonly profiles: Profiles;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly transfers: Transfers;
};

export type MovingStoreCalls = Stores<{ moving: MovingStore }>['moving'];

const mostRoutePages = 500;

/** Moves accounts from one version of the carrier's API to another one, with everything that is kept of them. */
export class Moves {
  #options: MovesOptions;

  constructor(options: MovesOptions) {
    this.#options = options;
  }

  /**
   * Moves the open account: the other version is asked for its routes with the keys of the account, then journal and list are brought to
   * its names in copies, which take the place of both together with the list of accounts. All of it happens or nothing, whatever
   * happens to the process. Rejects with `rejected` while an order or a change of routes is open, and with why the other version
   * did not work.
   */
  async move(id: string, api: ApiVersion): Promise<Moved> {
    const { accounts, sessions } = this.#options;
    const profile = this.#needMovable(id, api);
    const kind = kindOf(api);
    needNoJob(profile, await sessions.need().openJob());
    const routes = await this.#routesOf(profile, kind);
    const at = Date.now();
    // In the order of a sign-out, which closes its account while nobody else may change any.
    const notFound = await accounts.apart(() =>
      sessions.apart(
        async () => {
          const found = await this.#commit(profile, kind, { routes, at });
          await accounts.reconnect(id);
          return found;
        },
        (failed) => (failed instanceof HalfDone ? null : this.#options.profiles.current),
      ),
    );
    return { id, label: profile.label, api, ...notFound };
  }

  #needMovable(id: string, api: ApiVersion): Profile {
    const { profiles, sessions } = this.#options;
    const profile = profiles.need(id);
    if (profile.kind === 'demo')
      throw failure('invalid-input', 'The demo account cannot be moved.', 'Move an account of your own.');
    if (profile.kind === kindOf(api))
      throw failure('rejected', `${profile.label} uses API ${api} already.`, 'There is nothing to do.');
    if (!sessions.isOpen(id))
      throw failure(
        'rejected',
        'Only the account on screen can be moved.',
        `Switch to ${profile.label}, then move it.`,
      );
    return profile;
  }

  /** Every route as the other version lists it. Its failure says that nothing has changed. */
  async #routesOf(profile: Profile, kind: SignedInKind): Promise<readonly Route[]> {
    try {
      return await this.#options.accounts.tryOther(profile.id, kind, async (carrier, signal) => {
        const limit = carrier.features.maxPage;
        const list = (cursor: string | null) => carrier.listRoutes({ cursor, limit, signal, soon: true });
        return (await readAll(list, ({ key }) => key, mostRoutePages)).items;
      });
    } catch (thrown) {
      const { code, message, action, retryable } = toAppError(thrown);
      // Keys that one version refuses may be good for the other: those that are in use are not refused by this.
      const stays = `${profile.label} stays with ${apiName(profile.kind)}, and nothing was changed.`;
      const told = `${apiName(kind)} did not work with the keys of ${profile.label}: ${message} ${stays}`;
      throw failure(code === 'wrong-keys' ? 'rejected' : code, told, action, { retryable, cause: thrown });
    }
  }

  async #commit(
    profile: Profile,
    kind: SignedInKind,
    listed: { readonly routes: readonly Route[]; readonly at: number },
  ): Promise<NotFound> {
    const files = new AccountChange(this.#options);
    return files.run(async (change) => {
      const { journal, list } = await change.copyOf(profile);
      needNoJob(profile, await change.store.openJob(journal));
      const from = namingOf(featuresOf(profile.kind));
      const to = { ...namingOf(featuresOf(kind)), ...listed };
      const text = `${profile.label} was moved from ${apiName(profile.kind)} to ${apiName(kind)}`;
      const entry = { at: listed.at, kind: 'account', text, outcome: 'ok', numbers: [] } as const;
      const notFound = await change.store.translate(journal, list, { from, to }, entry);
      await change.commit(({ accounts, ...all }) => ({
        ...all,
        accounts: accounts.map((one) => (one.id === profile.id ? movedTo(one, kind) : one)),
      }));
      return notFound;
    });
  }
}

/** Files of accounts that are changed as copies, while every account is closed, and then take their places together. */
export class AccountChange {
  #options: MovesOptions;
  #folder = '';
  #moves: Move[] = [];
  store!: MovingStoreCalls;

  constructor(options: MovesOptions) {
    this.#options = options;
  }

  async run<T>(work: (change: AccountChange) => Promise<T>): Promise<T> {
    const { workerUrl, log, transfers } = this.#options;
    const { id } = await transfers.begin();
    const client = await openFile<{ moving: MovingStore }>('moving', { file: '', workerUrl, log });
    this.store = client.stores.moving;
    let keep = false;
    try {
      return await transfers.use(id, (folder) => {
        this.#folder = folder;
        return work(this);
      });
    } catch (thrown) {
      // The next start finishes it: what it needs for that stays.
      keep = thrown instanceof HalfDone;
      throw thrown;
    } finally {
      await client.close();
      if (!keep) await transfers.end(id);
    }
  }

  /** Copies of what is kept of an account, which `commit` puts in their places. The list is null where none was fetched yet. */
  async copyOf(profile: Profile): Promise<{ journal: string; list: string | null }> {
    const journal = await this.copyOfJournal(profile);
    return { journal, list: await this.#copy(profile.id, 'numbers.db', null) };
  }

  /** The same of its journal alone. */
  async copyOfJournal({ id }: Profile): Promise<string> {
    const journal = await this.#copy(id, 'journal.db', 'journal.db.before-move');
    if (journal !== null) return journal;
    throw failure('storage', 'The records of this account are not on this computer.', 'Restart Numberdesk.');
  }

  /** A copy of a journal that nothing takes the place of; null for an account that was never opened. */
  async readOf({ id }: Profile): Promise<string | null> {
    const from = path.join(accountFolder(this.#options.dataDir, id), 'journal.db');
    if (!(await exists(from))) return null;
    const copy = path.join(this.#folder, `${id}-read.db`);
    await this.store.copy(from, copy);
    return copy;
  }

  async #copy(id: string, name: string, aside: string | null): Promise<string | null> {
    const folder = accountFolder(this.#options.dataDir, id);
    const from = path.join(folder, name);
    if (!(await exists(from))) return null;
    const copy = path.join(this.#folder, `${id}-${name}`);
    await this.store.copy(from, copy);
    const kept = aside ? path.join(folder, aside) : path.join(this.#folder, 'old', name);
    this.#moves.push({ from: this.#relative(copy), to: this.#relative(from), aside: this.#relative(kept) });
    return copy;
  }

  /** Puts the copies and the changed list of accounts in their places, all or none. */
  async commit(change: (list: AccountList) => AccountList): Promise<void> {
    const { dataDir, profiles } = this.#options;
    await profiles.rewrite(change, async (text) => {
      const file = path.join(this.#folder, 'accounts.json');
      await mkdir(this.#folder, { recursive: true });
      await writeFile(file, text, { mode: 0o600 });
      const aside = this.#relative(path.join(this.#folder, 'old', 'accounts.json'));
      const list = { from: this.#relative(file), to: 'accounts.json', aside };
      await commitMoves(dataDir, this.#folder, [...this.#moves, list], 'account');
    });
  }

  #relative(file: string): string {
    return path.relative(this.#options.dataDir, file).split(path.sep).join('/');
  }
}

/** What an account was found to lack was about the other API. */
function movedTo({ lacks: _, ...profile }: Profile, kind: SignedInKind): Profile {
  return { ...profile, kind };
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
