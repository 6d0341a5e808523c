/** Caller names (CNAM): records that wait for approval, and which number has which. */
import { isLocal } from '../account.ts';
import type { Answer } from '../answer.ts';
import { problemWithName } from '../caller-names.ts';
import type { World } from '../world.ts';
import { countryOf } from './number-document.ts';
import { ownNumber } from './owned.ts';
import { nameResource } from './resources.ts';
import {
  attributesOf,
  codeOf,
  document,
  done,
  given,
  invalid,
  list,
  notYours,
  pageOf,
  readBody,
  readFlag,
  readPage,
  refuse,
  type Call,
} from './wire.ts';

/** `GET /v2/cnams`; `value` and, as some SDKs send it, `contains`, `starts_with` and `ends_with`. */
export function listNames(call: Call, world: World): Answer {
  const page = readPage(call.query, world, null);
  if ('status' in page) return page;
  const { account } = world;
  const text = (name: string) => given(call.query, name);
  const [approved, value] = [text('is_approved'), text('value')];
  const wanted = approved === null ? null : readFlag(approved);
  if (approved !== null && wanted === null) return invalid({ is_approved: ['Not a valid boolean.'] });
  const [contains, starts, ends] = [text('contains'), text('starts_with'), text('ends_with')].map((one) =>
    one?.toLowerCase(),
  );
  const all = account.callerNames.all().filter(([, record]) => {
    const name = record.value.toLowerCase();
    const is = account.callerNames.stateOf(record, account.now()) === 'approved';
    return (
      (wanted === null || is === wanted) &&
      name.includes(value?.toLowerCase() ?? '') &&
      name.includes(contains ?? '') &&
      name.startsWith(starts ?? '') &&
      name.endsWith(ends ?? '')
    );
  });
  const { items, more } = pageOf(all, page);
  const rows = items.map(([id, record]) => nameResource(call.origin, world, id, record));
  return list(call, world, '/v2/cnams', page, { is_approved: approved, value }, rows, more);
}

/** `GET /v2/cnams/{id}` */
export function oneName(call: Call, world: World): Answer {
  return shown(call, world, 200, call.params[0] ?? '');
}

/** `POST /v2/cnams`, its body not wrapped. */
export function createName(call: Call, world: World): Answer {
  const { account, ledger } = world;
  const value = readBody(call.body)?.['value'];
  const problem = problemWithName(value);
  if (problem !== null) return invalid({ value: [problem] });
  if (account.callerNames.has(String(value)))
    return refuse(422, 'Duplicate CNAM entry found on your account');
  const id = account.callerNames.add(String(value), account.now());
  ledger.changed('cnam', id, null, value);
  return shown(call, world, 201, id);
}

/** `PATCH /v2/cnams/{id}`, its body wrapped: only while it is pending. */
export function editName(call: Call, world: World): Answer {
  const { account, ledger } = world;
  const [id = ''] = call.params;
  const before = account.callerNames.get(id);
  if (before === null) return notYours();
  if (account.callerNames.stateOf(before, account.now()) !== 'pending') {
    return refuse(403, 'Only a pending CNAM record can be updated.', 'CNAM record not pending');
  }
  const value = attributesOf(readBody(call.body) ?? {})?.['value'];
  const problem = problemWithName(value);
  if (problem !== null) return invalid({ data: { attributes: { value: [problem] } } });
  account.callerNames.edit(id, String(value), account.now());
  ledger.changed('cnam', id, before.value, value);
  return shown(call, world, 200, id);
}

/** `DELETE /v2/cnams/{id}`: numbers that have it lose it. */
export function deleteName(call: Call, world: World): Answer {
  const { account, ledger } = world;
  const [id = ''] = call.params;
  const record = account.callerNames.get(id);
  if (record === null) return refuse(404, 'CNAM record not found. Nothing to delete.', 'Resource not found');
  for (const number of [...account.numbersWith('cnam', id)]) account.change(number, { cnam: null });
  account.callerNames.delete(id);
  ledger.changed('cnam', id, record.value, null);
  return done;
}

/** `PATCH /v2/numbers/{n}/relationships/cnams/{id}`: 202, it takes its time. US local numbers only. */
export function assignName(call: Call, world: World): Answer {
  const { account, ledger, switches } = world;
  const [digits = '', id = ''] = call.params;
  const number = ownNumber(world, digits);
  if (number === null) return notYours();
  const record = account.callerNames.get(id);
  if (record === null) return notYours();
  if (!isLocal(number) || countryOf(number) !== 'US') {
    return refuse(422, 'Cannot assign a CNAM record to a number that does not support it.');
  }
  if (account.callerNames.stateOf(record, account.now()) !== 'approved') {
    return refuse(
      codeOf(switches.cnamNotApproved),
      'This CNAM record is not approved.',
      'CNAM record not approved',
    );
  }
  const before = account.traits(number).cnam;
  account.change(number, { cnam: id, cnamFrom: account.now() + switches.cnamVisibleAfter });
  ledger.changed('numberCnam', number, before, id);
  return requested(world, Number(id));
}

/** `DELETE /v2/numbers/{n}/relationships/cnams` */
export function unassignName(call: Call, world: World): Answer {
  const number = ownNumber(world, call.params[0] ?? '');
  if (number === null) return notYours();
  const before = world.account.traits(number).cnam;
  world.account.change(number, { cnam: null });
  world.ledger.changed('numberCnam', number, before, null);
  return requested(world, null);
}

/** The only ids of caller names that are numbers, or null. */
function requested({ account }: World, id: number | null): Answer {
  const attributes = { date_created: new Date(account.now()).toUTCString() };
  return document(202, { data: { attributes, id, type: 'cnam' } });
}

function shown(call: Call, world: World, status: number, id: string): Answer {
  const record = world.account.callerNames.get(id);
  if (record === null) return notYours();
  const data = nameResource(call.origin, world, id, record);
  return document(status, { data, links: data['links'] });
}
