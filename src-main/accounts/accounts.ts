import { HalfDone } from '../backup/commit.ts';
import { rootAddress } from '../carrier/address.ts';
import type { Carrier } from '../carrier/carrier.ts';
import { featuresOf } from '../carrier/features.ts';
import { Budget } from '../carrier/flowroute/http/budget.ts';
import type { Keys } from '../carrier/flowroute/keys.ts';
import type { Features } from '../contract/features.ts';
import { Failure, failure, toAppError } from '../contract/errors.ts';
import {
  apiName,
  type AccountKind,
  type AccountView,
  type AccountsView,
  type ApiVersion,
} from '../contract/accounts.ts';
import { LateAnswer, type SecretStore } from './keychain.ts';
import { firstThatWorks, halfWorked, kindOf } from './which-api.ts';
import type { Former } from './match-folders.ts';
import { demoId, type Profile, type Profiles } from './profiles.ts';

export type AccountsOptions = {
  readonly profiles: Profiles;
  readonly keychain: SecretStore;
  /** What makes the carriers of a kind of account; it may have to be loaded first. */
  readonly adapter: (kind: AccountKind) => Promise<Connect>;
  /** What every account's API can do, whatever its kind says; for tests. */
  readonly features?: Features;
  readonly defaultBaseUrl: string;
  /** Starts the demo account's carrier; resolves with its address and keys. */
  readonly startDemo: () => Promise<{ url: string; keys: Keys }>;
  /** Ends it, if it runs. */
  readonly stopDemo: () => Promise<void>;
  readonly onChange: (view: AccountsView) => void;
  /** The account that another one seems to be; null for none. */
  readonly twinOf?: (profile: Profile) => Profile | null;
  /** A sign-in that worked with one version of the API and not with another: a sentence about it. */
  readonly onHalf?: (text: string) => void;
  /** Keys came from the keychain after the account had opened without them. */
  readonly onLateKeys?: (id: string) => void;
  /** How long the carrier may take to accept keys, in milliseconds; for tests. */
  readonly verifyMs?: number;
};

/**
 * Makes a carrier for keys: used to verify them before they are kept, and then to work. `onKeys` is told when the carrier refuses
 * them, and when it takes them again.
 */
export type Connect = (
  baseUrl: string,
  keys: Keys,
  onKeys: (accepted: boolean) => void,
  kept?: Kept,
) => Carrier;

const verifyMs = 60_000;

/** What is kept of an account for its carrier, beside its keys. */
export type Kept = Pick<Profile, 'atMost' | 'lacks'> & {
  /** Shared by all carriers of the account, so that keys are checked within its limit too. */
  readonly budget: Budget;
  /** Keeps what the account was found to lack. */
  readonly onLacks: (lacks: NonNullable<Profile['lacks']>) => void;
};

/** The kinds that somebody signs in to. */
export type SignedInKind = Exclude<AccountKind, 'demo'>;

type SignIn = {
  readonly label: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly baseUrl?: string | undefined;
  readonly api?: ApiVersion | undefined;
  readonly remember: 'keychain' | 'session';
};

/**
 * Accounts and their keys. A secret is in the keychain or, when the person chose so, in this process's memory for the
 * session; it is verified with the carrier before it is kept anywhere, and it never leaves through a result.
 */
