import { randomUUID } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { accountFolder } from '../accounts/account-folders.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { AccountList, Former } from '../accounts/match-folders.ts';
import type { Profile, Profiles } from '../accounts/profiles.ts';
import { featuresOf } from '../carrier/features.ts';
import type { Overlaps, RestorePreview, Restored, RestoreWay } from '../contract/backup.ts';
import { forEachJob, jobNames } from '../contract/job-words.ts';
import { failure } from '../contract/errors.ts';
import type { Settings } from '../contract/settings.ts';
import type { SettingsFile } from '../app/settings.ts';
import type { Sessions } from '../app/sessions.ts';
import { foreign, readArchive } from './archive.ts';
import type { Blocked } from './backup-store.ts';
import { withBackupStore, type BackupsOptions, type BackupStoreCalls } from './backups.ts';
import { commitMoves, HalfDone, type Move } from './commit.ts';
import type { Unfinished } from './journal-file.ts';
import {
  plainAddress,
  readManifest,
  replacedSettings,
  type BackedUpAccount,
  type Manifest,
} from './manifest.ts';
import { namingOf } from '../moving/route-keys.ts';
import { addPiece } from './transfers.ts';
import { files } from '../platform/files.ts';

export type RestoresOptions = Omit<BackupsOptions, 'profiles' | 'settings'> & {
  readonly profiles: Profiles;
  readonly settings: SettingsFile;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
};

/** The largest file that is taken. */
const mostFileBytes = 512 * 2 ** 20;
const none = { here: 0, there: 0, both: 0 };
const noOverlaps: Overlaps = {
  ...forEachJob(() => none),
  ...{ tags: none, costs: none, activity: none, cart: none, searches: none },
};

const nothingUnfinished: Unfinished = forEachJob(() => ({ jobs: 0, unsent: 0, unclear: 0 }));

/** A backup that was unpacked and put to rest. */
type Unpacked = {
  readonly manifest: Manifest;
  readonly parts: string;
  /** By the id of the account in the backup. */
  readonly unfinished: ReadonlyMap<string, Unfinished>;
  /** Accounts of it whose journals were brought to the API that they have here. */
  readonly translated: Set<string>;
};
/** An account of the backup, and which of this computer it is. */
type Target = {
  readonly from: BackedUpAccount;
  readonly id: string;
  readonly state: 'new' | 'here' | 'signed-out';
  /** A copy of the journal it has here; null when it has none. */
  readonly copy: string | null;
  readonly overlaps: Overlaps;
  readonly blocked: Blocked;
};

/** Brings what a backup holds onto this computer: shown first, then all of it or nothing. */
export class Restores {
  #options: RestoresOptions;
  #unpacked = new Map<string, Promise<Unpacked>>();
  #shown = new Map<string, string>();
  #working: Promise<unknown> = Promise.resolve();

  constructor(options: RestoresOptions) {
    this.#options = options;
  }

  /** Begins to take a file of so many bytes. */
  async begin(): Promise<{ id: string }> {
    const { id } = await this.#options.transfers.begin();
    return { id };
  }

