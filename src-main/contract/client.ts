import type { Events, Inputs, Outputs, Transport } from './contract.ts';
import type { Result } from './errors.ts';
import type { EventName, MethodName } from './contract.ts';

export type Client = {
  call<K extends MethodName>(method: K, input: Inputs[K]): Promise<Result<Outputs[K]>>;
  on<K extends EventName>(event: K, listener: (payload: Events[K]) => void): () => void;
};

/** The typed client over any transport: Electron's IPC, a WebSocket, or a fake in a test. */
export function createClient(transport: Transport): Client {
  return {
    call: (method, input) => transport.invoke(method, input) as Promise<Result<Outputs[typeof method]>>,
    on: (event, listener) => transport.subscribe(event, listener as (payload: unknown) => void),
  };
}
