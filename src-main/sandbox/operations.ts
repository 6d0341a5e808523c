/**
 * The classes of endpoints: what calls are logged and counted under, what faults strike and what limits of rate hold
 * for. Where both versions of the API do the same, the class has the same name.
 */
export type ApiVersion = 'v1' | 'v2';

const reads = [
  'areaCodes',
  'exchanges',
  'tiers',
  'search',
  'owned',
  'details',
  'manyDetails',
  'listRoutes',
  'edgeStrategies',
  'listE911s',
  'e911',
  'validateE911',
  'e911Numbers',
  'listCnams',
  'cnam',
  'listExports',
  'export',
  'download',
  'portability',
  'listPortOrders',
  'provisionStatus',
] as const;
const changes = [
  'purchase',
  'setRoutes',
  'setPrimary',
  'setFailover',
  'clearPrimary',
  'clearFailover',
  'createRoute',
  'editRoute',
  'deleteRoute',
  'update',
  'release',
  'callback',
  'provision',
  'createE911',
  'editE911',
  'deleteE911',
  'assignE911',
  'unassignE911',
  'createCnam',
  'editCnam',
  'deleteCnam',
  'assignCnam',
  'unassignCnam',
  'createExport',
] as const;
export const operations = [...reads, ...changes] as const;
export type Operation = (typeof operations)[number];
export const writes: ReadonlySet<Operation> = new Set(changes);

/** A fault of v1's `setRoutes`, which sets both sides at once, strikes these of v2 too. */
export const sides: ReadonlySet<Operation> = new Set<Operation>([
  'setPrimary',
  'setFailover',
  'clearPrimary',
  'clearFailover',
]);
