import path from 'node:path';
import { z } from 'zod';
import {
  settingNames,
  settingsTable,
  usualSettings,
  type Settings,
  type SettingsChange,
} from '../contract/settings.ts';
import { toldOfFile } from './notices.ts';
import { readJsonFile, writeJsonFile } from '../platform/storage/json-file.ts';
import { sealJson } from '../platform/storage/sealed-json.ts';

type Shape = { [K in keyof Settings]: z.ZodType<Settings[K]> };
export const settingsSchema = z.object(
  Object.fromEntries(
    settingNames.map((name) => [
      name,
      (settingsTable[name].kept(z) as z.ZodType).default(usualSettings[name]),
    ]),
  ) as unknown as Shape,
);
const settingsFileSchema = settingsSchema.extend({ version: z.literal(1) });

/** The person's choices, kept in `settings.json`. */
export class SettingsFile {
  #file: string;
  #value: Settings = usualSettings;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(file: string) {
    this.#file = file;
  }

  /** Reads the file, or its last good copy; `told` says what was damaged, and is null when nothing was. */
  static async open(dataDir: string): Promise<{ settings: SettingsFile; told: string | null }> {
    const settings = new SettingsFile(path.join(dataDir, 'settings.json'));
    const read = await readJsonFile(settings.#file, settingsFileSchema);
    if ('value' in read) settings.#value = settingsSchema.parse(read.value);
    const instead = 'The usual settings are used.';
    // A computer that is new to the app has none.
    return {
      settings,
      told: read.state === 'absent' ? null : toldOfFile('The file of settings', read, instead),
    };
  }

  get value(): Settings {
    return this.#value;
  }

  /** Rejects with `storage` when the disk refuses: then nothing has changed. */
  async set(change: SettingsChange): Promise<Settings> {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    return this.#write((value) => ({ ...value, ...(Object.fromEntries(given) as Partial<Settings>) }));
  }

  /** Everything as it is on a new computer. */
  async reset(): Promise<Settings> {
    return this.#write(() => usualSettings);
  }

  /** Lets `work` put a file of other settings in the place of this one: it gets the text of that file. */
  async rewrite<T>(change: (value: Settings) => Settings, work: (file: string) => Promise<T>): Promise<T> {
    const done = this.#writing.then(async () => {
      const next = change(this.#value);
      const value = await work(sealJson({ version: 1, ...next }));
      this.#value = next;
      return value;
    });
    this.#writing = done.catch(() => undefined);
    return done;
  }

  /** Changes run one after the other, and each counts only once it is on disk. */
  #write(change: (value: Settings) => Settings): Promise<Settings> {
    const written = this.#writing.then(async () => {
      const next = change(this.#value);
      await writeJsonFile(this.#file, { version: 1, ...next });
      this.#value = next;
      return next;
    });
    this.#writing = written.catch(() => undefined);
    return written;
  }
}
