import { contextBridge, ipcRenderer } from 'electron';
import type { Transport } from '../contract/contract.ts';
import { eventNames, methodNames } from '../contract/names.ts';
import { eventChannel, invokeChannel } from './channels.ts';

const methods = new Set<string>(methodNames);
const events = new Set<string>(eventNames);

const transport: Transport = {
  invoke(method, input) {
    if (!methods.has(method)) return Promise.reject(new Error('unknown method'));
    return ipcRenderer.invoke(invokeChannel, method, input) as ReturnType<Transport['invoke']>;
  },
  subscribe(event, listener) {
    if (!events.has(event)) throw new Error('unknown event');
    // The IPC event itself never reaches the page: it carries ways back into Electron.
    const receive = (_: unknown, name: string, payload: unknown) => {
      if (name === event) listener(payload);
    };
    ipcRenderer.on(eventChannel, receive);
    return () => {
      ipcRenderer.removeListener(eventChannel, receive);
    };
  },
};

contextBridge.exposeInMainWorld('numberdesk', transport);
