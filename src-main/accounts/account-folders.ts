import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { keptRoot } from '../carrier/address.ts';
import { accountKinds } from '../contract/accounts.ts';
import { leastPerSecond, mostPerSecond } from '../contract/pace.ts';
import { replaceFile } from '../platform/storage/json-file.ts';
import { sealJson, unsealJson } from '../platform/storage/sealed-json.ts';

/** How an id of an account is written: it is the name of a folder. */
export const accountId = z.string().regex(/^[a-z0-9-]{1,64}$/);
export const profileSchema = z.object({
  id: accountId,
  label: z.string().min(1),
  kind: z.enum(accountKinds),
  accessKey: z.string(),
  /** 0.1.0 kept addresses as they were typed, with the version. */
  baseUrl: z.string().transform(keptRoot),
  keptIn: z.enum(['keychain', 'session']),
  /** The most requests a second that the person allows. */
  atMost: z.int().min(leastPerSecond).max(mostPerSecond).optional().catch(undefined),
  /** What its API was found to lack, and when (Unix milliseconds). */
  lacks: z
    .object({ manyDetails: z.number().optional(), routeList: z.number().optional() })
    .optional()
    .catch(undefined),
  /** The account that this one seems to be, by numbers and routes: nobody has said yet what they are. */
  sameAs: accountId.optional().catch(undefined),
  /** Accounts that are not this one, as somebody said. */
  different: z.array(accountId).optional().catch(undefined),
});
const cardSchema = profileSchema.extend({ version: z.literal(1), signedOut: z.boolean() });

/** An account without its secret: everything about it that may be written to disk. */
export type Profile = z.infer<typeof profileSchema>;

/** A folder under `accounts/`, and what its own `account.json` says of it: null where there is none that can be read. */
export type AccountFolder = {
  readonly id: string;
  readonly profile: Profile | null;
  readonly signedOut: boolean;
  /** It holds a list or a journal. A folder without either belongs to an account that was never opened. */
  readonly hasData: boolean;
  /** Unix milliseconds of the last change of its files. */
  readonly changedAt: number;
};

/** Folder of what is kept of an account. */
export function accountFolder(dataDir: string, id: string): string {
  return path.join(dataDir, 'accounts', id);
}

/** Looks at every folder of an account. Folders whose names cannot be ids are skipped. */
export async function readAccountFolders(dataDir: string): Promise<AccountFolder[]> {
  const names = await readdir(path.join(dataDir, 'accounts')).catch(() => []);
  const ids = names.filter((name) => accountId.safeParse(name).success);
  return Promise.all(ids.map((id) => readAccountFolder(dataDir, id)));
}

async function readAccountFolder(dataDir: string, id: string): Promise<AccountFolder> {
  const folder = accountFolder(dataDir, id);
  const card = await readCard(folder);
  const own = card?.id === id ? card : null;
  const changes = await Promise.all(
    ['journal.db', 'journal.db-wal', 'numbers.db', 'numbers.db-wal'].map((name) =>
      stat(path.join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  const changedAt = Math.max(...changes);
  return {
    ...{ id, changedAt, hasData: changedAt > 0 },
    profile: own && profileSchema.parse(own),
    signedOut: own?.signedOut ?? false,
  };
}

async function readCard(folder: string): Promise<z.infer<typeof cardSchema> | null> {
  const bytes = await readFile(path.join(folder, 'account.json')).catch(() => null);
  const read = bytes && unsealJson(bytes, cardSchema);
  return read?.state === 'ready' ? read.value : null;
}

/**
 * Writes an account's own file into its folder, where it is not so already: from these files the list of accounts can be
 * rebuilt. It fails in silence: the list itself is written by then, and the next start tries again.
 */
export async function keepAccountFile(dataDir: string, profile: Profile, signedOut: boolean): Promise<void> {
  const folder = accountFolder(dataDir, profile.id);
  const file = path.join(folder, 'account.json');
  const text = sealJson({ version: 1, ...profileSchema.parse(profile), signedOut });
  try {
    await mkdir(folder, { recursive: true });
    if ((await readFile(file, 'utf8').catch(() => '')) !== text) await replaceFile(file, text);
  } catch {
    // Said above.
  }
}
