import path from 'node:path';
import { accountFolder } from '../accounts/account-folders.ts';
import type { Profile, Profiles } from '../accounts/profiles.ts';
import { namesOf } from '../contract/accounts.ts';
import { failure, toAppError } from '../contract/errors.ts';
import { openFile } from '../platform/storage/client.ts';
import type { Stores } from '../platform/storage/served-file.ts';
import type { MovingStore } from './moving-store.ts';
import { isOneAccount, type AccountFiles } from './one-account.ts';

type MovingCalls = Stores<{ moving: MovingStore }>['moving'];

export type TwinsOptions = {
  readonly dataDir: string;
  readonly workerUrl: URL;
  readonly log: (line: string) => void;
  readonly profiles: Profiles;
  /** Two accounts turned out to be one, or somebody said what they are. */
  readonly onChange: () => void;
};

/**
 * Accounts of this computer that turn out to be one account of the carrier, with two keys. No call says so: their lists do. Until
 * somebody has said what they are, only one of them buys or changes at a time. As one account is open at a time, that means what the other one has begun and
 * not finished.
 */
export class Twins {
  #options: TwinsOptions;

  constructor(options: TwinsOptions) {
    this.#options = options;
  }

  /** The account that this one seems to be, as long as nobody has said what they are; null for none. */
  of(profile: Profile): Profile | null {
    const { all } = this.#options.profiles;
    return (
      all.find(
        (other) => (other.id === profile.sameAs || other.sameAs === profile.id) && isPossible(profile, other),
      ) ?? null
    );
  }

  /** Compares an account whose list and routes were read just now with all others. Never rejects: it is looked again after the next sync. */
  async look(id: string): Promise<void> {
    const { profiles, log } = this.#options;
    const profile = profiles.find(id);
    if (!profile || this.of(profile)) return;
    for (const other of profiles.all) {
      if (!isPossible(profile, other)) continue;
      try {
        const found = await this.#with((store) => store.compare(this.#filesOf(id), this.#filesOf(other.id)));
        if (!isOneAccount(found)) continue;
        await profiles.change(id, { sameAs: other.id });
        this.#options.onChange();
        return;
      } catch (thrown) {
        log(`two accounts could not be compared: ${toAppError(thrown).code}`);
      }
    }
  }

  /** They are two accounts, whatever their lists say: they are never compared again. */
  async tellApart(id: string, otherId: string): Promise<void> {
    const { profiles } = this.#options;
    const [profile, other] = [profiles.need(id), profiles.need(otherId)];
    const different = [...new Set([...(profile.different ?? []), other.id])];
    await profiles.change(id, {
      different,
      sameAs: profile.sameAs === other.id ? undefined : profile.sameAs,
    });
    if (other.sameAs === id) await profiles.change(other.id, { sameAs: undefined });
    this.#options.onChange();
  }

  /** Rejects with `rejected` while the account that this one seems to be has an order or a change that is not finished. */
  async needFree(id: string): Promise<void> {
    const { profiles } = this.#options;
    const profile = profiles.find(id);
    const twin = profile && this.of(profile);
    if (!twin) return;
    const job = await this.#with((store) => store.openJob(this.#filesOf(twin.id).journal));
    if (job === null) return;
    const [own, other] = namesOf(profile, twin);
    throw failure(
      'rejected',
      `${job} of ${other} is not finished, and ${other} seems to be the same account as ${own}. Nothing was sent.`,
      `Finish or stop it in ${other} first. Or say what they are: Settings, Accounts, "One account?".`,
    );
  }

  #filesOf(id: string): AccountFiles {
    const folder = accountFolder(this.#options.dataDir, id);
    return { journal: path.join(folder, 'journal.db'), list: path.join(folder, 'numbers.db') };
  }

  async #with<T>(work: (store: MovingCalls) => Promise<T>): Promise<T> {
    const { workerUrl, log } = this.#options;
    const client = await openFile<{ moving: MovingStore }>('moving', { file: '', workerUrl, log });
    try {
      return await work(client.stores.moving);
    } finally {
      await client.close();
    }
  }
}

/** Accounts of one carrier that nobody has said to be two. */
function isPossible(one: Profile, other: Profile): boolean {
  if (one.id === other.id || one.kind === 'demo' || other.kind === 'demo') return false;
  const isTold = (a: Profile, b: Profile) => a.different?.includes(b.id) ?? false;
  return one.baseUrl === other.baseUrl && !isTold(one, other) && !isTold(other, one);
}
