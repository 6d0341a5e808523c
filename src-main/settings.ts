import path from 'node:path';
import { z } from 'zod';
import type { Settings } from './contract/views.ts';
import { readJsonFile, writeJsonFile } from './storage/json-file.ts';

const fileSchema = z.object({
  version: z.literal(1),
  numberFormat: z.enum(['national', 'international', 'digits']),
  syncMinutes: z.int().min(0).max(1440),
  orderLimit: z.int().min(0).max(100_000_000).default(5000),
});

const defaults: Settings = { numberFormat: 'national', syncMinutes: 15, orderLimit: 5000 };

/** The person's choices, kept in `settings.json`. */
export class SettingsFile {
  #file: string;
  #value: Settings = defaults;

  private constructor(file: string) {
    this.#file = file;
  }

  /** Reads the file; `damaged` is the path an unreadable one was moved to. */
  static async open(dataDir: string): Promise<{ settings: SettingsFile; damaged: string | null }> {
    const settings = new SettingsFile(path.join(dataDir, 'settings.json'));
    const read = await readJsonFile(settings.#file, fileSchema);
    if (read.state === 'ready') {
      settings.#value = {
        numberFormat: read.value.numberFormat,
        syncMinutes: read.value.syncMinutes,
        orderLimit: read.value.orderLimit,
      };
    }
    return { settings, damaged: read.state === 'damaged' ? read.movedTo : null };
  }

  get value(): Settings {
    return this.#value;
  }

  async set(change: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings> {
    this.#value = {
      numberFormat: change.numberFormat ?? this.#value.numberFormat,
      syncMinutes: change.syncMinutes ?? this.#value.syncMinutes,
      orderLimit: change.orderLimit ?? this.#value.orderLimit,
    };
    await writeJsonFile(this.#file, { version: 1, ...this.#value });
    return this.#value;
  }
}