export class Accounts {
  #options: AccountsOptions;
  #carriers = new Map<string, Carrier>();
  /** The limits of requests that are counted, by account. */
  #budgets = new Map<string, Budget>();
  /** Of those carriers, so that an account can be moved to another version of the API without its secret being typed again. */
  #keys = new Map<string, Keys>();
  #states = new Map<string, AccountView['keys']>();
  /** Grows whenever the keys of an account change, so that a late answer of the keychain does not overwrite newer keys. */
  #generations = new Map<string, number>();
  #unlocking = new Map<string, Promise<void>>();
  /** Changes of kept keys run one after the other: each takes several steps in the keychain and in the list of accounts. */
  #changing: Promise<unknown> = Promise.resolve();
  /** A key that could not be taken out of the keychain again, by access key and address: the next sign-in replaces it. */
  #leftKeys = new Map<string, string>();
  #keychainProblem: string | null = null;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  get current(): Profile | null {
    return this.#options.profiles.current;
  }

  view(): AccountsView {
    return {
      accounts: this.#options.profiles.all.map((profile) => this.viewOf(profile)),
      currentId: this.current?.id ?? null,
      keychain: { available: this.#keychainProblem === null, reason: this.#keychainProblem },
    };
  }

  viewOf(profile: Profile): AccountView {
    const { id, label, kind, accessKey, baseUrl, atMost = null } = profile;
    const features = this.featuresOf(profile);
    const keys = this.#states.get(id) ?? 'unlocking';
    const twin = this.#options.twinOf?.(profile) ?? null;
    const sameAs = twin && { id: twin.id, label: twin.label };
    return { id, label, kind, accessKey, baseUrl, atMost, features, sameAs, keys };
  }

  /** What the API of an account can do, whether or not there are keys to ask with. */
  featuresOf({ id, kind }: Profile): Features {
    return this.#carriers.get(id)?.features ?? this.#options.features ?? featuresOf(kind);
  }

  /** Something about the accounts is not as it was told. */
  tell(): void {
    this.#changed();
  }

  /** Finds out whether the keychain works; may take as long as a person needs to unlock it. */
  async checkKeychain(): Promise<void> {
    const found = (reason: string | null) => {
      this.#keychainProblem = reason;
      this.#changed();
    };
    found(await this.#options.keychain.check(found));
  }

  /** The account's carrier, or null while its keys are missing. Keys that were refused are still used: a good answer shows that they are accepted again. */
  carrier(id: string): Carrier | null {
    return this.#carriers.get(id) ?? null;
  }

  /**
   * Fetches the account's key from where it is kept. Never rejects: a missing key is a state of the account. Keys that were
   * entered before the keychain answered stay.
   */
  unlock(id: string): Promise<void> {
    const begun = this.#unlocking.get(id);
    if (begun) return begun;
    const work = this.#unlock(id).finally(() => {
      if (this.#unlocking.get(id) === work) this.#unlocking.delete(id);
    });
    this.#unlocking.set(id, work);
    return work;
  }

  async #unlock(id: string): Promise<void> {
    const profile = this.#options.profiles.find(id);
    if (!profile || this.#carriers.has(id)) return;
    const generation = this.#generations.get(id);
    const late = () => generation !== this.#generations.get(id);
    this.#state(id, 'unlocking');
    try {
      if (profile.kind === 'demo') {
        const demo = await this.#options.startDemo();
        const connect = await this.#options.adapter(profile.kind);
        if (!late()) this.#connect(connect, { ...profile, baseUrl: demo.url }, demo.keys, 'session');
        return;
      }
      const secretKey = profile.keptIn === 'keychain' ? await this.#options.keychain.get(id) : null;
      const connect = secretKey === null ? null : await this.#options.adapter(profile.kind);
      if (late()) return;
      if (secretKey === null || connect === null) this.#state(id, 'missing');
      else this.#connect(connect, profile, { accessKey: profile.accessKey, secretKey }, 'keychain');
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'keychain')
        this.#keychainProblem = thrown.error.message;
      if (late()) this.#changed();
      else this.#state(id, 'missing');
      if (thrown instanceof LateAnswer) this.#takeLate(profile, thrown.answer, late);
    }
  }

  /** The person has answered the keychain's own question after all: the account goes on as if it had been in time. */
  #takeLate(profile: Profile, answer: Promise<unknown>, late: () => boolean): void {
    answer
      .then(async (secretKey) => {
        this.#keychainProblem = null;
        this.#changed();
        if (typeof secretKey !== 'string') return;
        const connect = await this.#options.adapter(profile.kind);
        if (late() || !this.#options.profiles.find(profile.id)) return;
        this.#connect(connect, profile, { accessKey: profile.accessKey, secretKey }, 'keychain');
        this.#options.onLateKeys?.(profile.id);
      })
      .catch(() => undefined);
  }

  /** Puts a secret into the keychain. One that arrives there after it was given up is replaced by the one before it. */
  async #putSecret(id: string, secretKey: string, before: string | null): Promise<void> {
    const { keychain } = this.#options;
    try {
      await keychain.set(id, secretKey);
    } catch (thrown) {
      if (thrown instanceof LateAnswer) {
        thrown.answer
          .then(() => (before === null ? keychain.delete(id) : keychain.set(id, before)))
          .catch(() => undefined);
      }
      throw thrown;
    }
  }

  async signIn(input: SignIn): Promise<Profile> {
    const baseUrl = rootAddress(input.baseUrl ?? this.#options.defaultBaseUrl);
    const keys = { accessKey: input.accessKey, secretKey: input.secretKey };
    const found = await firstThatWorks(this.#kindsFor(baseUrl, input), (kind) =>
      this.#verify(kind, baseUrl, keys, this.#known(keys.accessKey, baseUrl)),
    );
    const { kind } = found;
    const profile = await this.#alone(async () => {
      const { profiles } = this.#options;
      const same = this.#listed(keys.accessKey, baseUrl);
      if (same && same.kind !== kind) throw otherApi(same);
      if (same) return this.#keep(same.id, keys, input.remember, input.label);
      const account = `${keys.accessKey} ${baseUrl}`;
      const former = profiles.formerOf(keys.accessKey, baseUrl);
      // What is kept of an account names routes as its API does: another kind begins anew.
      const formerId = former?.kind === kind ? former.id : null;
      const id = formerId ?? this.#leftKeys.get(account) ?? crypto.randomUUID();
      const connect = await this.#options.adapter(kind);
      // The keychain first: if it fails, no half-made account is left behind.
      if (input.remember === 'keychain') await this.#putSecret(id, keys.secretKey, null);
      const { label, remember: keptIn } = input;
      const { accessKey } = keys;
      // The limit of requests is the person's, whatever the API.
      const atMost = former?.atMost;
      const profile = await profiles
        .add({ id, label, kind, accessKey, baseUrl, keptIn, atMost })
        .catch(async (thrown: unknown) => {
          if (keptIn === 'keychain') {
            this.#leftKeys.set(account, id);
            await this.#putBack(id, null, thrown);
          }
          throw thrown;
        });
      this.#leftKeys.delete(account);
      this.#connect(connect, profile, keys, keptIn);
      return profile;
    });
    const half = halfWorked(found);
    if (half !== null) this.#options.onHalf?.(half);
    return profile;
  }

  /**
   * The kinds of account that keys are tried as, in this order. v2 sends the secret itself: keys that are known to be of a v1 account
   * are never tried with it unless the person says so.
   */
  #kindsFor(baseUrl: string, { accessKey, api }: SignIn): readonly SignedInKind[] {
    const listed = this.#listed(accessKey, baseUrl);
    if (api !== undefined) {
      if (listed && listed.kind !== kindOf(api)) throw otherApi(listed);
      return [kindOf(api)];
    }
    const known = this.#known(accessKey, baseUrl);
    if (known) return [known.kind === 'flowroute-v2' ? 'flowroute-v2' : 'flowroute-v1'];
    const own = baseUrl === rootAddress(this.#options.defaultBaseUrl);
    return own ? ['flowroute-v2', 'flowroute-v1'] : ['flowroute-v1'];
  }

  #listed(accessKey: string, baseUrl: string): Profile | undefined {
    return this.#options.profiles.all.find(
      (other) => other.accessKey === accessKey && other.baseUrl === baseUrl,
    );
  }

  /** The account of these keys that is listed, or was before somebody signed out. */
  #known(accessKey: string, baseUrl: string): Profile | Former | null {
    return this.#listed(accessKey, baseUrl) ?? this.#options.profiles.formerOf(accessKey, baseUrl);
  }

  async tryDemo(): Promise<Profile> {
    const { profiles } = this.#options;
    const existing = profiles.find(demoId);
    if (existing) await profiles.choose(demoId);
    const profile =
      existing ??
      (await profiles.add({
        id: demoId,
        label: 'Demo account',
        kind: 'demo',
        accessKey: 'demo',
        baseUrl: '',
        keptIn: 'session',
      }));
    await this.unlock(profile.id);
    this.#changed();
    return profile;
  }

  /**
   * Gives an account other keys, once the carrier has accepted them. `needSame` is asked with them when their access key is another
   * one: it rejects when they must not be of another account. Rejects with `rejected` when they are those of one that is listed.
   */
  async replaceKeys(
    input: Omit<SignIn, 'label' | 'baseUrl'> & { readonly id: string },
    needSame: (carrier: Carrier) => Promise<void> = () => Promise.resolve(),
  ): Promise<Profile> {
    const profile = this.#options.profiles.need(input.id);
    if (profile.kind === 'demo') {
      throw failure('invalid-input', 'The demo account needs no keys.', 'Sign in to add your own account.');
    }
    const keys = { accessKey: input.accessKey, secretKey: input.secretKey };
    await this.#verify(profile.kind, profile.baseUrl, keys, profile, async (carrier) => {
      if (keys.accessKey === profile.accessKey) return;
      const other = this.#options.profiles.all.find(
        (one) => one.id !== profile.id && one.accessKey === keys.accessKey && one.baseUrl === profile.baseUrl,
      );
      if (other) {
        throw failure(
          'rejected',
          `These are the keys of ${other.label}.`,
          'Choose that account in the list of accounts.',
        );
      }
      await needSame(carrier);
    });
    return this.#alone(() => this.#keep(profile.id, keys, input.remember, null));
  }

  /**
   * Asks another version of the API with the keys that an account has, and changes nothing. Rejects with `signed-out` without keys,
   * and with what that version answers.
   */
  async tryOther<T>(
    id: string,
    kind: SignedInKind,
    ask: (carrier: Carrier, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const profile = this.#options.profiles.need(id);
    const keys = this.#keys.get(id);
    if (!keys) {
      throw failure(
        'signed-out',
        `The keys of ${profile.label} are not here.`,
        'Enter them, then try again.',
      );
    }
    const connect = await this.#options.adapter(kind);
    const nothing = () => undefined;
    const kept = { ...this.#limitOf(profile), onLacks: nothing };
    const carrier = connect(profile.baseUrl, keys, nothing, kept);
    const signal = AbortSignal.timeout(this.#options.verifyMs ?? verifyMs);
    try {
      return await ask(carrier, signal);
    } catch (thrown) {
      throw signal.aborted ? noAnswer() : thrown;
    } finally {
      carrier.close();
    }
  }

  /** Goes on with the keys that an account has, by what the list of accounts says of it now. */
  async reconnect(id: string): Promise<void> {
    const profile = this.#options.profiles.need(id);
    const [keys, state] = [this.#keys.get(id), this.#states.get(id)];
    const connect = await this.#options.adapter(profile.kind);
    if (!keys) return;
    this.#drop(id);
    this.#connect(connect, profile, keys, state === 'session' ? 'session' : profile.keptIn);
  }

  /**
   * Forgets an account whose records are in another one now, in the way of a sign-out: its key leaves the keychain, then `work` takes it out of
   * the list. When that fails the key is put back.
   */
  async leave(id: string, work: () => Promise<void>): Promise<void> {
    const { profiles, keychain } = this.#options;
    const { keptIn } = profiles.need(id);
    const secretKey = keptIn === 'keychain' ? await keychain.get(id) : null;
    if (keptIn === 'keychain') await keychain.delete(id);
    try {
      await work();
    } catch (thrown) {
      // What is half done is finished by the next start: the account is gone then.
      if (secretKey !== null && !(thrown instanceof HalfDone)) await this.#putBack(id, secretKey, thrown);
      throw thrown;
    }
    this.#drop(id);
    this.#states.delete(id);
  }

  async choose(id: string): Promise<Profile> {
    await this.#options.profiles.choose(id);
    this.#changed();
    return this.#options.profiles.need(id);
  }

  /** At most so many requests a second to this account's carrier, from now on; null for as many as it takes. */
  async setBudget(id: string, atMost: number | null): Promise<Profile> {
    const profile = await this.#options.profiles.change(id, { atMost: atMost ?? undefined });
    this.carrier(id)?.limit?.(atMost);
    this.#changed();
    return profile;
  }

  async rename(id: string, label: string): Promise<Profile> {
    const profile = await this.#options.profiles.change(id, { label });
    this.#changed();
    return profile;
  }

  /**
   * Removes the key from the keychain, then forgets the account. `closing` runs in between: what is on its way with the
   * carrier has to end before the carrier is taken away. Where the keychain refuses nothing has changed; when a later step
   * fails, the account is still listed, without its key, and the error says so: signing out again finishes it.
   */
  signOut(id: string, closing?: (profile: Profile) => Promise<void>): Promise<Profile> {
    return this.#alone(async () => {
      const { profiles, keychain } = this.#options;
      const profile = profiles.need(id);
      if (profile.keptIn === 'keychain') await keychain.delete(id);
      try {
        await closing?.(profile);
        await profiles.remove(id);
      } catch (thrown) {
        this.#drop(id);
        await this.#keyGone(profile, 'missing');
        const removed = profile.keptIn === 'keychain' ? ' Its key was removed from the keychain.' : '';
        throw unfinished(`${profile.label} is still listed.${removed}`, thrown, 'Then sign out again.');
      }
      this.#drop(id);
      this.#states.delete(id);
      if (profile.kind === 'demo') await this.#options.stopDemo();
      this.#changed();
      return profile;
    });
  }

  /**
   * Takes every key out of the keychain. Where it refuses, the rejection names the accounts whose keys are still there; those
   * whose keys were removed go on with them until the application ends.
   */
  removeKeys(): Promise<void> {
    return this.#alone(async () => {
      const { profiles, keychain } = this.#options;
      const kept = profiles.all.filter((profile) => profile.keptIn === 'keychain');
      for (const [at, profile] of kept.entries()) {
        try {
          await keychain.delete(profile.id);
        } catch (thrown) {
          const names = (all: readonly Profile[]) => all.map(({ label }) => label).join(', ');
          const done = kept.slice(0, at);
          const said = done.length > 0 ? ` Removed already: ${names(done)}.` : '';
          throw unfinished(`Still in the keychain: the keys of ${names(kept.slice(at))}.${said}`, thrown, '');
        }
        await this.#keyGone(profile, this.#carriers.has(profile.id) ? 'session' : 'missing');
      }
    });
  }

  /** Forgets all accounts, also those that were here once. Their keys must have been removed. */
  forgetAll(): Promise<void> {
    return this.#alone(async () => {
      const ids = this.#options.profiles.all.map(({ id }) => id);
      await this.#options.profiles.clear();
      for (const id of ids) {
        this.#drop(id);
        this.#states.delete(id);
      }
      await this.#options.stopDemo();
      this.#changed();
    });
  }

  /** Runs `work` while no keys are changed and nobody signs in or out; then tells how the accounts are. */
  apart<T>(work: () => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      try {
        return await work();
      } finally {
        this.#changed();
      }
    });
  }

  close(): void {
    for (const carrier of this.#carriers.values()) carrier.close();
    this.#carriers.clear();
    this.#keys.clear();
  }

  /** Keeps new keys of an account where the person wants them; null for the label it has. */
  async #keep(
    id: string,
    keys: Keys,
    keptIn: 'keychain' | 'session',
    label: string | null,
  ): Promise<Profile> {
    const { profiles, keychain } = this.#options;
    const profile = profiles.need(id);
    const connect = await this.#options.adapter(profile.kind);
    const before = profile.keptIn === 'keychain' ? await keychain.get(id) : null;
    if (keptIn === 'keychain') await this.#putSecret(id, keys.secretKey, before);
    else if (profile.keptIn === 'keychain') await keychain.delete(id);
    const changed = await profiles
      .change(
        id,
        // What refused the former keys, or was not theirs, may be there for these.
        { accessKey: keys.accessKey, keptIn, lacks: undefined, ...(label === null ? {} : { label }) },
        { choose: true },
      )
      .catch(async (thrown: unknown) => {
        if (keptIn === 'keychain' || profile.keptIn === 'keychain') await this.#putBack(id, before, thrown);
        throw thrown;
      });
    this.#drop(id);
    this.#connect(connect, changed, keys, keptIn);
    return changed;
  }

  /** After the list could not be written: the keychain has what it had. Rejects when that fails too, and says what is left. */
  async #putBack(id: string, secretKey: string | null, reason: unknown): Promise<void> {
    const { keychain } = this.#options;
    try {
      await (secretKey === null ? keychain.delete(id) : keychain.set(id, secretKey));
    } catch {
      throw unfinished(
        `The keychain has an entry "${id}" of Numberdesk that does not belong to what is on disk.`,
        reason,
        'Then enter the keys again: the entry is replaced.',
      );
    }
  }

  /** The key of an account is not in the keychain any more: the list says so, where it can still be written. */
  async #keyGone({ id }: Profile, state: 'session' | 'missing'): Promise<void> {
    await this.#options.profiles.change(id, { keptIn: 'session' }).catch(() => undefined);
    this.#state(id, state);
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => undefined);
    return done;
  }

  /** Whether the carrier accepts these keys, asked within the limit of `account`, where they are of one that is known. */
  async #verify(
    kind: AccountKind,
    baseUrl: string,
    keys: Keys,
    account: Pick<Profile, 'id' | 'atMost'> | null,
    look: (carrier: Carrier) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const connect = await this.#options.adapter(kind);
    const nothing = () => undefined;
    const kept = account && { ...this.#limitOf(account), onLacks: nothing };
    const carrier = connect(baseUrl, keys, nothing, kept ?? undefined);
    try {
      // Somebody waits at a form: retries, and pauses that the carrier asks for, could take minutes.
      const signal = AbortSignal.timeout(this.#options.verifyMs ?? verifyMs);
      await carrier.listRoutes({ cursor: null, limit: 1, signal, soon: true }).catch((thrown: unknown) => {
        throw signal.aborted ? noAnswer() : thrown;
      });
      await look(carrier);
    } finally {
      carrier.close();
    }
  }

  #connect(connect: Connect, profile: Profile, keys: Keys, state: 'keychain' | 'session'): void {
    this.#newGeneration(profile.id);
    const onKeys = (accepted: boolean) => {
      // An answer to the former keys says nothing about the new ones.
      if (this.#carriers.get(profile.id) === carrier) this.#state(profile.id, accepted ? state : 'refused');
    };
    const onLacks = (lacks: NonNullable<Profile['lacks']>) => {
      // What cannot be kept is found out again after the next start.
      void this.#options.profiles.change(profile.id, { lacks }).catch(() => undefined);
    };
    const kept = { ...this.#limitOf(profile), lacks: profile.lacks, onLacks };
    const carrier = connect(profile.baseUrl, keys, onKeys, kept);
    this.#carriers.set(profile.id, carrier);
    this.#keys.set(profile.id, keys);
    this.#state(profile.id, state);
  }

  #limitOf({ id, atMost }: Pick<Profile, 'id' | 'atMost'>): Pick<Kept, 'atMost' | 'budget'> {
    const budget = this.#budgets.get(id) ?? new Budget();
    this.#budgets.set(id, budget);
    return { atMost, budget };
  }

  #newGeneration(id: string): void {
    this.#generations.set(id, (this.#generations.get(id) ?? 0) + 1);
    this.#unlocking.delete(id);
  }

  #drop(id: string): void {
    this.#newGeneration(id);
    this.#carriers.get(id)?.close();
    this.#carriers.delete(id);
    this.#keys.delete(id);
  }

  #state(id: string, state: AccountView['keys']): void {
    this.#states.set(id, state);
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange(this.view());
  }
}

function otherApi({ kind, label }: Profile): Failure {
  return failure(
    'rejected',
    `These are the keys of ${label}, which is kept with ${apiName(kind)}.`,
    `Choose that account. Settings, Accounts can move it to ${apiName(kind) === 'API v1' ? 'API v2' : 'API v1'}.`,
  );
}

function noAnswer(): Failure {
  return failure(
    'timeout',
    'The carrier gave no clear answer in time: whether it accepts these keys is not known.',
    'Check the network, or try again in some minutes.',
    { retryable: true },
  );
}

/** Something that was asked for is done in part: what is left, why, and how it is finished. */
function unfinished(left: string, thrown: unknown, then: string): Failure {
  const { code, message, action, retryable } = toAppError(thrown);
  return failure(code, `${message} ${left}`, `${action} ${then}`.trim(), { retryable, cause: thrown });
}
