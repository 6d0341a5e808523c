import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Inputs } from '../../src-main/contract/contract.ts';
import type { PlanSummary } from '../../src-main/contract/routing.ts';
import type { NewActivity } from '../../src-main/orders/activity-store.ts';
import { Plans } from '../../src-main/routing/plans.ts';
import { Routes } from '../../src-main/routing/routes.ts';
import { openStore, type StoreClient } from '../../src-main/storage/client.ts';
import { makeRig, workerUrl, type Rig } from './rig.ts';

const silent = { log: () => undefined };
type Call = (method: string, ...args: unknown[]) => Promise<unknown>;
type Step = { readonly matches: (method: string, args: unknown[]) => boolean; readonly work: () => unknown };

/** Plans over a journal whose answers a test can hold back or spoil: for what happens between two writes. */
export class JournalRig {
  rig!: Rig;
  plans!: Plans;
  journal!: StoreClient<'journal'>;
  told: PlanSummary[] = [];
  recorded: Omit<NewActivity, 'at'>[] = [];
  /** Runs before an activity is written down. */
  onRecord: () => void = () => undefined;
  #steps: Step[] = [];
  #folder = '';

  constructor(owned = 60) {
    beforeEach(async () => {
      this.#folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
      this.#steps = [];
      [this.told, this.recorded] = [[], []];
      this.onRecord = () => undefined;
      this.rig = await makeRig({ owned, available: 10, routes: 8, seed: 21 });
      const file = path.join(this.#folder, 'journal.db');
      this.journal = await openStore('journal', { ...silent, file, workerUrl });
      const { inventory, carrier, sync } = this.rig;
      const shared = {
        journal: this.#watched(),
        inventory,
        carrier: () => carrier,
        record: (entry: Omit<NewActivity, 'at'>) => {
          this.onRecord();
          this.recorded.push(entry);
          return Promise.resolve();
        },
      };
      const routes = new Routes({ ...shared, onRoutes: () => undefined });
      this.plans = new Plans({
        ...{ ...shared, ...silent, routes, againMs: 1 },
        syncNow: (signal) => sync.fresh(signal),
        onGone: () => undefined,
        onPlan: (plan) => this.told.push(plan),
      });
      await sync.start('manual');
    });
    afterEach(async () => {
      await this.plans.close();
      await this.journal.close();
      await this.rig.close();
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  /** The next call that matches is made; its answer waits until the returned function is called. */
  hold(method: string, ...args: unknown[]): { reached: Promise<void>; release: () => void } {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const reached = new Promise<void>((resolve) => {
      this.#steps.push({
        matches: (called, given) => called === method && args.every((arg, at) => given[at] === arg),
        work: () => {
          resolve();
          return gate;
        },
      });
    });
    return { reached, release };
  }

  async draft(source: Inputs['plans.draft']['source']): Promise<PlanSummary> {
    const { id } = await this.plans.draft(source);
    await this.until(id, ({ checking, checkedAt }) => checking === null && checkedAt !== null);
    return this.plans.get(id);
  }

  async until(id: number, ready: (plan: PlanSummary) => boolean): Promise<PlanSummary> {
    for (;;) {
      const plan = await this.plans.get(id);
      if (ready(plan)) return plan;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async numbers(count: number, text = ''): Promise<string[]> {
    const sort = { column: 'number', direction: 'asc' } as const;
    return (await this.rig.inventory.matching({ text, sort, limit: count })).numbers;
  }

  pairOf(number: string): readonly string[] {
    const { account } = this.rig.sandbox;
    return account.pairAt(account.find(number));
  }

  #watched(): StoreClient<'journal'> {
    const call: Call = async (method, ...args) => {
      const value = (this.journal.call as Call).call(this.journal, method, ...args);
      const at = this.#steps.findIndex((step) => step.matches(method, args));
      const [step] = at < 0 ? [] : this.#steps.splice(at, 1);
      await value.catch(() => undefined);
      await step?.work();
      return value;
    };
    return { call } as unknown as StoreClient<'journal'>;
  }
}
