/** The two routes of a number, set and cleared one by one: a pair is two requests. */
import type { Side } from '../account.ts';
import type { Answer } from '../answer.ts';
import type { World } from '../world.ts';
import { ownNumber } from './owned.ts';
import { done, invalid, isObject, missing, notYours, readBody, type Call } from './wire.ts';

/** `PATCH /v2/numbers/{id}/relationships/primary_route` or `/failover_route` */
export const setRoute =
  (side: Side) =>
  (call: Call, world: World): Answer => {
    const number = ownNumber(world, call.params[0] ?? '');
    if (number === null) return notYours();
    const data = readBody(call.body)?.['data'];
    const id = isObject(data) ? data['id'] : undefined;
    if (typeof id !== 'string' && typeof id !== 'number') return invalid({ data: { id: missing } });
    if (isObject(data) && data['type'] !== 'route') return invalid({ data: { type: ['Must be route.'] } });
    if (world.account.routes.byId(String(id)) === null) return notYours();
    change(world, number, side, String(id));
    return done;
  };

/** `DELETE` on the same paths. What a number without a primary has then is not documented: the switch says it. */
export const clearRoute =
  (side: Side) =>
  (call: Call, world: World): Answer => {
    const number = ownNumber(world, call.params[0] ?? '');
    if (number === null) return notYours();
    change(world, number, side, side === 'primary' && world.switches.primaryAfterClear === '0' ? '0' : null);
    return done;
  };

function change({ account, ledger }: World, number: string, side: Side, id: string | null): void {
  const place = account.find(number);
  const name = (one: Side) => account.routes.byId(account.routeIdAt(place, one) ?? '')?.alias ?? null;
  const pair = () => [name('primary'), name('failover')];
  const before = pair();
  account.setRoute(place, side, id);
  ledger.routed(number, before, pair());
}
