/** Porting: whether numbers could be brought here. The account has no orders. */
import type { Answer } from '../answer.ts';
import { drawnFor } from '../random.ts';
import type { World } from '../world.ts';
import { document, invalid, missing, notYours, readBody, refuse, type Call } from './wire.ts';

/** `POST /v2/portorders/portability`. Numbers want a plus; a fifth of them cannot be ported. */
export function portability(call: Call, { account }: World): Answer {
  const sent = readBody(call.body)?.['numbers'];
  const numbers = (Array.isArray(sent) ? sent : sent === undefined ? [] : [sent]).map(String);
  if (numbers.length === 0) return invalid({ numbers: missing });
  const bad = numbers.filter((number) => !/^[+ ]\d{7,15}$/.test(number));
  if (bad.length > 0)
    return invalid({ numbers: bad.map((number) => `${number} is not a number with a plus.`) });
  const all = numbers.map((number) => `+${number.slice(1)}`);
  const draw = (number: string) => drawnFor(Number(number), account.seed * 16 + 12);
  const portable = all.filter((number) => /^\+1[2-9]/.test(number) && draw(number) >= 0.2);
  return document(200, {
    data: {
      portable,
      nonportable: all.filter((number) => !portable.includes(number)),
      hypernetwork_enabled: portable.filter((number) => draw(number) >= 0.6),
    },
  });
}

/** `GET /v2/portorders`: an empty list is a 404 here. */
export const listPortOrders = (): Answer => refuse(404, 'No Port Orders match this query.');
export const onePortOrder = (): Answer => notYours();
