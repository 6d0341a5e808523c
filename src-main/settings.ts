import path from 'node:path';
import { z } from 'zod';
import type { Settings } from './contract/views.ts';
import { readJsonFile, writeJsonFile } from './storage/json-file.ts';

export const defaultSettings: Settings = {
  numberFormat: 'national',
  syncMinutes: 15,
  orderLimit: 5000,
  // Without Alt it is the one that a well-known password manager takes for its own quick access.
  quickShortcut: 'CommandOrControl+Alt+Shift+Space',
  closeToTray: null,
  theme: 'system',
  density: 'comfortable',
  startAtLogin: false,
  checkUpdates: true,
};

/** A setting added later has its usual value in a file of before. */
const settingsSchema = z.object({
  numberFormat: z.enum(['national', 'international', 'digits']),
  syncMinutes: z.int().min(0).max(1440),
  orderLimit: z.int().min(0).max(100_000_000).default(defaultSettings.orderLimit),
  quickShortcut: z.string().max(64).default(defaultSettings.quickShortcut),
  closeToTray: z.boolean().nullable().default(defaultSettings.closeToTray),
  theme: z.enum(['system', 'light', 'dark']).default(defaultSettings.theme),
  density: z.enum(['comfortable', 'compact']).default(defaultSettings.density),
  startAtLogin: z.boolean().default(defaultSettings.startAtLogin),
  checkUpdates: z.boolean().default(defaultSettings.checkUpdates),
});
const fileSchema = settingsSchema.extend({ version: z.literal(1) });

type Change = { [K in keyof Settings]?: Settings[K] | undefined };

/** The person's choices, kept in `settings.json`. */
export class SettingsFile {
  #file: string;
  #value: Settings = defaultSettings;

  private constructor(file: string) {
    this.#file = file;
  }

  /** Reads the file; `damaged` is the path an unreadable one was moved to. */
  static async open(dataDir: string): Promise<{ settings: SettingsFile; damaged: string | null }> {
    const settings = new SettingsFile(path.join(dataDir, 'settings.json'));
    const read = await readJsonFile(settings.#file, fileSchema);
    if (read.state === 'ready') settings.#value = settingsSchema.parse(read.value);
    return { settings, damaged: read.state === 'damaged' ? read.movedTo : null };
  }

  get value(): Settings {
    return this.#value;
  }

  async set(change: Change): Promise<Settings> {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    this.#value = { ...this.#value, ...(Object.fromEntries(given) as Partial<Settings>) };
    await writeJsonFile(this.#file, { version: 1, ...this.#value });
    return this.#value;
  }

  /** Everything as it is on a new computer. */
  async reset(): Promise<Settings> {
    this.#value = defaultSettings;
    await writeJsonFile(this.#file, { version: 1, ...this.#value });
    return this.#value;
  }
}
