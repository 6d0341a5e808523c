/** Which path of v2 is served by what, and what every request has to keep to before it is. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../answer.ts';
import { readBasic, sameText, type KeyPair } from '../basic.ts';
import type { Operation } from '../operations.ts';
import type { World } from '../world.ts';
import { areaCodes, exchanges, search, tiers } from './available.ts';
import { createExport, download, keysRefused, listExports, oneExport } from './cdrs.ts';
import { assignName, createName, deleteName, editName, listNames, oneName, unassignName } from './cnams.ts';
import {
  assignAddress,
  createAddress,
  deleteAddress,
  editAddress,
  listAddresses,
  numbersOfAddress,
  oneAddress,
  unassignAddress,
  validateAddress,
} from './e911s.ts';
import { provision, provisionStatus } from './messaging.ts';
import { clearRoute, setRoute } from './number-routes.ts';
import {
  listNumbers,
  manyDetails,
  numberDetails,
  releaseNumber,
  setCallback,
  updateNumber,
} from './owned.ts';
import { listPortOrders, onePortOrder, portability } from './portorders.ts';
import { purchase } from './purchase.ts';
import { createRoute, deleteRoute, editRoute, listEdgeStrategies, listRoutes } from './routes.ts';
import {
  denied,
  filesPath,
  formToJson,
  notServed,
  readBody,
  refuse,
  type Call,
  type Handler,
} from './wire.ts';

type Served = readonly [operation: Operation, handler: Handler];
type Resource = readonly [path: string, methods: Readonly<Record<string, Served>>];

const callbacks = '(sms_callback|mms_callback|sms_dlr_callback|mms_dlr_callback|dlr_callback)';

/** In this order: what is spelled out comes before `:id`, so that "details" is never taken for a number to buy. */
const resources: readonly Resource[] = [
  ['/v2/numbers', { GET: ['owned', listNumbers] }],
  ['/v2/numbers/available', { GET: ['search', search] }],
  ['/v2/numbers/available/areacodes', { GET: ['areaCodes', areaCodes] }],
  ['/v2/numbers/available/exchanges', { GET: ['exchanges', exchanges] }],
  ['/v2/numbers/available/tiers', { GET: ['tiers', tiers] }],
  ['/v2/numbers/details', { POST: ['manyDetails', manyDetails], GET: ['details', numberDetails] }],
  [
    '/v2/numbers/:id',
    {
      GET: ['details', numberDetails],
      POST: ['purchase', purchase],
      PATCH: ['update', updateNumber],
      DELETE: ['release', releaseNumber],
    },
  ],
  [
    '/v2/numbers/:id/relationships/primary_route',
    { PATCH: ['setPrimary', setRoute('primary')], DELETE: ['clearPrimary', clearRoute('primary')] },
  ],
  [
    '/v2/numbers/:id/relationships/failover_route',
    { PATCH: ['setFailover', setRoute('failover')], DELETE: ['clearFailover', clearRoute('failover')] },
  ],
  [`/v2/numbers/:id/relationships/${callbacks}`, { POST: ['callback', setCallback] }],
  ['/v2/numbers/:id/relationships/e911s', { DELETE: ['unassignE911', unassignAddress] }],
  ['/v2/numbers/:id/relationships/e911s/:id', { PATCH: ['assignE911', assignAddress] }],
  // The documentation says cnams, four of the SDKs say cnam.
  ['/v2/numbers/:id/relationships/cnams?', { DELETE: ['unassignCnam', unassignName] }],
  ['/v2/numbers/:id/relationships/cnams?/:id', { PATCH: ['assignCnam', assignName] }],
  ['/v2/routes', { GET: ['listRoutes', listRoutes], POST: ['createRoute', createRoute] }],
  ['/v2/routes/edge_strategies', { GET: ['edgeStrategies', listEdgeStrategies] }],
  ['/v2/routes/:id', { PATCH: ['editRoute', editRoute], DELETE: ['deleteRoute', deleteRoute] }],
  ['/v2/e911s', { GET: ['listE911s', listAddresses], POST: ['createE911', createAddress] }],
  ['/v2/e911s/validate', { POST: ['validateE911', validateAddress] }],
  [
    '/v2/e911s/:id',
    { GET: ['e911', oneAddress], PATCH: ['editE911', editAddress], DELETE: ['deleteE911', deleteAddress] },
  ],
  ['/v2/e911s/:id/relationships/numbers', { GET: ['e911Numbers', numbersOfAddress] }],
  ['/v2/cnams', { GET: ['listCnams', listNames], POST: ['createCnam', createName] }],
  [
    '/v2/cnams/:id',
    { GET: ['cnam', oneName], PATCH: ['editCnam', editName], DELETE: ['deleteCnam', deleteName] },
  ],
  ['/v2/cdrs/exports', { GET: ['listExports', listExports], POST: ['createExport', createExport] }],
  ['/v2/cdrs/exports/:id', { GET: ['export', oneExport] }],
  ['/v2/portorders', { GET: ['listPortOrders', listPortOrders] }],
  ['/v2/portorders/portability', { POST: ['portability', portability] }],
  ['/v2/portorders/:id', { GET: ['listPortOrders', onePortOrder] }],
  ['/v2/message-provision', { POST: ['provision', provision] }],
  ['/v2/message-provision/status/:id', { GET: ['provisionStatus', provisionStatus] }],
  [`${filesPath}:id`, { GET: ['download', download] }],
];

