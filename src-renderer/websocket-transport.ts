import type { Transport } from '#main/contract/contract.ts';
import type { Result } from '#main/contract/errors.ts';

type Frame = { id?: number; result?: Result<unknown>; event?: string; payload?: unknown };

const noAnswer: Result<never> = {
  ok: false,
  error: {
    code: 'internal',
    message: 'The Numberdesk process is not answering.',
    action: 'Start it again, then reload this page.',
    retryable: true,
  },
};

/**
 * The contract over one WebSocket, connected again when it breaks. Calls without a connection fail at once. What was told
 * while there was none is lost: `onAgain` is called when there is one again.
 */
export function createWebSocketTransport(address: string, onAgain: () => void): Transport {
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const waiting = new Map<number, (result: Result<unknown>) => void>();
  let nextId = 1;
  let pause = 250;
  let socket = connect();
  let opened = openedOnce(socket);

  function connect(): WebSocket {
    const created = new WebSocket(address);
    created.addEventListener('open', () => (pause = 250));
    created.addEventListener('message', (message) => {
      receive(JSON.parse(String(message.data)) as Frame);
    });
    created.addEventListener('close', () => {
      for (const answer of waiting.values()) answer(noAnswer);
      waiting.clear();
      setTimeout(() => {
        socket = connect();
        socket.addEventListener('open', onAgain);
        opened = openedOnce(socket);
      }, pause);
      pause = Math.min(pause * 2, 10_000);
    });
    return created;
  }

  function receive(frame: Frame): void {
    if (frame.id !== undefined && frame.result) {
      waiting.get(frame.id)?.(frame.result);
      waiting.delete(frame.id);
    } else if (frame.event !== undefined) {
      for (const listener of listeners.get(frame.event) ?? []) listener(frame.payload);
    }
  }

  return {
    async invoke(method, input) {
      // A closed socket drops what it is given, and no answer would ever come.
      if (!(await opened) || socket.readyState !== WebSocket.OPEN) return noAnswer;
      const id = nextId;
      nextId += 1;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        socket.send(JSON.stringify({ id, method, input }));
      });
    },
    subscribe(event, listener) {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known);
      known.add(listener);
      return () => known.delete(listener);
    },
  };
}

/** Resolves with whether the connection came to be. */
function openedOnce(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.addEventListener('open', () => {
      resolve(true);
    });
    socket.addEventListener('close', () => {
      resolve(false);
    });
  });
}
