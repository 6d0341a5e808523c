/** The calls of the simulated account, and the file that an export of them is. */
import { gzipSync } from 'node:zlib';
import type { SandboxAccount } from './account.ts';
import type { CallExport, ExportFilters } from './call-exports.ts';
import { drawnFor, seeded } from './random.ts';

/** One call, with what a line of the file needs of it. */
type Call = {
  readonly inbound: boolean;
  readonly at: number;
  readonly number: string;
  readonly alias: string;
  readonly other: string;
  readonly seconds: number;
};

const header =
  'direction,start_time,end_time,destination,number_alias,callerid,total_cost,destination_name,callerid_country,line_information,result,call_fail_sip_code,call_fail_reason,duration,billed_duration,rate,first_increment,subsequent_increment,cost_subtotal,connect_fee,usf_fee,ccrf,cnam_lookup_fee,custom_x_tag,customer_ip';
const rate = 0.012;
const mostCalls = 200_000;

/** The file of an export, and the sums that its record tells. */
export function fileOf(
  account: SandboxAccount,
  { filters }: CallExport,
): { file: Buffer; calls: number; cost: number; minutes: number } {
  const lines = [header];
  let [cost, minutes] = [0, 0];
  for (const call of callsOf(account, filters)) {
    const billed = call.seconds === 0 ? 0 : Math.max(6, Math.ceil(call.seconds / 6) * 6);
    const price = (billed / 60) * rate;
    cost += price;
    minutes += billed / 60;
    lines.push(lineOf(call, billed, price));
  }
  return { file: gzipSync(`${lines.join('\n')}\n`), calls: lines.length - 1, cost, minutes };
}

/**
 * The calls of a span, the same whenever they are asked for: a fifth of the numbers is silent, the others have up to
 * a call a day, most of them inbound.
 */
function* callsOf(account: SandboxAccount, filters: ExportFilters): Generator<Call> {
  const days = {
    first: Math.floor(filters.from / 86_400_000),
    last: Math.floor((filters.to - 1) / 86_400_000),
  };
  let told = 0;
  for (const place of account.ascending) {
    const number = account.ownedAt(place);
    const activity = drawnFor(Number(number), account.seed * 16 + 9);
    if (activity < 0.2) continue;
    const alias = account.traits(number).alias ?? '';
    if (filters.aliases.length > 0 && !filters.aliases.includes(alias)) continue;
    if (filters.aliasesContaining.length > 0 && !filters.aliasesContaining.some((one) => alias.includes(one)))
      continue;
    for (let day = days.first; day <= days.last; day += 1) {
      const random = seeded(Math.floor(drawnFor(Number(number), day) * 2 ** 32));
      if (random() > activity ** 3) continue;
      const at = day * 86_400_000 + Math.floor(random() * 86_400) * 1000;
      if (at < filters.from || at >= filters.to) continue;
      const call: Call = {
        inbound: random() < 0.8,
        at,
        number,
        alias,
        other: `1${String(2_025_550_100 + Math.floor(random() * 100))}`,
        seconds: random() < 0.15 ? 0 : Math.floor(random() ** 2 * 900),
      };
      const [destination, caller] = call.inbound ? [call.number, call.other] : [call.other, call.number];
      if (filters.destinations.length > 0 && !filters.destinations.includes(destination)) continue;
      if (filters.callers.length > 0 && !filters.callers.includes(caller)) continue;
      if (told === mostCalls) return;
      told += 1;
      yield call;
    }
  }
}

function lineOf({ inbound, at, number, alias, other, seconds }: Call, billed: number, price: number): string {
  const time = (when: number) => `${new Date(when).toISOString().slice(0, 19).replace('T', ' ')}+00`;
  const failed = seconds === 0;
  const money = (dollars: number) => dollars.toFixed(5);
  return [
    inbound ? 'Inbound' : 'Outbound',
    time(at),
    time(at + seconds * 1000),
    inbound ? number : other,
    alias.includes(',') || alias.includes('"') ? `"${alias.replaceAll('"', '""')}"` : alias,
    inbound ? other : number,
    money(price),
    inbound ? '' : 'UNITED STATES',
    'US',
    'METERED',
    failed ? 'Failed' : 'Answered',
    failed ? '486' : '200',
    failed ? 'Busy Here' : '',
    String(seconds),
    String(billed),
    String(rate),
    '6',
    '6',
    money(price),
    '0',
    '0',
    '0',
    '0',
    '',
    '203.0.113.10',
  ].join(',');
}
