import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { failure } from '../contract/errors.ts';
import { readJsonFile, writeJsonFile } from '../storage/json-file.ts';

const profileSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,64}$/),
  label: z.string().min(1),
  kind: z.enum(['flowroute-v1', 'demo']),
  accessKey: z.string(),
  baseUrl: z.string(),
  keptIn: z.enum(['keychain', 'session']),
});
const formerSchema = profileSchema.pick({ id: true, accessKey: true, baseUrl: true });
const fileSchema = z.object({
  version: z.literal(1),
  currentId: z.string().nullable(),
  accounts: z.array(profileSchema),
  former: z.array(formerSchema).default([]),
});

/** An account without its secret: everything about it that may be written to disk. */
export type Profile = z.infer<typeof profileSchema>;
/** An account that was signed out: its orders and costs are still in the folder of its id. */
type Former = z.infer<typeof formerSchema>;

export const demoId = 'demo';

/** The list of accounts in `accounts.json`. Secrets never pass through here. */
export class Profiles {
  #file: string;
  #accounts: Profile[] = [];
  #currentId: string | null = null;
  #former: Former[] = [];

  private constructor(file: string) {
    this.#file = file;
  }

  /** Reads the list; `damaged` is the path an unreadable one was moved to. */
  static async open(dataDir: string): Promise<{ profiles: Profiles; damaged: string | null }> {
    const profiles = new Profiles(path.join(dataDir, 'accounts.json'));
    const read = await readJsonFile(profiles.#file, fileSchema);
    if (read.state === 'ready') {
      profiles.#accounts = read.value.accounts;
      profiles.#former = read.value.former;
      profiles.#currentId = profiles.find(read.value.currentId ?? '')?.id ?? null;
    }
    return { profiles, damaged: read.state === 'damaged' ? read.movedTo : null };
  }

  get all(): readonly Profile[] {
    return this.#accounts;
  }

  get current(): Profile | null {
    return this.find(this.#currentId ?? '') ?? null;
  }

  find(id: string): Profile | undefined {
    return this.#accounts.find((profile) => profile.id === id);
  }

  /** The account, or a `not-found` failure. */
  need(id: string): Profile {
    const profile = this.find(id);
    if (profile) return profile;
    throw failure('not-found', 'That account is not on this computer any more.', 'Choose another account.');
  }

  /** The id an account had before it was signed out, so that it finds its folder again. */
  formerId(accessKey: string, baseUrl: string): string | null {
    const same = (one: Former) => one.accessKey === accessKey && one.baseUrl === baseUrl;
    return this.#former.findLast(same)?.id ?? null;
  }

  async forgetFormer(): Promise<void> {
    this.#former = [];
    await this.#save();
  }

  async add(profile: Omit<Profile, 'id'> & { id?: string }): Promise<Profile> {
    const added: Profile = { ...profile, id: profile.id ?? randomUUID() };
    this.#accounts = [...this.#accounts.filter((other) => other.id !== added.id), added];
    this.#former = this.#former.filter((other) => other.id !== added.id);
    this.#currentId = added.id;
    await this.#save();
    return added;
  }

  async change(id: string, change: Partial<Omit<Profile, 'id' | 'kind'>>): Promise<Profile> {
    const changed = { ...this.need(id), ...change };
    this.#accounts = this.#accounts.map((profile) => (profile.id === id ? changed : profile));
    await this.#save();
    return changed;
  }

  async choose(id: string): Promise<void> {
    this.#currentId = this.need(id).id;
    await this.#save();
  }

  /** Forgets the account; the next one in the list becomes current. */
  async remove(id: string): Promise<void> {
    const profile = this.find(id);
    // The demo account always has the same id.
    if (profile && profile.kind !== 'demo') {
      const { accessKey, baseUrl } = profile;
      this.#former = [...this.#former, { id, accessKey, baseUrl }];
    }
    this.#accounts = this.#accounts.filter((profile) => profile.id !== id);
    if (this.#currentId === id) this.#currentId = this.#accounts[0]?.id ?? null;
    await this.#save();
  }

  #save(): Promise<void> {
    const [currentId, accounts, former] = [this.#currentId, this.#accounts, this.#former];
    return writeJsonFile(this.#file, { version: 1, currentId, accounts, former });
  }
}
