import { Failure, failure } from '../contract/errors.ts';
import { keychainName } from '../contract/keychain-name.ts';
import { withDeadline } from '../platform/deadline.ts';

/** Where secret keys live. The only kept form of a secret is what an implementation of this holds. */
export type SecretStore = {
  /** Null when it works; otherwise why it does not, as a sentence. Writes, reads and deletes a probe. `later` is told when an
   * answer comes after this one was given up. */
  check(later?: (reason: string | null) => void): Promise<string | null>;
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
/** After this long the app goes on without an answer: a keychain of Linux may be locked with nobody to unlock it. */
const patienceMs = 15_000;
/** macOS asks by itself, in a window of its own where a password has to be typed. */
const macPatienceMs = 180_000;

/** The keychain has not answered in time. Its answer may come all the same, when somebody has found its window. */
export class LateAnswer extends Failure {
  readonly answer: Promise<unknown>;

  constructor(failed: Failure, answer: Promise<unknown>) {
    super(failed.error);
    this.answer = answer;
  }
}

/**
 * The keychain of the operating system through keytar. The module is loaded on first use: on a system without
 * libsecret even loading it fails, and that must be a sentence and not a crash.
 */
export function osKeychain(
  load: () => Promise<Keytar> = loadKeytar,
  platform: NodeJS.Platform = process.platform,
): SecretStore {
  const name = keychainName(platform);
  const keepOrUnlock = `Unlock or set up ${name}, or keep the key for this session only.`;
  const patience = platform === 'darwin' ? macPatienceMs : patienceMs;
  const use = async <T>(work: (keytar: Keytar) => Promise<T>, action = keepOrUnlock): Promise<T> => {
    const fail = (why: string) => failure('keychain', why, action, { retryable: true });
    const answer = load()
      .then(work)
      .catch((thrown: unknown) => {
        throw fail(describe(thrown, platform));
      });
    return withDeadline(
      answer,
      patience,
      () => new LateAnswer(fail(`${capital(name)} did not answer.`), answer),
    );
  };
  const store: SecretStore = {
    get: (account) => use((keytar) => keytar.getPassword(service, account)),
    set: (account, secret) => use((keytar) => keytar.setPassword(service, account, secret)),
    delete: (account) =>
      use(
        async (keytar) => void (await keytar.deletePassword(service, account)),
        `Unlock or set up ${name}.`,
      ),
    async check(later) {
      const probe = Math.random().toString(36).slice(2);
      try {
        await store.set(probeAccount, probe);
        const read = await store.get(probeAccount);
        await store.delete(probeAccount);
        return read === probe ? null : `${capital(name)} did not return what was stored in it.`;
      } catch (thrown) {
        if (thrown instanceof LateAnswer && later) {
          // Answered by now: what it says when it is asked again holds.
          thrown.answer.then(
            async () => later(await store.check()),
            () => undefined,
          );
        }
        return thrown instanceof Error ? thrown.message : describe(thrown, platform);
      }
    },
  };
  return store;
}

async function loadKeytar(): Promise<Keytar> {
  const module = (await import('keytar')) as { default?: Keytar } & Keytar;
  return module.default ?? module;
}

/** keytar's errors in plain words. Its own text is never shown: it could hold anything. */
function describe(thrown: unknown, platform: NodeJS.Platform): string {
  const name = capital(keychainName(platform));
  const text = thrown instanceof Error ? thrown.message : '';
  if (/autolaunch D-Bus|org\.freedesktop\.secrets|DBus|D-Bus/i.test(text)) {
    return 'This computer has no keychain service running (Secret Service, such as GNOME Keyring or KWallet).';
  }
  if (/collection|locked|Prompt/i.test(text)) return `${name} is locked or not set up.`;
  if (/libsecret|cannot open shared object|\.node/i.test(text)) {
    return platform === 'linux'
      ? 'The keychain library (libsecret) is not installed on this computer.'
      : `The part of Numberdesk that speaks with ${keychainName(platform)} could not be loaded.`;
  }
  return `${name} cannot be used.`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
