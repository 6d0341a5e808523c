import { createServer, request as askHttp } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';

export type ForwardProxy = {
  readonly port: number;
  /** What was asked of it, in order: `CONNECT host:port` or `GET http://…`. */
  readonly asked: string[];
  close(): Promise<void>;
};

export type ForwardProxyOptions = {
  /** Where a name that exists nowhere leads: a port on this computer. */
  readonly names?: Readonly<Record<string, number>>;
  /** `name:password` that it wants; 407 without. */
  readonly credentials?: string;
  /** The status it answers every CONNECT with instead of making the connection. */
  readonly refuses?: number;
};

/** A forwarding proxy on this computer: tunnels by CONNECT, and plain http with the whole address in the first line. */
export async function startForwardProxy(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const place = (host: string, port: string) => {
    const mapped = options.names?.[host];
    return mapped === undefined ? { host, port: Number(port || 80) } : { host: '127.0.0.1', port: mapped };
  };
  const wanted = options.credentials ? `Basic ${Buffer.from(options.credentials).toString('base64')}` : null;
  const mayPass = (given: string | undefined) => wanted === null || given === wanted;

  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (!mayPass(request.headers['proxy-authorization'])) {
      response.writeHead(407, { 'Proxy-Authenticate': 'Basic realm="test"' }).end('no');
      return;
    }
    const url = new URL(request.url ?? '', 'http://none.invalid');
    const { host, port } = place(url.hostname, url.port);
    const headers = { ...request.headers };
    delete headers['proxy-authorization'];
    delete headers['proxy-connection'];
    const onward = askHttp(
      { host, port, method: request.method, path: `${url.pathname}${url.search}`, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on('connect', (request, client: Socket, head) => {
    asked.push(`CONNECT ${request.url ?? ''}`);
    client.on('error', () => client.destroy());
    if (!mayPass(request.headers['proxy-authorization'])) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno');
      return;
    }
    if (options.refuses !== undefined) {
      client.end(`HTTP/1.1 ${options.refuses} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [name = '', wantedPort = ''] = (request.url ?? '').split(':');
    const { host, port } = place(name, wantedPort);
    const onward = net.connect(port, host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.write(head);
      onward.pipe(client);
      client.pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy());
    onward.on('close', () => client.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
