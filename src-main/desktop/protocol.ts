import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { contentSecurityPolicy, resolveStatic } from '../app/static-files.ts';
import { isOwnPage, scheme } from './origin.ts';

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built renderer under `app://numberdesk/`, and nothing else to anybody. */
export function serveRenderer(session: Session, root: string): void {
  session.protocol.handle(scheme, async (request) => {
    if (request.method !== 'GET') return refuse(405);
    if (!isOwnPage(request.url)) return refuse(403);
    const found = resolveStatic(root, rawPath(request.url));
    const body = found ? await readFile(found.file).catch(() => null) : null;
    if (!found || !body) return refuse(404);
    return new Response(new Uint8Array(body), {
      headers: {
        'Content-Type': found.type,
        'Content-Security-Policy': contentSecurityPolicy(),
        'X-Content-Type-Options': 'nosniff',
      },
    });
  });
}

/** The renderer has no business on the network: everything but our own pages and DevTools is cancelled. */
export function closeNetwork(session: Session): void {
  session.webRequest.onBeforeRequest((details, callback) => {
    const { protocol: kind } = new URL(details.url);
    // blob: is what the page made itself, to hand a file to the person.
    callback({ cancel: ![`${scheme}:`, 'devtools:', 'data:', 'blob:'].includes(kind) });
  });
}

function rawPath(address: string): string {
  const rest = address.slice(`${scheme}://`.length);
  const slash = rest.indexOf('/');
  return (slash < 0 ? '/' : rest.slice(slash)).split(/[?#]/, 1)[0] ?? '/';
}

function refuse(status: number): Response {
  return new Response(null, { status });
}
