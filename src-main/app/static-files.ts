import path from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * The file under `root` that a request path names, or null when it would leave `root` or is of a kind we do not have.
 * Decode first, then normalise, then compare with the served folder itself.
 */
export function resolveStatic(root: string, requestPath: string): { file: string; type: string } | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(requestPath);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const file = path.resolve(root, `.${path.posix.normalize(`/${decoded}`)}`);
  const served = decoded.endsWith('/') ? path.join(file, 'index.html') : file;
  if (decoded.split('/').includes('..') || !served.startsWith(path.resolve(root) + path.sep)) return null;
  const type = types[path.extname(served)];
  return type === undefined ? null : { file: served, type };
}

/**
 * The policy of every page. Nothing is inline, nothing comes from elsewhere, and the only text ever made into HTML is
 * Svelte's own compiled templates. `connect` is the browser host's own socket; on the desktop there is none.
 */
export function contentSecurityPolicy(connect = "'none'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ].join('; ');
}
