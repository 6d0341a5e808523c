import { execFile } from 'node:child_process';
import type { DesktopInfo } from '../contract/app.ts';

/**
 * Whether this desktop shows tray icons. macOS and Windows do. On Linux somebody has to own the name of the
 * StatusNotifierWatcher on the session bus (KDE, XFCE and others do, GNOME with an extension only): the bus is asked,
 * and where it cannot be, the answer is `unknown`.
 */
export function trayHost(platform: NodeJS.Platform = process.platform): Promise<DesktopInfo['tray']> {
  if (platform !== 'linux') return Promise.resolve('shown');
  const args = [
    ...['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'],
    ...['org.freedesktop.DBus.NameHasOwner', 'string:org.kde.StatusNotifierWatcher'],
  ];
  return new Promise((resolve) => {
    execFile('dbus-send', args, { timeout: 2_000 }, (error, answer) => {
      if (error) resolve('unknown');
      else resolve(/boolean true/.test(answer) ? 'shown' : 'missing');
    });
  });
}
