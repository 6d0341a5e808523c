import { WebSocket } from 'ws';
import { createClient, type Client } from '../../src-main/contract/client.ts';
import type { EventName, MethodName } from '../../src-main/contract/contract.ts';
import type { Result } from '../../src-main/contract/errors.ts';
import type { SandboxProcess } from './sandbox-process.ts';

/** A second window of a browser host, without a page: what a person did before is done through it. */
export type HostClient = Client & { close(): void };

/** `address` is the one the host printed, with its token. */
export async function connectTo(address: string): Promise<HostClient> {
  const { origin, host, hash } = new URL(address);
  const token = hash.replace('#token=', '');
  const socket = new WebSocket(`ws://${host}/ipc?token=${token}`, { origin });
  const waiting = new Map<number, (result: Result<unknown>) => void>();
  const listeners = new Map<EventName, Set<(payload: unknown) => void>>();
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data as Buffer)) as
      { id: number; result: Result<unknown> } | { event: EventName; payload: unknown };
    if ('id' in frame) waiting.get(frame.id)?.(frame.result);
    else for (const listener of listeners.get(frame.event) ?? []) listener(frame.payload);
  });
  let last = 0;
  const client = createClient({
    invoke: (method: MethodName, input) =>
      new Promise((resolve) => {
        last += 1;
        waiting.set(last, resolve);
        socket.send(JSON.stringify({ id: last, method, input }));
      }),
    subscribe(event, listener) {
      const known = listeners.get(event) ?? new Set();
      listeners.set(event, known.add(listener));
      return () => known.delete(listener);
    },
  });
  return {
    ...client,
    close() {
      socket.terminate();
    },
  };
}

/** The value of an answer; rejects with its words when it is a trouble. */
export async function valueOf<T>(asked: Promise<Result<T>>): Promise<T> {
  const result = await asked;
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message} ${result.error.action}`);
  return result.value;
}

/** Waits until what `ask` answers is as wanted; it is asked again when the host tells of that event. Half a minute at most. */
export async function until<T>(
  client: Client,
  event: EventName,
  ask: () => Promise<Result<T>>,
  wanted: (answer: T) => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (work: () => void) => {
      clearTimeout(late);
      stop();
      work();
    };
    const look = () => {
      valueOf(ask()).then(
        (answer) => {
          if (wanted(answer)) end(() => resolve(answer));
        },
        (thrown: unknown) => {
          end(() => reject(thrown as Error));
        },
      );
    };
    const stop = client.on(event, () => {
      look();
    });
    const late = setTimeout(() => {
      end(() => reject(new Error(`"${event}" did not come to what was waited for`)));
    }, 30_000);
    look();
  });
}

/** Signs in to a sandbox and waits until its whole list was read. */
export async function signInSynced(client: Client, sandbox: SandboxProcess, label: string): Promise<void> {
  const { accessKey, secretKey, url: baseUrl } = sandbox;
  const keys = { label, accessKey, secretKey, baseUrl, remember: 'session' } as const;
  await valueOf(client.call('accounts.signIn', keys));
  await until(
    client,
    'sync',
    () => client.call('sync.status', {}),
    ({ phase, completedAt }) => phase === 'idle' && completedAt !== null,
  );
}
