import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { accountId } from '../accounts/account-folders.ts';
import { keptRoot } from '../carrier/address.ts';
import { settingNames, settingsTable, type Settings } from '../contract/settings.ts';
import { settingsSchema } from '../app/settings.ts';
import { archiveVersion, foreign, newerBackup } from './archive.ts';

const accountSchema = z.object({
  id: accountId,
  label: z.string().min(1).max(256),
  /** Backups of versions that knew one kind only have none. */
  kind: z.enum(['flowroute-v1', 'flowroute-v2']).default('flowroute-v1'),
  accessKey: z.string().max(256),
  /** In the form that is kept: whatever wrote the file, the account is found again. */
  baseUrl: z
    .string()
    .max(512)
    .transform((address) => keptRoot(plainAddress(address))),
  signedOut: z.boolean(),
  /** The part with its journal; null when it has none. */
  journal: z.string().nullable(),
});
const manifestSchema = z.object({
  format: z.literal('numberdesk-backup'),
  version: z.literal(archiveVersion),
  madeAt: z.int().min(0),
  /** Of the app. */
  appVersion: z.string().max(64),
  settings: settingsSchema,
  accounts: z.array(accountSchema).max(500),
});

/** What a backup holds beside its journals. */
export type Manifest = z.infer<typeof manifestSchema>;
export type BackedUpAccount = Manifest['accounts'][number];

/** Reads and checks the manifest among unpacked parts. */
export async function readManifest(folder: string, parts: readonly string[]): Promise<Manifest> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) throw foreign();
    throw thrown;
  }
  const read = manifestSchema.safeParse(value);
  if (!read.success) {
    const { version } = z.object({ version: z.number() }).safeParse(value).data ?? {};
    throw version !== undefined && version > archiveVersion ? newerBackup() : foreign();
  }
  const named = read.data.accounts.flatMap(({ journal }) => journal ?? []);
  const ids = read.data.accounts.map(({ id }) => id);
  const others = parts.filter((part) => part !== 'manifest.json');
  const all = new Set(named);
  if (new Set(ids).size < ids.length || all.size < named.length) throw foreign();
  if (all.size !== others.length || others.some((part) => !all.has(part))) throw foreign();
  return read.data;
}

/** The settings of this computer after they were replaced by those of a backup: those of this computer stay. */
export function replacedSettings(here: Settings, there: Settings): Settings {
  const stay = settingNames.filter((name) => 'ofThisComputer' in settingsTable[name]);
  const own = Object.fromEntries(stay.map((name) => [name, here[name]])) as Partial<Settings>;
  return { ...there, ...own };
}

/** An address without a name and a password in it. */
export function plainAddress(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.username === '' && url.password === '') return address;
  url.username = '';
  url.password = '';
  return url.href.replace(/\/+$/, '');
}