/** PHP's SDK ends one path with a slash. */
const table = resources.map(([path, methods]) => ({
  pattern: new RegExp(`^${path.replaceAll(':id', '([^/]+)')}/?$`),
  methods,
}));

export type Found = {
  readonly operation: Operation;
  /** The number, or the id when there is no number. */
  readonly subject: string;
  readonly params: readonly string[];
  readonly handler: Handler;
};

/** What a request asks for, or the refusal it gets. */
export function find(method: string, path: string): Found | Answer {
  for (const { pattern, methods } of table) {
    const match = pattern.exec(path);
    if (!match) continue;
    const served = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!served) return refuse(405, 'The method is not allowed for the requested URL.', 'Method Not Allowed');
    const params = match.slice(1).map(decoded);
    return { operation: served[0], subject: params[0] ?? '', params, handler: served[1] };
  }
  return notServed;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Null when the keys are right: plain Basic, both compared whole. A file wants none and refuses those who send them. */
export function refusedKeys(
  path: string,
  authorization: string | undefined,
  keys: readonly KeyPair[],
): Answer | null {
  if (path.startsWith(filesPath)) return authorization === undefined ? null : keysRefused;
  const sent = readBasic(authorization);
  if (sent === null) return denied();
  const right = keys.some(
    ({ accessKey, secretKey }) => sameText(sent.user, accessKey) && sameText(sent.password, secretKey),
  );
  return right ? null : denied();
}

/** The body as JSON, whatever form it was sent in; or the refusal of its media type or of itself. */
export function acceptBody(body: Buffer, headers: IncomingHttpHeaders): Buffer | Answer {
  if (body.length === 0) return body;
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!takes(type, headers['user-agent'] ?? '')) {
    return refuse(415, `The media type ${type} is not supported.`, 'Unsupported Media Type');
  }
  const text = body.toString('utf8').trim();
  const form = type === 'application/x-www-form-urlencoded' && !/^[{["]/.test(text);
  const json = form ? Buffer.from(JSON.stringify(formToJson(text))) : body;
  return readBody(json) === null ? refuse(400, 'The body is not a JSON object.', 'Bad Request') : json;
}

/**
 * Both JSON types, one that the documentation misspells, and none. Forms: PHP's curl and Ruby's Net::HTTP call every
 * body one that nobody named, and Python sends two real ones. Plain text is refused, but for the carrier's own .NET
 * SDK, which says so of all its JSON; nobody knows whether the carrier still takes that.
 */
function takes(type: string, agent: string): boolean {
  if (type === 'text/plain') return /^(Flowroute SDK|APIMATIC)/.test(agent);
  return [
    '',
    'application/json',
    'application/vnd.api+json',
    'application/vnd+api.json',
    'application/x-www-form-urlencoded',
  ].includes(type);
}

export const perform = (found: Found, call: Omit<Call, 'operation' | 'params'>, world: World): Answer =>
  found.handler({ ...call, operation: found.operation, params: found.params }, world);
