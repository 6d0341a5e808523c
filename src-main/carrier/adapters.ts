import type { AccountKind } from '../contract/accounts.ts';
import type { Carrier } from './carrier.ts';
import type { FlowrouteV2Options } from './flowroute/v2/adapter.ts';

/** Makes a carrier that asks with these keys. */
export type MakeCarrier = (options: FlowrouteV2Options) => Carrier;

/**
 * How a carrier for a kind of account is made. The code of an adapter, and what it needs to send requests, is loaded when it is asked for:
 * a start shows the cached list before that.
 */
export async function adapterOf(kind: AccountKind): Promise<MakeCarrier> {
  if (kind === 'flowroute-v1') {
    const { FlowrouteV1 } = await import('./flowroute/v1/adapter.ts');
    return (options) => new FlowrouteV1(options);
  }
  // The demo account speaks v2 as well.
  const { FlowrouteV2 } = await import('./flowroute/v2/adapter.ts');
  return (options) => new FlowrouteV2(options);
}
