import { rootAddress } from '../carrier/address.ts';
import type { Carrier } from '../carrier/carrier.ts';
import type { Keys } from '../carrier/flowroute-v1/sign.ts';
import { Failure, failure } from '../contract/errors.ts';
import type { AccountView, AccountsView } from '../contract/views.ts';
import type { SecretStore } from './keychain.ts';
import { demoId, type Profile, type Profiles } from './profiles.ts';

export type AccountsOptions = {
  readonly profiles: Profiles;
  readonly keychain: SecretStore;
  /**
   * Makes a carrier for keys: used to verify them before they are kept, and then to work. `onKeys` is told when the carrier
   * refuses them, and when it takes them again.
   */
  readonly connect: (baseUrl: string, keys: Keys, onKeys: (accepted: boolean) => void) => Carrier;
  readonly defaultBaseUrl: string;
  /** Starts the demo account's carrier; resolves with its address and keys. */
  readonly startDemo: () => Promise<{ url: string; keys: Keys }>;
  readonly onChange: (view: AccountsView) => void;
};

type SignIn = {
  readonly label: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly baseUrl?: string | undefined;
  readonly remember: 'keychain' | 'session';
};

/**
 * Accounts and their keys. A secret is in the keychain or, when the person chose so, in this process's memory for the
 * session; it is verified with the carrier before it is kept anywhere, and it never leaves through a result.
 */
export class Accounts {
  #options: AccountsOptions;
  #carriers = new Map<string, Carrier>();
  #states = new Map<string, AccountView['keys']>();
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
    const { id, label, kind, accessKey, baseUrl } = profile;
    return { id, label, kind, accessKey, baseUrl, keys: this.#states.get(id) ?? 'unlocking' };
  }

  /** Finds out whether the keychain works; may take as long as a person needs to unlock it. */
  async checkKeychain(): Promise<void> {
    this.#keychainProblem = await this.#options.keychain.check();
    this.#changed();
  }

  /** The account's carrier, or null while its keys are missing. Refused keys are still asked with: a good answer heals them. */
  carrier(id: string): Carrier | null {
    return this.#carriers.get(id) ?? null;
  }

  /** Fetches the account's key from where it is kept. Never rejects: a missing key is a state of the account. */
  async unlock(id: string): Promise<void> {
    const profile = this.#options.profiles.find(id);
    if (!profile || this.#carriers.has(id)) return;
    this.#state(id, 'unlocking');
    try {
      if (profile.kind === 'demo') {
        const demo = await this.#options.startDemo();
        this.#connect({ ...profile, baseUrl: demo.url }, demo.keys, 'session');
        return;
      }
      const secretKey = profile.keptIn === 'keychain' ? await this.#options.keychain.get(id) : null;
      if (secretKey === null) this.#state(id, 'missing');
      else this.#connect(profile, { accessKey: profile.accessKey, secretKey }, 'keychain');
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'keychain')
        this.#keychainProblem = thrown.error.message;
      this.#state(id, 'missing');
    }
  }

  async signIn(input: SignIn): Promise<Profile> {
    const baseUrl = rootAddress(input.baseUrl ?? this.#options.defaultBaseUrl);
    const keys = { accessKey: input.accessKey, secretKey: input.secretKey };
    await this.#verify(baseUrl, keys);
    const { profiles } = this.#options;
    const same = profiles.all.find(
      (other) => other.accessKey === keys.accessKey && other.baseUrl === baseUrl,
    );
    if (same) return this.#keep(same, keys, input.remember, input.label);
    const id = profiles.formerId(keys.accessKey, baseUrl) ?? crypto.randomUUID();
    // The keychain first: if it fails, no half-made account is left behind.
    if (input.remember === 'keychain') await this.#options.keychain.set(id, keys.secretKey);
    const profile = await profiles.add({
      id,
      label: input.label,
      kind: 'flowroute-v1',
      accessKey: keys.accessKey,
      baseUrl,
      keptIn: input.remember,
    });
    this.#connect(profile, keys, input.remember);
    return profile;
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

  async replaceKeys(input: Omit<SignIn, 'label' | 'baseUrl'> & { readonly id: string }): Promise<Profile> {
    const profile = this.#options.profiles.need(input.id);
    if (profile.kind === 'demo') {
      throw failure('invalid-input', 'The demo account needs no keys.', 'Sign in to add your own account.');
    }
    const keys = { accessKey: input.accessKey, secretKey: input.secretKey };
    await this.#verify(profile.baseUrl, keys);
    return this.#keep(profile, keys, input.remember, profile.label);
  }

  async choose(id: string): Promise<Profile> {
    await this.#options.profiles.choose(id);
    this.#changed();
    return this.#options.profiles.need(id);
  }

  async rename(id: string, label: string): Promise<Profile> {
    const profile = await this.#options.profiles.change(id, { label });
    this.#changed();
    return profile;
  }

  /**
   * Removes the key from the keychain, then forgets the account. `closing` runs in between: what is on its way with the
   * carrier has to end before the carrier is taken away.
   */
  async signOut(id: string, closing?: (profile: Profile) => Promise<void>): Promise<Profile> {
    const profile = this.#options.profiles.need(id);
    if (profile.keptIn === 'keychain') await this.#options.keychain.delete(id);
    await closing?.(profile);
    this.#drop(id);
    this.#states.delete(id);
    await this.#options.profiles.remove(id);
    this.#changed();
    return profile;
  }

  /** Forgets which accounts were here once. */
  async forgetFormer(): Promise<void> {
    await this.#options.profiles.forgetFormer();
  }

  close(): void {
    for (const carrier of this.#carriers.values()) carrier.close();
    this.#carriers.clear();
  }

  async #keep(profile: Profile, keys: Keys, keptIn: 'keychain' | 'session', label: string): Promise<Profile> {
    if (keptIn === 'keychain') await this.#options.keychain.set(profile.id, keys.secretKey);
    else if (profile.keptIn === 'keychain') await this.#options.keychain.delete(profile.id);
    const { profiles } = this.#options;
    const changed = await profiles.change(profile.id, { accessKey: keys.accessKey, keptIn, label });
    this.#drop(profile.id);
    await profiles.choose(profile.id);
    this.#connect(changed, keys, keptIn);
    return changed;
  }

  async #verify(baseUrl: string, keys: Keys): Promise<void> {
    const carrier = this.#options.connect(baseUrl, keys, () => undefined);
    try {
      await carrier.listRoutes({ page: 1, limit: 1 });
    } finally {
      carrier.close();
    }
  }

  #connect(profile: Profile, keys: Keys, state: 'keychain' | 'session'): void {
    const carrier = this.#options.connect(profile.baseUrl, keys, (accepted) => {
      // What an answer to former keys says is not about these.
      if (this.#carriers.get(profile.id) === carrier) this.#state(profile.id, accepted ? state : 'refused');
    });
    this.#carriers.set(profile.id, carrier);
    this.#state(profile.id, state);
  }

  #drop(id: string): void {
    this.#carriers.get(id)?.close();
    this.#carriers.delete(id);
  }

  #state(id: string, state: AccountView['keys']): void {
    this.#states.set(id, state);
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange(this.view());
  }
}
