import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { commands, commandsFor, type Command, type CommandId } from '../contract/commands.ts';

export type MenuActions = {
  /** Runs a command: the desktop's own here, all others in the main window. */
  readonly run: (id: CommandId) => void;
  /** A feed of updates was given when this app was built. */
  readonly updates: boolean;
};
type MenuSystem = { readonly platform: NodeJS.Platform; readonly packaged: boolean };

/** On macOS these are in the menu of the app, where everybody looks for them. */
const ofMacApp: readonly CommandId[] = ['settings', 'updates'];

/** The platform's own menus (editing, view and window roles) and ours, made from the table of commands. */
export function menuTemplate(
  { run, updates }: MenuActions,
  { platform, packaged }: MenuSystem,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const item = (id: CommandId): MenuItemConstructorOptions => {
    const { title, accelerator, inWindow }: Command = commands[id];
    const click = () => {
      run(id);
    };
    const label = mac && id === 'settings' ? `${title}…` : title;
    return accelerator === null || inWindow === true
      ? { id, label, click }
      : { id, label, click, accelerator };
  };
  const known = commandsFor({ updates });
  const ours = (menu: Command['menu']) =>
    known.filter((id) => commands[id].menu === menu && !(mac && ofMacApp.includes(id))).map(item);
  const separator = { type: 'separator' as const };
  const macApp: MenuItemConstructorOptions = {
    label: 'Numberdesk',
    submenu: [
      { role: 'about' },
      ...known.filter((id) => id === 'updates').map(item),
      separator,
      item('settings'),
      ...[separator, { role: 'services' as const }, separator],
      ...[{ role: 'hide' as const }, { role: 'hideOthers' as const }, { role: 'unhide' as const }],
      ...[separator, { role: 'quit' as const }],
    ],
  };
  return [
    ...(mac ? [macApp] : []),
    {
      label: 'File',
      submenu: [
        ...ours('File'),
        separator,
        // Where there is an application menu, quitting is in it.
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(packaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    { label: 'Go', submenu: ours('Go') },
    { label: 'Account', submenu: ours('Account') },
    { role: 'windowMenu' },
    { role: 'help', submenu: [...ours('Help'), ...(mac ? [] : [separator, { role: 'about' as const }])] },
  ];
}

export function installMenu(actions: MenuActions): void {
  const system = { platform: process.platform, packaged: app.isPackaged };
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, system)));
}
