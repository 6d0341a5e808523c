/**
 * The one table of what a person can ask the app to do by name: the palette, the shortcuts sheet, the keys, the
 * desktop's menu and its tray are made from it. Accelerators are written as Electron writes them.
 */
export const commands = {
  numbers: { title: 'Go to Numbers', accelerator: 'CommandOrControl+1', menu: 'Go' },
  buy: { title: 'Go to Buy', accelerator: 'CommandOrControl+2', menu: 'Go' },
  routes: { title: 'Go to Routes', accelerator: 'CommandOrControl+3', menu: 'Go' },
  activity: { title: 'Go to Activity', accelerator: 'CommandOrControl+4', menu: 'Go' },
  palette: { title: 'Commands', accelerator: 'CommandOrControl+K', menu: 'Go' },
  'quick-search': {
    title: 'Quick Search',
    accelerator: 'CommandOrControl+Shift+F',
    menu: 'Go',
    desktop: true,
  },
  'export-numbers': { title: 'Export Numbers', accelerator: 'CommandOrControl+E', menu: 'File' },
  'import-routes': { title: 'Import Route Changes', accelerator: null, menu: 'File' },
  'new-route': { title: 'New Route', accelerator: null, menu: 'File' },
  cart: { title: 'Review the Cart', accelerator: null, menu: 'File' },
  undo: {
    title: 'Undo the last Change',
    accelerator: 'CommandOrControl+Z',
    menu: 'Account',
    inWindow: true,
  },
  sync: { title: 'Sync Now', accelerator: 'CommandOrControl+R', menu: 'Account' },
  'add-account': { title: 'Add an Account', accelerator: null, menu: 'Account' },
  rename: { title: 'Rename this Account', accelerator: null, menu: 'Account' },
  keys: { title: 'Enter other Keys', accelerator: null, menu: 'Account' },
  'sign-out': { title: 'Sign out', accelerator: null, menu: 'Account' },
  settings: { title: 'Settings', accelerator: 'CommandOrControl+,', menu: 'Account' },
  shortcuts: { title: 'Keyboard Shortcuts', accelerator: null, menu: 'Help' },
  diagnostics: { title: 'Export Diagnostics', accelerator: null, menu: 'Help' },
  updates: { title: 'Check for Updates', accelerator: null, menu: 'Help', desktop: true },
} as const satisfies Record<string, Command>;

export type CommandId = keyof typeof commands;
export type Command = {
  readonly title: string;
  readonly accelerator: string | null;
  readonly menu: 'File' | 'Go' | 'Account' | 'Help';
  /** Done by the desktop and not by the window. */
  readonly desktop?: true;
  /** Its keys belong to the window alone: in a text field they undo typing, so the menu may not take them. */
  readonly inWindow?: true;
};
/** What the desktop does itself, asked by `shell.run`. */
export const desktopCommandIds = ['quick-search', 'updates'] as const satisfies readonly CommandId[];
export type DesktopCommandId = (typeof desktopCommandIds)[number];

export const commandIds = Object.keys(commands) as CommandId[];

export function isDesktopCommand(id: CommandId): id is DesktopCommandId {
  return desktopCommandIds.some((one) => one === id);
}

/** The commands that this host can do: those of the desktop only where it is one, updates only where there is a feed. */
export function commandsFor(desktop: { readonly updates: boolean } | null): CommandId[] {
  return commandIds.filter(
    (id) => !isDesktopCommand(id) || (desktop !== null && (id !== 'updates' || desktop.updates)),
  );
}

const macKeys: Readonly<Record<string, string>> = {
  CommandOrControl: '⌘',
  CmdOrCtrl: '⌘',
  Command: '⌘',
  Control: '⌃',
  Ctrl: '⌃',
  Alt: '⌥',
  Option: '⌥',
  Shift: '⇧',
};
const otherKeys: Readonly<Record<string, string>> = {
  CommandOrControl: 'Ctrl',
  CmdOrCtrl: 'Ctrl',
  Control: 'Ctrl',
  Super: 'Win',
};

/** An accelerator as this system writes it: "⇧⌘F" on macOS, "Ctrl+Shift+F" elsewhere. `platform` as Node names it. */
export function keysOf(accelerator: string, platform: string): string {
  const keys = accelerator.split('+');
  if (platform !== 'darwin') return keys.map((key) => otherKeys[key] ?? key).join('+');
  // Apple's order: control, option, shift, command, then the key.
  const order = '⌃⌥⇧⌘';
  const signs = keys.map((key) => macKeys[key] ?? key);
  const held = signs.filter((sign) => order.includes(sign));
  return [...held.sort((a, b) => order.indexOf(a) - order.indexOf(b)), ...signs.slice(held.length)].join('');
}

/** The command whose accelerator these keys are, or null. */
export function commandOf(
  key: string,
  held: { readonly command: boolean; readonly shift: boolean },
): CommandId | null {
  if (!held.command || key.length !== 1) return null;
  const wanted = `CommandOrControl+${held.shift ? 'Shift+' : ''}${key.toUpperCase()}`;
  return commandIds.find((id) => commands[id].accelerator === wanted) ?? null;
}
