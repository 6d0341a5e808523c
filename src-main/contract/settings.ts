import { z } from 'zod';
import { takes, takesOf } from './method.ts';

/** One choice of a person: what may be kept, what it is until it is chosen, and what a window may send where that is less. */
type Setting<T> = { readonly kept: z.ZodType<T>; readonly usual: T; readonly input: z.ZodType<T> };

function setting<T>(kept: z.ZodType<T>, usual: NoInfer<T>, input: z.ZodType<T> = kept): Setting<T> {
  return { kept, usual, input };
}

/** Every setting. One that is added later has its usual value in a file of before. */
export const settingsTable = () => ({
  numberFormat: setting(z.enum(['national', 'international', 'digits']), 'national'),
  /** Minutes between two syncs; 0 syncs only when asked. */
  syncMinutes: setting(z.int().min(0).max(1440), 15),
  /** Cents: an order whose set-up and first month cost more needs its count typed. */
  orderLimit: setting(z.int().min(0).max(100_000_000), 5000),
  /**
   * Electron accelerator of the quick search, '' for none. Without Alt it would be the one that a well-known password manager
   * takes for its own quick access.
   */
  quickShortcut: setting(
    z.string().max(64),
    'CommandOrControl+Alt+Shift+Space',
    z
      .string()
      .regex(
        /^$|^((CommandOrControl|Control|Command|Alt|Shift|Super)\+){1,3}([A-Z0-9]|Space|F\d{1,2})$/,
        'Hold Ctrl, Alt or ⌘ and press a letter, a digit, Space or F1 to F12.',
      ),
  ),
  /** Closing the window leaves the app in the tray; null before the person was asked. */
  closeToTray: setting<boolean | null>(z.boolean().nullable(), null, z.boolean()),
  theme: setting(z.enum(['system', 'light', 'dark']), 'system'),
  /** Height of the rows of lists. */
  density: setting(z.enum(['comfortable', 'compact']), 'comfortable'),
  startAtLogin: setting(z.boolean(), false),
  /** Looks for a newer version by itself; nothing is installed without a yes. */
  checkUpdates: setting(z.boolean(), true),
});

type Table = ReturnType<typeof settingsTable>;
export type Settings = { readonly [K in keyof Table]: Table[K]['usual'] };
export type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] | undefined };

/** What windows may ask about this. */
export const settingsMethods = () => {
  const inputs = Object.entries(settingsTable()).map(([name, { input }]) => [name, input.optional()]);
  const change = z.strictObject(Object.fromEntries(inputs) as z.ZodRawShape) as z.ZodType<SettingsChange>;
  return {
    'settings.get': takes({}).gives<Settings>(),
    'settings.set': takesOf(change).gives<Settings>(),
  };
};

/** What windows are told about this. */
export type SettingsEvents = {
  settings: Settings;
};
