import { contextBridge, ipcRenderer } from 'electron';
import type { Transport } from '../contract/contract.ts';
import { eventChannel, invokeChannel } from './channels.ts';

type Listener = (payload: unknown) => void;
const listeners = new Map<string, Set<Listener>>();

// One for all: the IPC event itself never reaches the page, for it carries ways back into Electron.
ipcRenderer.on(eventChannel, (_, name: string, payload: unknown) => {
  for (const listener of [...(listeners.get(name) ?? [])]) listener(payload);
});

const transport: Transport = {
  // One channel, whatever is asked: the main process knows the methods, and refuses every other.
  invoke: (method, input) =>
    ipcRenderer.invoke(invokeChannel, method, input) as ReturnType<Transport['invoke']>,
  subscribe(event, listener) {
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
