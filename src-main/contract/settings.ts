import { z } from 'zod';
import { takes, takesOf } from './method.ts';

type Zod = typeof z;

/**
 * One choice of a person. `title` names it in sentences; `usual` is what it is until it is chosen; `kept` is what its file may
 * hold, and `input` what a window may send where that is less. A setting `ofThisComputer` does not travel in a backup.
 * The schemas are functions, so that a window can read the table without a schema library.
 */
type Setting<T> = {
  readonly title: string;
  readonly usual: T;
  readonly kept: (schema: Zod) => z.ZodType<T>;
  readonly input?: (schema: Zod) => z.ZodType<T>;
  readonly ofThisComputer?: true;
};

/** Columns of a list, and lists, that are remembered. */
const mostColumns = 60;

type TableLayoutSetting = {
  readonly order: readonly string[];
  readonly shown: Readonly<Record<string, boolean>>;
  readonly widths: Readonly<Record<string, number>>;
  readonly group?: string | undefined;
};

/** Lets the schema say what the type of a setting is. */
function setting<T>(one: Omit<Setting<T>, 'usual'> & { readonly usual: NoInfer<T> }): Setting<T> {
  return one;
}

/** Every setting. One that is added later has its usual value in a file of before. */
export const settingsTable = {
  numberFormat: setting({
    title: 'How numbers are shown',
    usual: 'national',
    kept: (schema) => schema.enum(['national', 'international', 'digits']),
  }),
  /** 0 syncs only when asked. */
  syncMinutes: setting({
    title: 'Minutes between syncs',
    usual: 15,
    kept: (schema) => schema.int().min(0).max(1440),
  }),
  /** Cents: an order whose set-up and first month cost more needs its count typed. */
  orderLimit: setting({
    title: 'Limit of an order',
    usual: 5000,
    kept: (schema) => schema.int().min(0).max(100_000_000),
  }),
  /**
   * Electron accelerator of the quick search, '' for none. Without Alt it would be the one that a well-known password manager
   * takes for its own quick access.
   */
  quickShortcut: setting({
    title: 'Shortcut of the quick search',
    usual: 'CommandOrControl+Alt+Shift+Space',
    kept: (schema) => schema.string().max(64),
    input: (schema) =>
      schema
        .string()
        .regex(
          /^$|^((CommandOrControl|Control|Command|Alt|Shift|Super)\+){1,3}([A-Z0-9]|Space|F\d{1,2})$/,
          'Hold Ctrl, Alt or ⌘ and press a letter, a digit, Space or F1 to F12.',
        ),
    ofThisComputer: true,
  }),
  /** Closing the window leaves the app in the tray; null before the person was asked. */
  closeToTray: setting<boolean | null>({
    title: 'Closing to the tray',
    usual: null,
    kept: (schema) => schema.boolean().nullable(),
    input: (schema) => schema.boolean(),
    ofThisComputer: true,
  }),
  theme: setting({
    title: 'Appearance',
    usual: 'system',
    kept: (schema) => schema.enum(['system', 'light', 'dark']),
  }),
  /** Height of the rows of lists. */
  density: setting({
    title: 'Rows of lists',
    usual: 'comfortable',
    kept: (schema) => schema.enum(['comfortable', 'compact']),
  }),
  /** The names of the screens beside their icons, where the window has room for them. */
  sidebar: setting({
    title: 'Names of the screens at the side',
    usual: true,
    kept: (schema) => schema.boolean(),
  }),
  /** How the columns of lists are arranged, by the name of the list: which come first, which are shown, pixels, and by what rows are grouped. */
  tables: setting<Readonly<Record<string, TableLayoutSetting>>>({
    title: 'Columns of lists',
    usual: {},
    kept: (schema) => {
      const key = schema.string().max(40);
      const few = (record: object) => Object.keys(record).length <= mostColumns;
      const layout = schema.strictObject({
        order: schema.array(key).max(mostColumns),
        shown: schema.record(key, schema.boolean()).refine(few),
        widths: schema.record(key, schema.int().min(24).max(2_000)).refine(few),
        group: key.optional(),
      });
      return schema.record(key, layout).refine(few);
    },
  }),
  startAtLogin: setting({
    title: 'Starting with the computer',
    usual: false,
    kept: (schema) => schema.boolean(),
    ofThisComputer: true,
  }),
  /** Looks for a newer version by itself; nothing is installed without a yes. */
  checkUpdates: setting({
    title: 'Looking for updates',
    usual: true,
    kept: (schema) => schema.boolean(),
  }),
};

type Table = typeof settingsTable;
export type Settings = { readonly [K in keyof Table]: Table[K]['usual'] };
/** The names of all settings, in the order of the table. */
export const settingNames = Object.keys(settingsTable) as (keyof Settings)[];

/** What a computer has that is new to the app. */
export const usualSettings = Object.fromEntries(
  settingNames.map((name) => [name, settingsTable[name].usual]),
) as unknown as Settings;

export type SettingsChange = { readonly [K in keyof Settings]?: Settings[K] | undefined };

/** What windows may ask about this. */
export const settingsMethods = () => {
  const inputs = settingNames.map((name) => {
    const { kept, input = kept }: Pick<Setting<unknown>, 'kept' | 'input'> = settingsTable[name];
    return [name, input(z).optional()];
  });
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
