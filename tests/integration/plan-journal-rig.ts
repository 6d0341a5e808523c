import type { JournalStores } from '../../src-main/journal/file.ts';
import { openJournal, type Journal } from '../../src-main/journal/open.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Carrier } from '../../src-main/carrier/carrier.ts';
import { detailsOf } from '../../src-main/carrier/details.ts';
import type { PhoneNumber } from '../../src-main/contract/model.ts';
import type { Inputs } from '../../src-main/contract/contract.ts';
import type { PlanSummary, PlanView } from '../../src-main/contract/routing.ts';
import type { NewActivity } from '../../src-main/activity/activity-store.ts';
import { Plans } from '../../src-main/routing/plans.ts';
import { Routes } from '../../src-main/routing/routes.ts';
import type { FileClient } from '../../src-main/platform/storage/client.ts';
import { makeRig, workerUrl, type Rig } from './rig.ts';
import { WatchedJournal } from './watched-journal.ts';

const silent = { log: () => undefined };
/** Plans over a journal whose answers a test can hold back or spoil: for what happens between two writes. */
export class JournalRig {
  rig!: Rig;
  plans!: Plans;
  journal!: Journal;
  told: PlanSummary[] = [];
  recorded: Omit<NewActivity, 'at'>[] = [];
  /** Runs before an activity is written down. */
  onRecord: () => void = () => undefined;
  watched!: WatchedJournal;
  #file!: FileClient<JournalStores>;
  #folder = '';

  constructor(owned = 60) {
    beforeEach(async () => {
      this.#folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-'));
      [this.told, this.recorded] = [[], []];
      this.onRecord = () => undefined;
      this.rig = await makeRig({ owned, available: 10, routes: 8, seed: 21 });
      const file = path.join(this.#folder, 'journal.db');
      this.#file = await openJournal({ ...silent, file, workerUrl });
      this.journal = this.#file.stores;
      this.watched = new WatchedJournal(this.journal);
      const { inventory, sync } = this.rig;
      const carrier = this.rig.v2 ?? this.rig.second ?? this.rig.carrier;
      const shared = {
        journal: this.watched.stores,
        inventory,
        carrier: () => carrier,
        record: (entry: Omit<NewActivity, 'at'>) => {
          this.onRecord();
          this.recorded.push(entry);
          return Promise.resolve();
        },
      };
      const routes = new Routes({ ...shared, features: carrier.features, onRoutes: () => undefined });
      this.plans = new Plans({
        ...{ ...shared, ...silent, routes, againMs: 1 },
        syncNow: (signal) => sync.fresh(signal),
        onGone: () => undefined,
        onPlan: (plan) => this.told.push(plan),
      });
      await sync.start('manual');
      await this.#readRoutes(carrier, routes);
    });
    afterEach(async () => {
      await this.plans.close();
      await this.#file.close();
      await this.rig.close();
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  /** Where the list of this adapter does not tell the routes of its numbers, each is asked for. */
  async #readRoutes(carrier: Carrier, routes: Routes): Promise<void> {
    if (carrier.features.listTellsRoutes) return;
    await routes.refresh();
    const numbers = (await this.numbers(10_000)) as PhoneNumber[];
    const found = await Promise.all(numbers.map((number) => detailsOf(carrier, number)));
    await this.rig.inventory.applySeen(found.map((item) => ({ item, at: Date.now() })));
  }

  /** The next call that matches is made; its answer waits until the returned function is called. */
  hold(name: string, ...args: unknown[]): { reached: Promise<void>; release: () => void } {
    return this.watched.hold(name, ...args);
  }

  async draft(source: Inputs['plans.draft']['source']): Promise<PlanView> {
    const { id } = await this.plans.drafts.make(source);
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
}
