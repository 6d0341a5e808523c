/** Input schemas of the contract: lengths and ranges are limited here, once, for every host. */
import { z } from 'zod';
import { restoreWays } from './backup.ts';
import { activityKinds, itemStates, offerColumns } from './buying.ts';
import { trimKey } from './clean.ts';
import { desktopCommandIds } from './commands.ts';
import { cellColumns } from './importing.ts';
import type { MethodName } from './names.ts';
import { patternNames } from './patterns.ts';
import { planItemStates, routeColumns, routeShows } from './routing.ts';
import { numberColumns } from './views.ts';

// A CSP without `unsafe-eval` forbids generated code in the renderer, and one behaviour is easier to test.
z.config({ jitless: true });

const nothing = z.strictObject({});
const asker = z.strictObject({ view: z.string().max(36).optional() });
const id = z.string().min(1).max(64);
const label = z.string().trim().min(1, 'Give the account a name.').max(80);
// What copying leaves at the ends of a key is no part of it; inside it every character counts.
const accessKey = z.string().overwrite(trimKey).min(1, 'Type the access key.').max(256);
const secretKey = z.string().overwrite(trimKey).min(1, 'Type the secret key.').max(1024);
/** Only its kind is looked at here: `carrier/address.ts` brings it into the form that is kept. */
const baseUrl = z
  .string()
  .trim()
  .max(512)
  .regex(
    /^(https?:\/\/|(?![a-z][a-z0-9+.-]*:\/\/))\S+$/i,
    'Type an address such as https://api.flowroute.com',
  );
const remember = z.enum(['keychain', 'session']);
const phoneNumber = z.string().regex(/^\d{11}$/, 'A number is 11 digits, such as 12065550142.');
const queryText = z.string().max(1000, 'The query is too long: 1,000 characters at most.');
const npa = z.string().regex(/^[2-9]\d{2}$/, 'An area code is three digits, such as 206.');
const orderId = z.int().min(1);
const searchId = z.int().min(1);
const planId = z.strictObject({ id: z.int().min(1) });
const numbers = z.array(phoneNumber).min(1).max(10_000);
const direction = z.enum(['asc', 'desc']);
const offset = z.int().min(0).max(10_000_000);
const limit = z.int().min(0).max(500);
/** A listed name may have any characters and any length that an address can carry. */
const routeName = z.string().min(1).max(8_192);
const sort = z.strictObject({ column: z.enum(numberColumns), direction });
const tag = z
  .string()
  .trim()
  .min(1, 'Type a tag.')
  .max(32, 'A tag has at most 32 characters.')
  .regex(/^[^,":\p{Cc}]+$/u, 'A tag has no commas, colons or quotes.')
  .refine((text) => text.toLowerCase() !== 'none', 'The word "none" means numbers without tags.');
const columnPlace = z.int().min(0).max(99);
const change = z.strictObject({ primary: routeName.nullable(), failover: routeName.nullable() });
/** Numbers in one answer: a message stays below 256 kB. */
export const mostAtOnce = 10_000;
/** About 20 MB of file as base64: 100,000 rows are far less. */
const fileBase64 = z.string().max(28_000_000, 'The file is too large: 20 MB at most.');

/** A place in a file of at most 512 MB. */
const fileOffset = z.int().min(0).max(536_870_912);

/** Input schemas. Lengths and ranges are limited here, once, for every host. */
export const inputs = {
  'app.info': nothing,
  'app.notices': nothing,
  'app.busy': nothing,
  'app.diagnostics': nothing,
  /** The word is typed by the person: nothing else can mean it. */
  'app.deleteEverything': z.strictObject({ confirm: z.literal('delete', 'Type the word delete.') }),
  'backup.make': nothing,
  'backup.read': z.strictObject({ id, offset: fileOffset }),
  'backup.end': z.strictObject({ id }),
  'restore.begin': nothing,
  /** Pieces come one after another: each begins where the one before ended. */
  'restore.add': z.strictObject({ id, offset: fileOffset, base64: z.base64().max(240_000) }),
  'restore.preview': z.strictObject({ id }),
  'restore.apply': z.strictObject({ id, way: z.enum(restoreWays) }),
  'restore.end': z.strictObject({ id }),
  'shell.reveal': z.strictObject({ number: phoneNumber.nullable(), what: z.enum(['details', 'routes']) }),
  'shell.take': nothing,
  'shell.commands': nothing,
  'shell.run': z.strictObject({ id: z.enum(desktopCommandIds) }),
  'accounts.get': nothing,
  'accounts.signIn': z.strictObject({ label, accessKey, secretKey, baseUrl: baseUrl.optional(), remember }),
  'accounts.tryDemo': nothing,
  'accounts.switch': z.strictObject({ id }),
  'accounts.rename': z.strictObject({ id, label }),
  'accounts.replaceKeys': z.strictObject({ id, accessKey, secretKey, remember }),
  'accounts.signOut': z.strictObject({ id, deleteCache: z.boolean() }),
  'numbers.query': z.strictObject({
    text: queryText,
    sort,
    offset,
    limit,
    /** Whoever asks: a newer question of the same view ends older ones that still wait, with `cancelled`. */
    view: z.string().max(36).optional(),
  }),
  'numbers.details': z.strictObject({ number: phoneNumber }),
  /** By name and type; `after` is the name and the type, with a line feed between them, of the last one that was answered. */
  'numbers.routeUse': z.strictObject({ after: z.string().max(20_000).optional() }),
  'numbers.matching': z.strictObject({
    text: queryText,
    sort,
    offset: offset.optional(),
    limit: z.int().min(1).max(mostAtOnce),
    /** `new` when more pages will be asked for; then what the first answer said. Absent for a single page. */
    snapshot: z.union([z.literal('new'), z.int().min(1)]).optional(),
  }),
  'numbers.rows': z.strictObject({ numbers: z.array(phoneNumber).max(500) }),
  /** Numbers that were pasted, as one filter: digits each, with the country's code. */
  'numbers.keep': z.strictObject({
    numbers: z
      .array(z.string().regex(/^\d{7,15}$/))
      .min(1)
      .max(100_000, 'These are more than 100,000 numbers: paste them in parts.'),
  }),
  'numbers.keptMissing': z.strictObject({ id: z.string().regex(/^[a-z0-9]{1,24}$/) }),
  'numbers.among': z.strictObject({ text: queryText, numbers }),
  'tags.names': nothing,
  'tags.change': z.strictObject({
    source: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('numbers'), numbers: z.array(phoneNumber).min(1).max(100_000) }),
      z.strictObject({ kind: z.literal('query'), text: queryText }),
    ]),
    add: z.array(tag).max(20),
    remove: z.array(tag).max(20),
  }),
  'tags.undo': z.strictObject({ id: z.int().min(1) }),
  'sync.status': nothing,
  'sync.start': nothing,
  'sync.cancel': nothing,
  'settings.get': nothing,
  'settings.set': z.strictObject({
    numberFormat: z.enum(['national', 'international', 'digits']).optional(),
    syncMinutes: z.int().min(0).max(1440).optional(),
    orderLimit: z.int().min(0).max(100_000_000).optional(),
    closeToTray: z.boolean().optional(),
    startAtLogin: z.boolean().optional(),
    checkUpdates: z.boolean().optional(),
    theme: z.enum(['system', 'light', 'dark']).optional(),
    density: z.enum(['comfortable', 'compact']).optional(),
    quickShortcut: z
      .string()
      .regex(
        /^$|^((CommandOrControl|Control|Command|Alt|Shift|Super)\+){1,3}([A-Z0-9]|Space|F\d{1,2})$/,
        'Hold Ctrl, Alt or ⌘ and press a letter, a digit, Space or F1 to F12.',
      )
      .optional(),
  }),
  'find.areaCodes': z.strictObject({ refresh: z.boolean() }),
  'find.exchanges': z.strictObject({ npa, refresh: z.boolean() }),
  'find.start': z.strictObject({ text: queryText, replaces: searchId.nullable() }),
  'find.note': z.strictObject({ text: queryText.min(1) }),
  'find.stop': z.strictObject({ id: searchId }),
  'find.window': z.strictObject({
    id: searchId,
    sort: z.strictObject({ column: z.enum(offerColumns), direction }),
    pattern: z.enum(patternNames).nullable(),
    /** Least numbers in a row, for the pattern `block`. */
    blockSize: z.int().min(2).max(1000),
    offset,
    limit,
  }),
  'find.among': z.strictObject({
    id: searchId,
    pattern: z.enum(patternNames).nullable(),
    blockSize: z.int().min(2).max(1000),
    numbers,
  }),
  'find.searches': nothing,
  'find.saveSearch': z.strictObject({ text: queryText.min(1) }),
  'find.forgetSearch': z.strictObject({ text: queryText }),
  'cart.get': nothing,
  'cart.items': z.strictObject({ offset, limit }),
  'cart.add': z.strictObject({ numbers }),
  'cart.remove': z.strictObject({ numbers }),
  'cart.setBilling': z.strictObject({ number: phoneNumber, billing: z.string().min(1).max(32) }),
  /** `view`: whoever asks, so that its `cart.stopCheck` ends nobody else's question. */
  'cart.check': asker,
  'cart.stopCheck': asker,
  'cart.removeGone': nothing,
  'orders.review': asker,
  'orders.reviewItems': z.strictObject({ token: z.string().min(1).max(64), offset, limit }),
  'orders.buy': z.strictObject({
    token: z.string().min(1).max(64),
    typedCount: z.int().min(0).nullable(),
    routes: z.strictObject({ primary: routeName, failover: routeName }).nullable(),
  }),
  /** From a place on, 0 when it is left out. */
  'orders.list': z.strictObject({ offset: offset.optional() }),
  'orders.get': z.strictObject({ id: orderId }),
  'orders.items': z.strictObject({ id: orderId, status: z.enum(itemStates).nullable(), offset, limit }),
  'orders.reasons': z.strictObject({ id: orderId }),
  'orders.pause': z.strictObject({ id: orderId }),
  'orders.resume': z.strictObject({
    id: orderId,
    /** What was agreed to of a raised price: the sum that was shown, and the count where it is above the limit. */
    agreed: z.strictObject({ dueNow: z.int().min(0), typedCount: z.int().min(0).nullable() }).optional(),
  }),
  'orders.stop': z.strictObject({ id: orderId }),
  'orders.setAside': z.strictObject({ id: orderId }),
  'routes.window': z.strictObject({
    text: queryText,
    show: z.enum(routeShows),
    sort: z.strictObject({ column: z.enum(routeColumns), direction }),
    offset,
    limit,
  }),
  'routes.refresh': nothing,
  'routes.create': z.strictObject({
    name: routeName,
    type: z.enum(['HOST', 'PSTN', 'URI']),
    value: z.string().max(512, 'The value is too long: 512 characters at most.'),
    /** The listed route this name is easily taken for: whoever creates it has seen that. */
    although: routeName.optional(),
  }),
  'routes.audit': nothing,
  'plans.draft': z.strictObject({
    source: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('numbers'),
        numbers: z.array(phoneNumber).min(1).max(100_000),
        change,
      }),
      /** Every number the query matches. */
      z.strictObject({ kind: z.literal('query'), text: queryText, change }),
      /** What the plan changed goes back to what it was. */
      z.strictObject({ kind: z.literal('undo'), plan: orderId }),
      /** What the plan did not change is planned anew. */
      z.strictObject({ kind: z.literal('again'), plan: orderId }),
    ]),
  }),
  'plans.import': z.strictObject({
    name: z.string().max(256),
    base64: fileBase64,
    /** Which column is what, as a person says; without it the names of the columns tell, or it is asked. */
    mapping: z
      .strictObject({
        header: z.boolean(),
        number: columnPlace,
        primary: columnPlace.nullable(),
        failover: columnPlace.nullable(),
      })
      .refine(
        ({ primary, failover }) => primary !== null || failover !== null,
        'Choose a column for one of the routes.',
      )
      .refine(({ number, primary, failover }) => {
        const used = [number, primary, failover].filter((at) => at !== null);
        return new Set(used).size === used.length;
      }, 'A column can be used once only.')
      .optional(),
    /** The draft that was made of the same file before: it is forgotten. */
    replaces: orderId.optional(),
  }),
  /** Other text in a cell of a draft that was made of a file, or a route instead of the same text wherever it stands. */
  'plans.edit': z.strictObject({
    id: orderId,
    edit: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('cell'),
        line: z.int().min(1).max(10_000_000),
        column: z.enum(cellColumns),
        text: z.string().max(8_192),
      }),
      z.strictObject({ kind: z.literal('all'), written: z.string().min(1).max(8_192), name: routeName }),
    ]),
  }),
  'plans.list': z.strictObject({ offset, limit }),
  'plans.get': planId,
  'plans.items': z.strictObject({
    id: z.int().min(1),
    status: z.enum(planItemStates).nullable(),
    /** Only numbers greater than this one: `offset` counts from there. */
    after: phoneNumber.optional(),
    offset,
    limit,
  }),
  'plans.problems': z.strictObject({ id: z.int().min(1), offset, limit }),
  /** What is left out comes first, unless all are asked for by line. */
  'plans.rows': z.strictObject({
    id: z.int().min(1),
    problems: z.boolean(),
    byLine: z.boolean().optional(),
    offset,
    limit,
  }),
  'plans.check': planId,
  /** `revision` is that of the draft as it was shown. */
  'plans.apply': z.strictObject({ id: z.int().min(1), revision: z.int().min(0) }),
  'plans.pause': planId,
  'plans.resume': planId,
  'plans.stop': planId,
  'plans.setAside': planId,
  'plans.retry': planId,
  'plans.discard': planId,
  'activity.list': z.strictObject({
    text: queryText,
    kind: z.enum(activityKinds).nullable(),
    offset,
    limit,
  }),
  'activity.numbers': z.strictObject({ id: z.int().min(1), part: z.int().min(0).max(100_000) }),
} satisfies Record<MethodName, z.ZodType>;
