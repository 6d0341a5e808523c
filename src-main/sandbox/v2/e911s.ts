/** Emergency addresses (E911): records, and which number has which. */
import { isLocal, isTollFree } from '../account.ts';
import type { Answer } from '../answer.ts';
import { addressFields, e911FeeCents, isOnTheMap, problemsOf, type Address } from '../emergency.ts';
import { canPay, type World } from '../world.ts';
import { numberLink } from './number-document.ts';
import { ownNumber } from './owned.ts';
import { addressResource } from './resources.ts';
import {
  attributesOf,
  codeOf,
  document,
  done,
  given,
  invalid,
  invalidAttributes,
  list,
  missing,
  notYours,
  pageOf,
  readBody,
  readPage,
  refuse,
  type Call,
  type Json,
} from './wire.ts';

/** `GET /v2/e911s`; label, street and city match in part, in any case of letters. */
export function listAddresses(call: Call, world: World): Answer {
  const page = readPage(call.query, world, 2000);
  if ('status' in page) return page;
  const filters = Object.fromEntries(
    ['city', 'label', 'state', 'street_name'].map((name) => [name, given(call.query, name)]),
  );
  const matches = (address: Address) =>
    (['city', 'label', 'street_name'] as const).every((name) =>
      address[name].toLowerCase().includes(filters[name]?.toLowerCase() ?? ''),
    ) && (filters['state']?.toUpperCase() ?? address.state) === address.state;
  const all = world.account.emergency.all().filter(([, address]) => matches(address));
  const { items, more } = pageOf(all, page);
  const rows = items.map(([id, address]) => addressResource(call.origin, id, address));
  return list(call, world, '/v2/e911s', page, filters, rows, more);
}

/** `GET /v2/e911s/{id}` */
export function oneAddress(call: Call, world: World): Answer {
  return shown(call, world, 200, call.params[0] ?? '');
}

/** `POST /v2/e911s/validate`: 204 without a body when it may be made. */
export function validateAddress(call: Call, world: World): Answer {
  const address = readAddress(call, world, null);
  return 'body' in address ? address : done;
}

/** `POST /v2/e911s` */
export function createAddress(call: Call, world: World): Answer {
  const address = readAddress(call, world, null);
  if ('body' in address) return address;
  const id = world.account.emergency.add(address);
  world.ledger.changed('e911', id, null, address);
  return shown(call, world, 201, id);
}

/** `PATCH /v2/e911s/{id}`: any attributes; every number that has it gets the new address. */
export function editAddress(call: Call, world: World): Answer {
  const [id = ''] = call.params;
  const before = world.account.emergency.get(id);
  if (before === null) return notYours();
  const address = readAddress(call, world, id);
  if ('body' in address) return address;
  world.account.emergency.edit(id, address);
  world.ledger.changed('e911', id, before, address);
  return shown(call, world, 200, id);
}

/** `DELETE /v2/e911s/{id}`: only while no number has it. */
export function deleteAddress(call: Call, world: World): Answer {
  const { account, ledger, switches } = world;
  const [id = ''] = call.params;
  const before = account.emergency.get(id);
  if (before === null) return notYours();
  if (!account.numbersWith('e911', id).next().done) {
    return refuse(
      codeOf(switches.e911DeleteInUse),
      'This E911 record is still assigned to a number.',
      'E911 record in use',
    );
  }
  account.emergency.delete(id);
  ledger.changed('e911', id, before, null);
  return done;
}

/** `PATCH /v2/numbers/{n}/relationships/e911s/{id}`: charged, unless the number has this very address already. */
export function assignAddress(call: Call, world: World): Answer {
  const { account, ledger, switches } = world;
  const [digits = '', id = ''] = call.params;
  const number = ownNumber(world, digits);
  if (number === null) return notYours();
  // What the number is comes first: a foreign one never gets an address, whichever is asked for.
  if (!isLocal(number) && !isTollFree(number)) {
    return refuse(422, 'Cannot assign an E911 record to a number that does not support emergency services.');
  }
  if (account.emergency.get(id) === null) return notYours();
  const before = account.traits(number).e911;
  if (before === id) return done;
  if (!canPay(world, (e911FeeCents / 100).toFixed(2))) {
    return refuse(
      codeOf(switches.insufficientFundsCode),
      switches.insufficientFundsDetail,
      'Insufficient Funds',
    );
  }
  account.change(number, { e911: id });
  ledger.charged(number, id, e911FeeCents);
  ledger.changed('numberE911', number, before, id);
  return done;
}

/** `DELETE /v2/numbers/{n}/relationships/e911s` */
export function unassignAddress(call: Call, world: World): Answer {
  const number = ownNumber(world, call.params[0] ?? '');
  if (number === null) return notYours();
  const before = world.account.traits(number).e911;
  world.account.change(number, { e911: null });
  if (before !== null) world.ledger.changed('numberE911', number, before, null);
  return done;
}

/** `GET /v2/e911s/{id}/relationships/numbers`. The documented sample has ids here that are not numbers. */
export function numbersOfAddress(call: Call, world: World): Answer {
  const page = readPage(call.query, world);
  if ('status' in page) return page;
  const [id = ''] = call.params;
  const { account, switches } = world;
  if (account.emergency.get(id) === null) return notYours();
  const { items, more } = pageOf(account.numbersWith('e911', id), page);
  const rows = items.map((number) => ({
    type: 'number',
    id: switches.e911NumbersId === 'internal' ? String(600_000 + (Number(number) % 100_000)) : number,
    attributes: { alias: account.traits(number).alias, value: number },
    links: { self: numberLink(call.origin, number) },
  }));
  return list(call, world, `/v2/e911s/${id}/relationships/numbers`, page, {}, rows, more);
}

function shown(call: Call, world: World, status: number, id: string): Answer {
  const address = world.account.emergency.get(id);
  if (address === null) return notYours();
  const data = addressResource(call.origin, id, address);
  return document(status, { data, links: data['links'] });
}

/** The address that a body asks for: a new one, or that of `id` with what it changes; or its refusal. */
function readAddress(call: Call, { account }: World, id: string | null): Address | Answer {
  const attributes = attributesOf(readBody(call.body) ?? {});
  if (attributes === null) return invalid({ data: { attributes: missing } });
  const before = id === null ? null : account.emergency.get(id);
  const address = Object.fromEntries(
    addressFields.map((field) => [field, textOf(attributes, field) ?? before?.[field] ?? '']),
  ) as Address;
  const problems = problemsOf(address);
  if (problems !== null) return invalidAttributes(problems);
  if (account.emergency.labelled(address.label, id) !== null) {
    return invalidAttributes({ label: ['This label is already in use.'] });
  }
  if (!isOnTheMap(address)) {
    return refuse(
      400,
      'Could not geocode this address. Please check the validity of your address.',
      'Client Error',
    );
  }
  return address;
}

/** An attribute as a text, '' for null; undefined when it was not sent. */
function textOf(attributes: Json, field: string): string | undefined {
  const value = attributes[field];
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
