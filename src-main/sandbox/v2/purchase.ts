/** `POST /v2/numbers/{id}`: buys. */
import type { Answer } from '../answer.ts';
import { drawnFor } from '../random.ts';
import { canPay, type World } from '../world.ts';
import { details } from './number-document.ts';
import { readOptions } from './owned.ts';
import { codeOf, document, notYours, readBody, refuse, type Call } from './wire.ts';

export function purchase(call: Call, world: World): Answer {
  const { account, ledger, switches } = world;
  const [number = ''] = call.params;
  if (!/^\d{7,15}$/.test(number)) return notYours();
  const body = readBody(call.body) ?? {};
  // Options come in a body or in the query.
  const options = readOptions({ ...Object.fromEntries(call.query), ...body });
  if ('status' in options) return options;
  const { setupCost, monthlyCost } = account.offer(number);
  if (!canPay(world, setupCost)) {
    return refuse(
      codeOf(switches.insufficientFundsCode),
      switches.insufficientFundsDetail,
      'Insufficient Funds',
    );
  }
  const again = account.chargesTwice && account.find(number) >= 0;
  if (!again) {
    const lost = drawnFor(Number(number), account.seed * 16 + 11) < switches.takenShare;
    if (!account.sell(number)) return taken(world, number);
    if (lost) {
      ledger.soldElsewhere(number);
      return taken(world, number);
    }
    account.own(number);
    account.change(number, options);
    if (switches.purchaseVisibleAfter > 0)
      account.hide(number, account.now() + switches.purchaseVisibleAfter);
  }
  ledger.purchased(number, setupCost, monthlyCost);
  const half = options.messaging === true && switches.messageProvisionDown;
  return document(half ? 207 : 201, details(call, world, number));
}

function taken({ switches }: World, number: string): Answer {
  return refuse(codeOf(switches.taken), `The number ${number} is not available for purchase.`);
}
