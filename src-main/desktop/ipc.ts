import { ipcMain, type BrowserWindow } from 'electron';
import type { Application } from '../app/application.ts';
import { eventChannel, invokeChannel } from './channels.ts';
import { isTrustedSender } from './sender.ts';

/** Connects windows and application. `windows` are the ids of the pages we made ourselves. */
export function connectIpc(options: {
  application: Promise<Application>;
  windows: ReadonlySet<number>;
  allWindows: () => BrowserWindow[];
  log: (line: string) => void;
}): void {
  ipcMain.handle(invokeChannel, async (event, method: unknown, input: unknown) => {
    const frame = event.senderFrame;
    const sender = {
      webContentsId: event.sender.id,
      frameUrl: frame?.url ?? null,
      isMainFrame: frame !== null && frame.parent === null,
    };
    if (!isTrustedSender(sender, options.windows)) {
      options.log('refused a message from an untrusted sender');
      throw new Error('untrusted sender');
    }
    return (await options.application).dispatch(method, input);
  });
  void options.application.then((application) => {
    application.subscribe((name, payload) => {
      for (const window of options.allWindows()) {
        if (!window.isDestroyed()) window.webContents.send(eventChannel, name, payload);
      }
    });
  });
}
