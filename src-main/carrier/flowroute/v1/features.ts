import type { Features } from '../../../contract/features.ts';

/** The name of the built-in route. v1 keys routes by their names, and they are what people see. */
export const SIP_REG = 'sip-reg';

/** v1 has no way to release a number, edit or delete a route, or set an alias (all v1 SDKs agree), and none of what v2 added. */
export const v1Features: Features = {
  release: false,
  alias: false,
  editRoute: false,
  deleteRoute: false,
  creatableTypes: ['HOST', 'PSTN', 'URI'],
  builtin: { key: SIP_REG, label: SIP_REG },
  edgeStrategies: false,
  noneAsFailover: false,
  atomicRouting: true,
  listTellsRoutes: true,
  detailsAtOnce: 1,
  maxPage: 200,
  partsOverlap: false,
  billingTerms: true,
  soldLeavesStock: false,
  searchFilters: [],
  searchOrders: [],
  priceTiers: false,
  tollFree: false,
  e911: false,
  cnam: false,
  portability: false,
  usage: false,
};
