/** Messaging for many numbers at once, and how far it is. */
import type { Answer } from '../answer.ts';
import type { World } from '../world.ts';
import { ownNumber } from './owned.ts';
import { document, invalid, isObject, missing, notYours, readBody, refuse, type Call } from './wire.ts';

type Task = { readonly done: readonly string[]; readonly failed: readonly string[] };
const tasks = new WeakMap<World, Map<string, Task>>();

/** `POST /v2/message-provision` */
export function provision(call: Call, world: World): Answer {
  const { account, ledger, switches } = world;
  const body = readBody(call.body) ?? {};
  const { numbers, action } =
    isObject(body['data']) && isObject(body['data']['attributes']) ? body['data']['attributes'] : body;
  if (!Array.isArray(numbers) || numbers.length === 0) return invalid({ numbers: missing });
  if (action !== 'enable' && action !== 'disable') return invalid({ action: ['Must be enable or disable.'] });
  if (switches.messageProvisionDown)
    return refuse(503, 'Message provisioning is not available.', 'Service Unavailable');
  const done: string[] = [];
  const failed: string[] = [];
  for (const one of numbers.map((number) => String(number).replace(/^\+/, ''))) {
    const number = ownNumber(world, one);
    if (number === null) failed.push(one);
    else {
      const before = account.traits(number).messaging;
      account.change(number, { messaging: action === 'enable' });
      ledger.changed('messaging', number, before, action === 'enable');
      done.push(number);
    }
  }
  const known = tasks.get(world) ?? new Map<string, Task>();
  const id = String(7001 + known.size);
  tasks.set(world, known.set(id, { done, failed }));
  return document(201, resource(call, id, { done, failed }));
}

/** `GET /v2/message-provision/status/{task}` */
export function provisionStatus(call: Call, world: World): Answer {
  const [id = ''] = call.params;
  const task = tasks.get(world)?.get(id);
  return task ? document(200, resource(call, id, task)) : notYours();
}

function resource(call: Call, id: string, { done, failed }: Task) {
  const [only] = done.length + failed.length === 1 ? [...done, ...failed] : [];
  const attributes =
    only === undefined
      ? { successful: done, processing: [], failed }
      : { status: failed.length > 0 ? 'failed' : 'success', tn: only };
  const self = `${call.origin}/v2/message-provision/status/${id}`;
  return { data: { type: 'message_provisioning_status', id, attributes, links: { self } } };
}
