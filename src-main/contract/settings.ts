import { z } from 'zod';
import { takes } from './method.ts';

export type Settings = {
  readonly numberFormat: 'national' | 'international' | 'digits';
  readonly syncMinutes: number;
  /** Cents: an order whose set-up and first month cost more needs its count typed. */
  readonly orderLimit: number;
  /** Electron accelerator of the quick search, '' for none. */
  readonly quickShortcut: string;
  /** Closing the window leaves the app in the tray; null before the person was asked. */
  readonly closeToTray: boolean | null;
  readonly theme: 'system' | 'light' | 'dark';
  /** Height of the rows of lists. */
  readonly density: 'comfortable' | 'compact';
  readonly startAtLogin: boolean;
  /** Looks for a newer version by itself; nothing is installed without a yes. */
  readonly checkUpdates: boolean;
};

/** What windows may ask about this. */
export const settingsMethods = () => ({
  'settings.get': takes({}).gives<Settings>(),
  'settings.set': takes({
    numberFormat: z.enum(['national', 'international', 'digits']).optional(),
    syncMinutes: z.int().min(0).max(1440).optional(),
    orderLimit: z.int().min(0).max(100_000_000).optional(),
    closeToTray: z.boolean().optional(),
    startAtLogin: z.boolean().optional(),
    checkUpdates: z.boolean().optional(),
    theme: z.enum(['system', 'light', 'dark']).optional(),
    density: z.enum(['comfortable', 'compact']).optional(),
    quickShortcut: z
      .string()
      .regex(
        /^$|^((CommandOrControl|Control|Command|Alt|Shift|Super)\+){1,3}([A-Z0-9]|Space|F\d{1,2})$/,
        'Hold Ctrl, Alt or ⌘ and press a letter, a digit, Space or F1 to F12.',
      )
      .optional(),
  }).gives<Settings>(),
});

/** What windows are told about this. */
export type SettingsEvents = {
  settings: Settings;
};
