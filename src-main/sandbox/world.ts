import type { SandboxAccount } from './account.ts';
import { centsOf, type Ledger } from './ledger.ts';
import type { Switches } from './switches.ts';

/** All that an operation works on. */
export type World = {
  readonly account: SandboxAccount;
  readonly ledger: Ledger;
  /** As they are now; they may be changed while it runs. */
  switches: Switches;
  readonly random: () => number;
};

/** Whether what is left of the balance pays for so much; always, without a balance. */
export function canPay({ switches, ledger }: World, dollars: string): boolean {
  const { balanceCents } = switches;
  return balanceCents === null || ledger.spentCents + centsOf(dollars) <= balanceCents;
}
