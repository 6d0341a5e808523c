import { failure } from '../contract/errors.ts';

/** Where secret keys live. The only kept form of a secret is what an implementation of this holds. */
export type SecretStore = {
  /** Null when it works; otherwise why it does not, as a sentence. Writes, reads and deletes a probe. */
  check(): Promise<string | null>;
  get(account: string): Promise<string | null>;
  set(account: string, secret: string): Promise<void>;
  delete(account: string): Promise<void>;
};

type Keytar = {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
};

const service = 'Numberdesk';
const probeAccount = 'numberdesk-check';
/** A locked keychain may wait for a person; after this long the app goes on without it. */
const patienceMs = 15_000;
const keepOrUnlock = 'Unlock or set up the keychain, or keep the key for this session only.';

/**
 * The keychain of the operating system through keytar. The module is loaded on first use: on a system without
 * libsecret even loading it fails, and that must be a sentence and not a crash.
 */
export function osKeychain(load: () => Promise<Keytar> = loadKeytar): SecretStore {
  const use = async <T>(work: (keytar: Keytar) => Promise<T>, action = keepOrUnlock): Promise<T> => {
    try {
      return await withPatience(load().then(work));
    } catch (thrown) {
      throw failure('keychain', describe(thrown), action, { retryable: true });
    }
  };
  const store: SecretStore = {
    get: (account) => use((keytar) => keytar.getPassword(service, account)),
    set: (account, secret) => use((keytar) => keytar.setPassword(service, account, secret)),
    delete: (account) =>
      use(
        async (keytar) => void (await keytar.deletePassword(service, account)),
        'Unlock or set up the keychain.',
      ),
    async check() {
      const probe = Math.random().toString(36).slice(2);
      try {
        await store.set(probeAccount, probe);
        const read = await store.get(probeAccount);
        await store.delete(probeAccount);
        return read === probe ? null : 'The keychain of this computer did not return what was stored in it.';
      } catch (thrown) {
        return thrown instanceof Error ? thrown.message : describe(thrown);
      }
    },
  };
  return store;
}

async function loadKeytar(): Promise<Keytar> {
  const module = (await import('keytar')) as { default?: Keytar } & Keytar;
  return module.default ?? module;
}

async function withPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('no answer'));
    }, patienceMs);
  });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
  }
}

/** keytar's errors in plain words. Its own text is never shown: it is not ours to vouch for. */
function describe(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : '';
  if (/autolaunch D-Bus|org\.freedesktop\.secrets|DBus|D-Bus/i.test(text)) {
    return 'This computer has no keychain service running (Secret Service, such as GNOME Keyring or KWallet).';
  }
  if (/collection|locked|Prompt/i.test(text)) return 'The keychain of this computer is locked or not set up.';
  if (/libsecret|cannot open shared object|\.node/i.test(text)) {
    return 'The keychain library (libsecret) is not installed on this computer.';
  }
  if (text === 'no answer') return 'The keychain of this computer did not answer.';
  return 'The keychain of this computer cannot be used.';
}
