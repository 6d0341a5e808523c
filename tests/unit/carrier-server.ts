import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FlowrouteV1, type FlowrouteV1Options } from '../../src-main/carrier/flowroute/v1/adapter.ts';

export type Seen = { method: string; url: string; body: string; headers: IncomingMessage['headers'] };

/** A carrier that answers exactly what a test says, over real HTTP. */
export async function scriptedCarrier(
  answer: (seen: Seen, response: ServerResponse, count: number) => void,
  options: Partial<FlowrouteV1Options> = {},
) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', body, headers: request.headers };
      seen.push(one);
      answer(one, response, seen.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const carrier = new FlowrouteV1({
    baseUrl: `http://127.0.0.1:${port}/v1`,
    keys: { accessKey: '80001234', secretKey: 'canary-secret-key-0123456789abcd' },
    backoffMs: 1,
    nextStampMs: 1,
    timeoutMs: 2000,
    ...options,
  });
  return {
    carrier,
    seen,
    async close() {
      carrier.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