  /** Adds the bytes that follow those that came so far. */
  async add(id: string, offset: number, bytes: Uint8Array): Promise<void> {
    if (offset + bytes.length > mostFileBytes)
      throw failure(
        'invalid-input',
        'The file is too large: 512 MB at most.',
        'Choose a backup of Numberdesk.',
      );
    await this.#options.transfers.use(id, async (folder) => {
      // The file has changed since it was looked at.
      this.#forget(id);
      await addPiece(path.join(folder, 'backup'), offset, bytes);
    });
  }

  async end(id: string): Promise<void> {
    this.#forget(id);
    await this.#options.transfers.end(id);
  }

  /** Checks the file and tells what restoring it would do. Nothing is changed. */
  preview(id: string): Promise<RestorePreview> {
    return this.#inTurn(id, async (folder) => {
      const unpacked = await this.#unpack(id, folder);
      const targets = await withBackupStore(this.#options, (store) => this.#compare(folder, unpacked, store));
      const preview = this.#describe(unpacked, targets);
      this.#shown.set(id, JSON.stringify(preview));
      return preview;
    });
  }

  /**
   * Restores what was shown. Rejects with `rejected` while an order or a change of routes runs, and when something is not any more
   * as it was shown.
   */
  async apply(id: string, way: RestoreWay): Promise<Restored> {
    const { sessions, accounts, profiles } = this.#options;
    const restored = await this.#inTurn(id, async (folder) => {
      const shown = this.#shown.get(id);
      if (shown === undefined)
        throw failure('rejected', 'This backup was not looked at yet.', 'Look at it first.');
      const unpacked = await this.#unpack(id, folder);
      if (await sessions.busy())
        throw failure(
          'rejected',
          'An order or a change of routes is running.',
          'Pause or stop it, then restore.',
        );
      // In the order of a sign-out, which closes its account while nobody else may change any: the other way, each would wait
      // for the other.
      return accounts.apart(() =>
        sessions.apart(
          () => this.#restore(folder, unpacked, way, shown),
          (failed) => (failed instanceof HalfDone ? null : profiles.current),
        ),
      );
    });
    await this.end(id);
    return restored;
  }

  /** One file at a time is looked at or restored: nothing moves while another one is compared with it. */
  #inTurn<T>(id: string, work: (folder: string) => Promise<T>): Promise<T> {
    return this.#options.transfers.use(id, (folder) => {
      const done = this.#working.then(() => work(folder));
      this.#working = done.catch(() => undefined);
      return done;
    });
  }

  async #restore(folder: string, unpacked: Unpacked, way: RestoreWay, shown: string): Promise<Restored> {
    const { settings, profiles, dataDir } = this.#options;
    const targets = await withBackupStore(this.#options, async (store) => {
      const found = await this.#compare(folder, unpacked, store);
      const preview = this.#describe(unpacked, found);
      if (JSON.stringify(preview) !== shown)
        throw failure(
          'rejected',
          'Something has changed here since it was shown.',
          'Look at the backup again.',
        );
      if (way === 'replace' && preview.replaceRefused !== null)
        throw failure('rejected', preview.replaceRefused, 'Finish it first, or merge instead.');
      for (const { copy, from } of found)
        if (way === 'merge' && copy !== null && from.journal !== null)
          await store.merge(copy, path.join(unpacked.parts, from.journal));
      return found;
    });
    const relative = (file: string) => path.relative(dataDir, file).split(path.sep).join('/');
    const moves = targets.flatMap((target): Move[] => {
      if (target.from.journal === null) return [];
      const merged = way === 'merge' && target.copy !== null;
      const from = merged ? (target.copy ?? '') : path.join(unpacked.parts, target.from.journal);
      const to = relative(path.join(accountFolder(dataDir, target.id), 'journal.db'));
      return [{ from: relative(from), to, aside: `${to}.before-restore` }];
    });
    const file = async (name: string, text: string): Promise<Move> => {
      await writeFile(path.join(folder, name), text, { mode: 0o600 });
      return {
        from: relative(path.join(folder, name)),
        to: name,
        aside: relative(path.join(folder, 'old', name)),
      };
    };
    const there = unpacked.manifest.settings;
    await settings.rewrite(
      (here) => (way === 'replace' ? replacedSettings(here, there) : here),
      (text) =>
        profiles.rewrite(
          (list) => joined(list, targets),
          async (accountsText) => {
            const small = [await file('accounts.json', accountsText), await file('settings.json', text)];
            await commitMoves(dataDir, folder, [...moves, ...small]);
          },
        ),
    );
    const kept = targets.some(({ copy, from }) => copy !== null && from.journal !== null);
    return { accounts: targets.length, keptAs: kept ? 'journal.db.before-restore' : null };
  }

  #forget(id: string): void {
    this.#unpacked.delete(id);
    this.#shown.delete(id);
  }

  /** Once for a file: what fails is tried again by the next look. */
  #unpack(id: string, folder: string): Promise<Unpacked> {
    const begun = this.#unpacked.get(id);
    if (begun) return begun;
    const work = this.#doUnpack(folder);
    this.#unpacked.set(id, work);
    work.catch(() => {
      this.#unpacked.delete(id);
    });
    return work;
  }

  async #doUnpack(folder: string): Promise<Unpacked> {
    const file = path.join(folder, 'backup');
    const parts = path.join(folder, 'parts');
    await files.remove(parts);
    await mkdir(parts);
    const exists = await stat(file).catch(() => null);
    if (!exists) throw failure('invalid-input', 'The file is empty.', 'Choose a backup of Numberdesk.');
    const manifest = await readManifest(parts, await readArchive(file, parts));
    const unfinished = new Map<string, Unfinished>();
    await withBackupStore(this.#options, async (store) => {
      for (const account of manifest.accounts)
        if (account.journal !== null)
          unfinished.set(account.id, await store.prepare(path.join(parts, account.journal)));
    });
    return { manifest, parts, unfinished, translated: new Set() };
  }

  /** Finds each account of the backup here, and compares their journals by copies. */
  async #compare(folder: string, unpacked: Unpacked, store: BackupStoreCalls): Promise<Target[]> {
    const { dataDir, profiles } = this.#options;
    const { manifest, parts } = unpacked;
    const copies = path.join(folder, 'copies');
    await files.remove(copies);
    await mkdir(copies);
    const targets: Target[] = [];
    const taken = new Set([...profiles.all, ...profiles.former].map((one) => one.id));
    for (const from of manifest.accounts) {
      // An account that was found by its folder alone is known by its id, until it has keys.
      const same = (one: { id: string; kind: string; accessKey: string; baseUrl: string }) =>
        one.accessKey === '' || from.accessKey === ''
          ? one.id === from.id
          : one.accessKey === from.accessKey && plainAddress(one.baseUrl) === plainAddress(from.baseUrl);
      const theirs = from.journal === null ? null : path.join(parts, from.journal);
      const [listed, gone] = [profiles.all.filter((one) => one.kind !== 'demo'), profiles.former];
      const isOfKind = ({ kind }: { kind: string }) => kind === from.kind;
      // One that names routes as the backup does goes before one that was moved since.
      const candidates = [
        ...[listed.filter(same), gone.filter(same)].map((all) => all.find(isOfKind)),
        ...[listed, gone].map((all) => all.find(same)),
      ].filter((one) => one !== undefined);
      let found: Profile | Former | null = null;
      for (const one of candidates)
        if (!found && (await this.#speaks(one, from, theirs, unpacked, store))) found = one;
      const state = !found ? 'new' : listed.some(({ id }) => id === found?.id) ? 'here' : 'signed-out';
      const used = taken.has(from.id) || (await exists(accountFolder(dataDir, from.id)));
      const target = {
        from,
        id: found?.id ?? (used ? randomUUID() : from.id),
        state,
      } as const;
      const journal = path.join(accountFolder(dataDir, target.id), 'journal.db');
      const empty = { copy: null, overlaps: noOverlaps, blocked: null };
      if (theirs === null) targets.push({ ...target, ...empty });
      else if (found && (await exists(journal))) {
        const copy = path.join(copies, `${targets.length}.db`);
        await store.copy(journal, copy);
        targets.push({ ...target, copy, ...(await store.compare(copy, theirs)) });
      } else {
        const fresh = path.join(copies, `${targets.length}-empty.db`);
        const { overlaps } = await store.compare(fresh, theirs);
        targets.push({ ...target, ...empty, overlaps });
      }
    }
    // Two accounts of a file that are one here would take each other's place.
    if (new Set(targets.map((target) => target.id)).size < targets.length) throw foreign();
    return targets;
  }

  /**
   * True for an account whose API names routes as the journal of the backup does. One that was moved to another version since names
   * them in another way: its journal is brought to that, once, by the routes that are known here. Where none are, nobody can say what is meant.
   */
  async #speaks(
    { id, kind, accessKey }: Pick<Profile, 'id' | 'kind' | 'accessKey'>,
    from: BackedUpAccount,
    theirs: string | null,
    { translated }: Unpacked,
    store: BackupStoreCalls,
  ): Promise<boolean> {
    // Of an account that was found by its folder alone the kind is not known.
    const isKnown = accessKey !== '' && from.accessKey !== '';
    if (kind === from.kind || !isKnown || theirs === null || translated.has(from.id)) return true;
    const journal = path.join(accountFolder(this.#options.dataDir, id), 'journal.db');
    const copy = `${theirs}.here`;
    if (!(await exists(journal))) return false;
    await files.remove(copy);
    await store.copy(journal, copy);
    const routes = await store.routes(copy);
    if (routes.length === 0) return false;
    const to = { ...namingOf(featuresOf(kind)), routes, at: Date.now() };
    await store.translate(theirs, { from: namingOf(featuresOf(from.kind)), to });
    translated.add(from.id);
    return true;
  }

  #describe({ manifest, unfinished }: Unpacked, targets: readonly Target[]): RestorePreview {
    const { profiles, settings } = this.#options;
    const touched = new Set(targets.map((target) => target.id));
    const after = replacedSettings(settings.value, manifest.settings);
    const blocked = targets.find((target) => target.blocked !== null);
    return {
      madeAt: manifest.madeAt,
      version: manifest.appVersion,
      accounts: targets.map(({ from, state, overlaps }) => ({
        ...{ label: from.label, accessKey: from.accessKey, baseUrl: from.baseUrl, state, overlaps },
        unfinished: unfinished.get(from.id) ?? nothingUnfinished,
      })),
      untouched: profiles.all.filter(({ id }) => !touched.has(id)).map(({ label }) => label),
      settings: (Object.keys(after) as (keyof Settings)[])
        .filter((name) => after[name] !== settings.value[name])
        .map((name) => ({ name, here: String(settings.value[name]), there: String(after[name]) })),
      replaceRefused: blocked?.blocked
        ? `${blocked.from.label} has ${jobNames[blocked.blocked].a} here that is not settled.`
        : null,
    };
  }
}

/**
 * Accounts that are new are added, and one that was found by its folder alone learns its name. They ask for their keys: none is
 * ever used because of what a file says.
 */
function joined(list: AccountList, targets: readonly Target[]): AccountList {
  const added = targets.filter(({ state }) => state === 'new');
  const signedIn = added.filter(({ from }) => !from.signedOut);
  return {
    currentId: list.currentId ?? signedIn[0]?.id ?? null,
    accounts: [
      ...list.accounts.map((one) => {
        const from = targets.find(({ id }) => id === one.id)?.from;
        if (!from || one.accessKey !== '') return one;
        return {
          ...one,
          ...{ kind: from.kind, label: from.label, accessKey: from.accessKey, baseUrl: from.baseUrl },
        };
      }),
      ...signedIn.map(({ id, from: { kind, label, accessKey, baseUrl } }) => ({
        ...{ id, kind, label, accessKey, baseUrl },
        ...({ keptIn: 'session' } as const),
      })),
    ],
    former: [
      ...list.former,
      ...added
        .filter(({ from }) => from.signedOut)
        .map(({ id, from: { kind, label, accessKey, baseUrl } }) => ({
          id,
          kind,
          label,
          accessKey,
          baseUrl,
        })),
    ],
  };
}

const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );
