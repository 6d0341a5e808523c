/** Call records (CDR): an export is asked for, made after a while, and then fetched from another path. */
import type { Answer } from '../answer.ts';
import type { CallExport, ExportFilters } from '../call-exports.ts';
import { fileOf } from '../call-records.ts';
import type { World } from '../world.ts';
import {
  attributesOf,
  document,
  filesPath,
  given,
  invalid,
  invalidAttributes,
  isObject,
  list,
  missing,
  notYours,
  pageOf,
  readBody,
  readPage,
  type Call,
  type Json,
} from './wire.ts';

const day = 86_400_000;
const mostDays = 92;

/** `POST /v2/cdrs/exports` */
export function createExport(call: Call, world: World): Answer {
  const { account, ledger } = world;
  const attributes = attributesOf(readBody(call.body) ?? {});
  const parameters = attributes?.['filter_parameters'];
  if (!isObject(parameters)) return invalidAttributes({ filter_parameters: missing });
  const filters = readFilters(parameters);
  if ('status' in filters) return filters;
  const made = account.exports.add(parameters, filters, account.now());
  ledger.changed('export', made.id, null, parameters);
  return document(201, { data: resource(call, world, made), links: links(call, made.id) });
}

/** `GET /v2/cdrs/exports`: each row is wrapped once more. */
export function listExports(call: Call, world: World): Answer {
  const page = readPage(call.query, world);
  if ('status' in page) return page;
  const { account, switches } = world;
  const wanted = given(call.query, 'status');
  if (wanted !== null && !['processing', 'completed', 'failed'].includes(wanted)) {
    return invalid({ status: ['Must be processing, completed or failed.'] });
  }
  const all = account.exports.all().filter((one) => wanted === null || statusOf(world, one) === wanted);
  const { items, more } = pageOf(all, page);
  // Lists have the id as a number.
  const rows = items.map((one) => ({
    data: { ...resource(call, world, one), id: Number(one.id) },
    links: links(call, one.id),
  }));
  const answer = list(call, world, '/v2/cdrs/exports', page, { status: wanted }, rows, more);
  if (!switches.oddLinks) return answer;
  return {
    ...answer,
    body: answer.body.replaceAll(`${call.origin}/v2/cdrs/exports?`, 'http://cdr-api/cdrs/exports?'),
  };
}

/** `GET /v2/cdrs/exports/{id}` */
export function oneExport(call: Call, world: World): Answer {
  const one = world.account.exports.get(call.params[0] ?? '');
  if (one === null) return notYours();
  return document(200, { data: resource(call, world, one), links: links(call, one.id) });
}

/** The file itself. It wants no keys, and takes none. */
export function download(call: Call, world: World): Answer {
  const one = world.account.exports.byToken((call.params[0] ?? '').replace(/\.csv\.gz$/, ''));
  if (one === null || !world.account.exports.isDone(one, world.account.now())) {
    return { status: 404, type: 'application/xml', body: '<Error><Code>NoSuchKey</Code></Error>' };
  }
  return { status: 200, type: 'application/gzip', body: '', bytes: fileOf(world.account, one).file };
}

export const keysRefused: Answer = {
  status: 400,
  type: 'application/xml',
  body: '<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>',
};

const statusOf = ({ account }: World, one: CallExport) =>
  account.exports.isDone(one, account.now()) ? 'completed' : 'processing';

const links = (call: Call, id: string) => ({ self: `${call.origin}/v2/cdrs/exports/${id}` });

function resource(call: Call, world: World, one: CallExport): Json {
  const status = statusOf(world, one);
  const finished = status === 'completed' ? fileOf(world.account, one) : null;
  return {
    type: 'cdrexport',
    id: one.id,
    attributes: {
      status,
      filter_parameters: one.parameters,
      date_created: new Date(one.createdAt).toUTCString(),
      ...(finished === null
        ? {}
        : {
            download_url: `${call.origin}${filesPath}${one.token}.csv.gz`,
            num_calls: finished.calls,
            billed_minutes: finished.minutes.toFixed(2),
            total_cost: finished.cost.toFixed(5),
            total_cnam_lookup_fee: '0.00000',
          }),
    },
    links: links(call, one.id),
  };
}

function readFilters(parameters: Json): ExportFilters | Answer {
  const problems: Record<string, string[]> = {};
  const time = (name: string, label: string) => {
    const value = parameters[name];
    if (value === undefined) problems[label] = missing;
    const at = typeof value === 'string' ? Date.parse(`${value.replace(' ', 'T')}Z`) : NaN;
    if (value !== undefined && !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(String(value)))
      problems[label] = ['Not a valid datetime.'];
    return at;
  };
  const texts = (name: string): string[] => {
    const value = parameters[name];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.map(String);
    problems[name] = ['Not a valid list.'];
    return [];
  };
  const filters = {
    // The documented sample names the field so in its error.
    from: time('start_call_start_time', 'start_date'),
    to: time('start_call_end_time', 'end_date'),
    aliases: texts('number_aliases'),
    aliasesContaining: texts('number_aliases_contains'),
    destinations: texts('destination_numbers').map(digits),
    callers: texts('callerid_numbers').map(digits),
  };
  if (Object.keys(problems).length > 0) return invalid(problems);
  if (filters.to <= filters.from) return invalid({ end_date: ['Must be after the start.'] });
  if (filters.to - filters.from > mostDays * day) return invalid({ end_date: [`At most ${mostDays} days.`] });
  return filters;
}

const digits = (number: string): string => number.replace(/\D/g, '');
