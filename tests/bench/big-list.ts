import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Profiles } from '../../src-main/accounts/profiles.ts';
import type { OwnedNumber, PhoneNumber } from '../../src-main/contract/model.ts';
import { NumberStore } from '../../src-main/inventory/number-store.ts';
import { seeded } from '../../src-main/sandbox/random.ts';

/** A data folder with one account and its cached list, as a sync leaves it. */
export type BigList = {
  readonly folder: string;
  readonly file: string;
  readonly numbers: readonly string[];
  remove(): void;
};

const npas =
  '206 212 213 253 303 305 310 312 404 415 425 469 503 512 514 602 604 615 617 646 702 713 718 720 800 917'.split(
    ' ',
  );
const routes = ['sip-reg', 'sbc-east', 'sbc-west', 'pbx-1', 'pbx-2', 'fax', 'after-hours', 'main-office'];

/** Numbers in runs inside exchanges, as people own them, on 26 area codes and 8 routes. */
export async function makeBigList(count: number, url = 'http://127.0.0.1:9/v1'): Promise<BigList> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'numberdesk-bench-'));
  const { profiles } = await Profiles.open(folder);
  const { id } = await profiles.add({
    ...{ label: 'Bench', kind: 'flowroute-v1', accessKey: '80001234', baseUrl: url, keptIn: 'session' },
  });
  const random = seeded(11);
  const chosen = new Set<string>();
  while (chosen.size < count) {
    const npa = npas[Math.floor(random() * npas.length)] ?? '206';
    let line = 2_000_000 + Math.floor(random() * 7_990_000);
    for (let run = Math.ceil(random() * 200); run > 0 && chosen.size < count; run -= 1)
      chosen.add(`1${npa}${line++}`);
  }
  const numbers = [...chosen].sort();
  const file = path.join(folder, 'accounts', id, 'numbers.db');
  mkdirSync(path.dirname(file), { recursive: true });
  const store = new NumberStore(file);
  const { id: pass } = store.beginPass(Date.now());
  const route = () => {
    const key = routes[Math.floor(random() ** 2 * routes.length)] ?? 'sip-reg';
    return { key, type: key === 'sip-reg' ? 'SIP-REG' : 'HOST' };
  };
  for (let at = 0, page = 1; at < count; at += 5_000, page += 1) {
    const items = numbers.slice(at, at + 5_000).map((number): OwnedNumber => ({
      number: number as PhoneNumber,
      billing: random() < 0.8 ? 'METERED' : 'VPRI',
      routes: { primary: route(), failover: route() },
    }));
    store.putPage(pass, { page, isLast: at + 5_000 >= count, next: null }, items, Date.now());
  }
  store.finishPass(pass, Date.now());
  store.close();
  return {
    ...{ folder, file, numbers },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
