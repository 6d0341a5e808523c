import type { Features } from '../../../contract/features.ts';

/** The built-in route: v2 keys routes by ids, and its id is always 0. */
export const builtinId = '0';

/**
 * What the adapter does with v2. The API can do more (giving numbers back, names of numbers, emergency addresses, caller names,
 * changing routes): a feature is named here once the adapter has it.
 */
export const v2Features: Features = {
  release: false,
  alias: false,
  editRoute: false,
  deleteRoute: false,
  creatableTypes: ['HOST', 'PSTN', 'URI'],
  builtin: { key: builtinId, label: 'sip-reg' },
  edgeStrategies: false,
  noneAsFailover: true,
  atomicRouting: false,
  listTellsRoutes: false,
  detailsAtOnce: 1,
  maxPage: 200,
  partsOverlap: true,
  billingTerms: false,
  soldLeavesStock: true,
  searchFilters: ['startsWith', 'endsWith', 'kind', 'country'],
  searchOrders: ['number', 'monthly', 'state', 'rateCenter', 'kind', 'country'],
  priceTiers: true,
  tollFree: true,
  e911: false,
  cnam: false,
  portability: false,
  usage: false,
};
