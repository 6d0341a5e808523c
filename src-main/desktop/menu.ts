import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { commands, commandsFor, type Command, type CommandId } from '../contract/commands.ts';

export type MenuActions = {
  /** Runs a command: the desktop's own here, all others in the main window. */
  readonly run: (id: CommandId) => void;
  /** A feed of updates was given when this app was built. */
  readonly updates: boolean;
};

/** The platform's own menus (editing, view and window roles) and ours, made from the table of commands. */
export function installMenu({ run, updates }: MenuActions): void {
  const mac = process.platform === 'darwin';
  const ours = (menu: Command['menu']): MenuItemConstructorOptions[] =>
    commandsFor({ updates })
      .filter((id) => commands[id].menu === menu)
      .map((id) => {
        const { title, accelerator } = commands[id];
        const click = () => {
          run(id);
        };
        return accelerator === null ? { id, label: title, click } : { id, label: title, click, accelerator };
      });
  const template: MenuItemConstructorOptions[] = [
    ...(mac ? [{ role: 'appMenu' as const }] : []),
    {
      label: 'File',
      submenu: [
        ...ours('File'),
        { type: 'separator' },
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
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    { label: 'Go', submenu: ours('Go') },
    { label: 'Account', submenu: ours('Account') },
    { role: 'windowMenu' },
    { role: 'help', submenu: ours('Help') },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
