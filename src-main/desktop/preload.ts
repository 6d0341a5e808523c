import { contextBridge, ipcRenderer } from 'electron';
import type { Transport } from '../contract/contract.ts';
import { eventNames, methodNames } from '../contract/names.ts';
import { eventChannel, invokeChannel } from './channels.ts';

const methods = new Set<string>(methodNames);
const events = new Set<string>(eventNames);
type Listener = (payload: unknown) => void;
const listeners = new Map<string, Set<Listener>>();

// One for all: the IPC event itself never reaches the page, for it carries ways back into Electron.
ipcRenderer.on(eventChannel, (_, name: string, payload: unknown) => {
  for (const listener of [...(listeners.get(name) ?? [])]) listener(payload);
});

const transport: Transport = {
  invoke(method, input) {
    if (!methods.has(method)) return Promise.reject(new Error('unknown method'));
    return ipcRenderer.invoke(invokeChannel, method, input) as ReturnType<Transport['invoke']>;
  },
  subscribe(event, listener) {
    if (!events.has(event)) throw new Error('unknown event');
    const known = listeners.get(event) ?? new Set();
    listeners.set(event, known);
    // The same function may listen twice, as two that end apart.
    const own: Listener = (payload) => {
      listener(payload);
    };
    known.add(own);
    return () => {
      known.delete(own);
    };
  },
};

contextBridge.exposeInMainWorld('numberdesk', transport);
