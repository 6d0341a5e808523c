import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Application } from '../app/application.ts';
import { portTrouble } from '../app/start-trouble.ts';
import { contentSecurityPolicy, resolveStatic } from '../app/static-files.ts';

export type BrowserHost = {
  /** Address with the token of this start; whoever has it can use the app. */
  readonly address: string;
  close(): Promise<void>;
};

/** A selection of 100,000 numbers or a file of 20 MB comes in one message; each method's schema has its own limits. */
const maxMessageBytes = 32 * 1024 * 1024;

/**
 * Serves the application to a browser on this computer: the built renderer over HTTP and the contract over one
 * WebSocket. Loopback only; the socket needs the token of this start, our own origin and our own host name.
 */
export async function serveBrowserHost(options: {
  application: Application;
  rendererDir: string;
  port: number;
}): Promise<BrowserHost> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    void serveFile(request, response, options.rendererDir, port());
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const port = () => (server.address() as AddressInfo).port;

  server.on('upgrade', (request, socket, head) => {
    if (!mayConnect(request, token, port())) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      attach(client, options.application);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (thrown) => {
      reject(portTrouble(thrown, options.port) as Error);
    });
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${port()}/#token=${token}`,
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Our own page only: the host names us, the origin is ours, and the token is the one of this start. */
export function mayConnect(
  request: Pick<IncomingMessage, 'url' | 'headers'>,
  token: string,
  port: number,
): boolean {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const given = Buffer.from(url.searchParams.get('token') ?? '');
  const expected = Buffer.from(token);
  return (
    url.pathname === '/ipc' &&
    request.headers.host === `127.0.0.1:${port}` &&
    request.headers.origin === `http://127.0.0.1:${port}` &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  );
}

function attach(client: WebSocket, application: Application): void {
  const send = (frame: unknown) => {
    if (client.readyState === client.OPEN) client.send(JSON.stringify(frame));
  };
  const unsubscribe = application.subscribe((event, payload) => {
    send({ event, payload });
  });
  client.on('close', unsubscribe);
  client.on('error', () => {
    client.terminate();
  });
  client.on('message', (data) => {
    const frame = readFrame(String(data as Buffer));
    if (!frame) {
      client.close(1003, 'not understood');
      return;
    }
    void application.dispatch(frame.method, frame.input).then((result) => {
      send({ id: frame.id, result });
    });
  });
}

function readFrame(text: string): { id: number; method: unknown; input: unknown } | null {
  try {
    const frame = JSON.parse(text) as { id?: unknown; method?: unknown; input?: unknown } | null;
    return typeof frame?.id === 'number' ? { id: frame.id, method: frame.method, input: frame.input } : null;
  } catch {
    return null;
  }
}

async function serveFile(
  request: IncomingMessage,
  response: ServerResponse,
  root: string,
  port: number,
): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  if (request.headers.host !== `127.0.0.1:${port}`) {
    response.writeHead(403).end('Numberdesk answers only under its own address.');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405).end();
    return;
  }
  const target = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const found = resolveStatic(root, target);
  const body = found ? await readFile(found.file).catch(() => null) : null;
  if (!found || !body) {
    response.writeHead(404).end('Not found');
    return;
  }
  response.writeHead(200, {
    'Content-Type': found.type,
    'Content-Security-Policy': contentSecurityPolicy(`ws://127.0.0.1:${port}`),
    'Cache-Control': 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
