/** Answers that are not the carrier's: what gateways, proxies, filters and networks put in its place. */
export type Lie = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const page = (title: string): string =>
  `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
const html = (status: number, title: string): Lie => ({ status, type: 'text/html', body: page(title) });
const json = (body: string): Lie => ({ status: 200, type: 'application/json', body });

/** By name; null keeps the connection open and says nothing. */
export const lies = {
  'html-200': html(200, 'Welcome to this network'),
  'html-401': html(401, '401 Authorization Required'),
  'html-403': html(403, '403 Forbidden'),
  'html-404': html(404, '404 Not Found'),
  'html-407': html(407, '407 Proxy Authentication Required'),
  'html-502': html(502, '502 Bad Gateway'),
  'html-511': html(511, '511 Network Authentication Required'),
  'empty-200': json(''),
  'half-json': json('{"tns": {"1206'),
  'other-json': json('{"status": "ok"}'),
  redirect: {
    status: 302,
    type: 'text/html',
    body: page('302 Found'),
    headers: { Location: 'http://portal.invalid/' },
  },
  hang: null,
} as const satisfies Record<string, Lie | null>;

export type LieKind = keyof typeof lies;
export const lieKinds = Object.keys(lies) as LieKind[];
