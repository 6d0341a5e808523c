import type { AccountKind } from '../contract/accounts.ts';
import type { Features } from '../contract/features.ts';
import { v1Features } from './flowroute/v1/features.ts';
import { v2Features } from './flowroute/v2/features.ts';

const byKind: Readonly<Record<AccountKind, Features>> = {
  'flowroute-v1': v1Features,
  'flowroute-v2': v2Features,
  demo: v2Features,
};

/** What the API of an account of this kind can do: known before there are keys to ask with. */
export function featuresOf(kind: AccountKind): Features {
  return byKind[kind];
}
