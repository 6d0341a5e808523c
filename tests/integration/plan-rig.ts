import { afterEach, beforeEach } from 'vitest';
import type { Inputs } from '../../src-main/contract/contract.ts';
import type { NumberRow } from '../../src-main/contract/numbers.ts';
import type { Imported } from '../../src-main/contract/routing.ts';
import type { PlanView } from '../../src-main/contract/routing.ts';
import type { Waits } from '../../src-main/app/context.ts';
import { startSandbox, type Sandbox } from '../../src-main/sandbox/server.ts';
import { notOverV1, overV2 } from '../support/second-carrier.ts';
import { toSet } from './buy-rig.ts';
import { memoryKeychain, startApplication, temporaryFolder, type RunningApplication } from './app-rig.ts';

const sort = { column: 'number', direction: 'asc' } as const;
export const east = { primary: 'sbc-east', failover: 'fax' };
export const toEast = toSet(east);
export const ended = (plan: PlanView) => plan.phase === 'done' || plan.phase === 'paused';
const compared = (plan: PlanView) =>
  plan.checking === null && (plan.checkedAt !== null || plan.waiting !== null);

/** Before each test of the file: a carrier with 300 numbers and an application that has synced them. */
export class PlanRig {
  sandbox!: Sandbox;
  app!: RunningApplication;
  #keychain = memoryKeychain();
  #folder!: ReturnType<typeof temporaryFolder>;

  constructor() {
    beforeEach(async () => {
      this.sandbox = await startSandbox({ owned: 300, available: 10, routes: 8, seed: 21, secretKey: 's' });
      this.#folder = temporaryFolder();
      this.app = await startApplication(this.#folder.path, this.#keychain);
      const { accessKey, url: baseUrl } = this.sandbox;
      const api = overV2 ? 'v2' : 'v1';
      const keys = { accessKey, secretKey: 's', baseUrl, api, remember: 'keychain' } as const;
      await this.app.call('accounts.signIn', { label: 'A', ...keys });
      await this.synced();
    });
    afterEach(async () => {
      await this.app.application.close();
      await this.sandbox.close();
      this.#folder.remove();
    });
  }

  async synced(): Promise<void> {
    await this.app.status((status) => status.completedAt !== null);
    await this.app.readRoutes();
  }

  async restart(waits: Partial<Waits> = {}): Promise<void> {
    await this.app.application.close();
    this.app = await startApplication(this.#folder.path, this.#keychain, false, waits);
    await this.synced();
  }

  /** Every number with the pair the carrier has. */
  truth(): string[] {
    const { account } = this.sandbox;
    return Array.from({ length: account.ownedCount }, (_, place) =>
      [account.ownedAt(place), ...account.pairAt(place)].join(' '),
    ).sort();
  }

  /** Every number with the pair the list has. */
  async shown(): Promise<string[]> {
    const { rows } = await this.app.call('numbers.query', { text: '', sort, offset: 0, limit: 500 });
    return rows.map(shownLine);
  }

  pairOf(number: string): readonly string[] {
    return this.sandbox.account.pairAt(this.sandbox.account.find(number));
  }

  setElsewhere(number: string, primary: string, failover: string): void {
    this.sandbox.account.setPair(this.sandbox.account.find(number), primary, failover);
  }

  async until(id: number, ready: (plan: PlanView) => boolean): Promise<PlanView> {
    for (;;) {
      const plan = await this.app.call('plans.get', { id });
      if (ready(plan)) return plan;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** A draft, once it is compared. */
  async draft(source: Inputs['plans.draft']['source']): Promise<PlanView> {
    return this.until((await this.app.call('plans.draft', { source })).id, compared);
  }

  /** A draft of a file's text, once it is compared. */
  async import(text: string): Promise<PlanView> {
    const base64 = Buffer.from(text).toString('base64');
    const imported = await this.app.call('plans.import', { name: 'moves.csv', base64 });
    return this.until(planOf(imported).id, compared);
  }

  compared(id: number): Promise<PlanView> {
    return this.until(id, compared);
  }

  async apply(id: number): Promise<PlanView> {
    await this.app.applyPlan(id);
    return this.until(id, ended);
  }

  async numbers(count: number, text = ''): Promise<string[]> {
    const { numbers } = await this.app.call('numbers.matching', { text, sort, limit: count });
    return [...numbers];
  }
}

/** A row as the sandbox has it, which knows no other number without a failover than one with the built-in route. */
export const shownLine = ({ number, primary, failover }: NumberRow) =>
  `${number} ${primary} ${failover || 'sip-reg'}`;

/** What is shown of a failover that the sandbox has: other adapters take the built-in route for none. */
export const shownFailover = (route: string) => (notOverV1 && route === 'sip-reg' ? '' : route);

/** The plan an import has made; one that asks about its columns fails the test. */
export function planOf(imported: Imported): PlanView {
  if (imported.kind === 'columns') throw new Error(imported.file.question ?? 'which column is which?');
  return imported.plan;
}
