/** Looks at one request from inside its agent: node-fetch tells neither when a request leaves nor what Node really said. */
import type { Agent, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';

/** What an agent is to Node: whatever has `addRequest`. It is not in Node's types. */
type AgentLike = Agent & { addRequest(request: ClientRequest, options: unknown): void };

export type Watched = {
  /** Give this to the request. */
  readonly agent: Agent;
  /** A connection was ready for the request: for TLS, its certificate was accepted. Before that no byte of it is written. */
  readonly left: () => boolean;
  /** The proxy was reached, so what fails from here on is not the way to it. */
  readonly pastProxy: () => boolean;
  /** The status with which a proxy refused to open a tunnel; null when it did not. */
  readonly tunnelRefused: () => number | null;
  /** Node's own error, with all that it holds; null when there was none. */
  readonly error: () => unknown;
};

/**
 * An agent for one request that hands everything on to `pool`. With `context`, only certificates that it trusts are accepted;
 * given here, because the agents of proxies forget what they were made with.
 */
export function watch(pool: Agent, context: SecureContext | undefined): Watched {
  let left = false;
  let pastProxy = false;
  let refused: number | null = null;
  let seen: unknown = null;
  const look = (request: ClientRequest) => {
    request.prependListener('error', (error: unknown) => {
      seen ??= error;
    });
    request.prependListener('proxyConnect', (answer: { statusCode?: number }) => {
      if (answer.statusCode === undefined || answer.statusCode === 200) pastProxy = true;
      else refused = answer.statusCode;
    });
    request.prependOnceListener('socket', (socket: Socket & { secureConnecting?: boolean }) => {
      if (refused !== null) return;
      const ready = () => {
        left = true;
      };
      // A connection that was kept is ready; so is one that a proxy's agent hands over, unless TLS is still to come.
      if (socket.secureConnecting) socket.prependOnceListener('secureConnect', ready);
      else if (socket.connecting) socket.prependOnceListener('connect', ready);
      else ready();
    });
  };
  const agent = Object.create(pool, {
    addRequest: {
      value(request: ClientRequest, options: object) {
        look(request);
        (pool as AgentLike).addRequest(request, context ? { ...options, secureContext: context } : options);
      },
    },
  }) as Agent;
  return {
    agent,
    left: () => left,
    pastProxy: () => pastProxy,
    tunnelRefused: () => refused,
    error: () => seen,
  };
}
