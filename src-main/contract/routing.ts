import { z } from 'zod';
import type { AppError } from './errors.ts';
import { cellColumns, type ImportFile, type MeantRoute } from './importing.ts';
import type { PlanReason, PlanWait } from './job-words.ts';
import type { OddRecords, Route } from './model.ts';
import type { LeftOut } from './left-out.ts';
import { takes } from './method.ts';
import type { Suggestion } from './numbers.ts';
import { planColumns } from './plan-query.ts';
import { planItemStatuses, type PlanItemStatus, type PlanKind, type PlanPhase } from './plan-statuses.ts';
import {
  recordId,
  chosenNumbers,
  phoneNumber,
  queryText,
  offset,
  limit,
  routeName,
  setRoute,
  sortedBy,
} from './schemas.ts';

export type { PlanKind, PlanPhase };

const routeColumns = ['name', 'type', 'value', 'primary', 'failover'] as const;

export type RouteColumn = (typeof routeColumns)[number];

export type RouteView = Route & {
  /** Numbers that use it, by the cached list. */
  readonly primaryCount: number;
  readonly failoverCount: number;
  /** False when numbers point at it and the carrier does not list it. */
  readonly listed: boolean;
  /** Why the value would not be accepted today; old values are shown as they are. */
  readonly problem: string | null;
};

export type RoutesWindow = {
  /** Unix milliseconds of the carrier's answer; null before the first. */
  readonly at: number | null;
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly RouteView[];
  /** How often those that match are used, all together: a number counts on each side that has one of them. */
  readonly primaryCount: number;
  readonly failoverCount: number;
  /** Numbers whose routes were not read yet: what uses a route is not wholly known then. */
  readonly unread: number;
  /** Routes that the carrier lists in a form that cannot be used: they exist, and are not among the rows. */
  readonly odd: OddRecords;
};

/** Findings of an audit, each with the query that shows its numbers. */
export type AuditFinding = {
  readonly id:
    'no-failover' | 'same' | 'missing-primary' | 'missing-failover' | 'single-primary' | 'single-failover';
  readonly numbers: number;
  readonly query: string;
};

export type AuditView = {
  readonly at: number | null;
  readonly findings: readonly AuditFinding[];
  /** Numbers that no finding tells anything of: their routes were not read yet. */
  readonly unread: number;
};

/** Numbers that have the same primary route, and which failovers they have. */
export type PrimaryUse = {
  readonly primary: string;
  readonly numbers: number;
  /** The most used first, at most 20; '' for none. */
  readonly failovers: readonly { readonly failover: string; readonly numbers: number }[];
};

/** The numbers of a query by their primary route, those with the most numbers first. */
export type PrimariesView = {
  readonly numbers: number;
  /** Those that have no primary route. */
  readonly without: number;
  /** Those whose routes were not read yet. */
  readonly unread: number;
  /** How many primary routes there are; `rows` are the first of them. */
  readonly count: number;
  readonly rows: readonly PrimaryUse[];
};

/** A route that is set: windows name it by its label, the program by its key. */
export type SetRoute = { readonly route: string };

/**
 * What becomes of one of the two routes of a number. `keep`: it stays what the carrier has at the moment of the change. `none`: the
 * number has no such route afterwards, which is another thing than the built-in route.
 */
export type SideChange = 'keep' | 'none' | SetRoute;

/** What becomes of both. Only a failover can be none, and only where the account's API has that (`Features.noneAsFailover`). */
export type RouteChange = {
  readonly primary: Exclude<SideChange, 'none'>;
  readonly failover: SideChange;
};

export type PlanSummary = {
  /** Random: no other account has a plan of this id. */
  readonly id: number;
  /** What people call it: "Change 7". Counts from 1 in each account. */
  readonly ordinal: number;
  readonly createdAt: number;
  readonly kind: PlanKind;
  readonly title: string;
  readonly phase: PlanPhase;
  /** Why it waits. */
  readonly waiting: PlanWait | null;
  /** Nothing of it is sent any more: resuming only looks up what may have been changed. */
  readonly stopped: boolean;
  /** Unix milliseconds when every number was compared with the carrier; null before. */
  readonly checkedAt: number | null;
  readonly checking: { readonly done: number; readonly total: number } | null;
  readonly counts: Readonly<Record<PlanItemStatus, number>>;
  readonly total: number;
  /** Numbers that were right already; `plans.items` lists them as `right`. */
  readonly alreadyRight: number;
  /** Numbers or lines left out for a reason; `plans.problems` lists them. */
  readonly problems: number;
  /** Numbers whose routes the carrier had changed since the last sync. */
  readonly flagged: number;
  /** Numbers that it has changed or, as no answer was ever clear, may have changed: what an undo looks at. */
  readonly undoable: number;
  /** Per second, of the running plan. */
  readonly perSecond: number;
};

/** One kind of change inside a plan and how many numbers it concerns. */
export type PlanGroup = {
  readonly before: { readonly primary: string; readonly failover: string };
  readonly after: { readonly primary: string; readonly failover: string };
  readonly count: number;
  readonly flagged: number;
};

export type PlanView = PlanSummary & {
  /** The largest first, at most 200; `groupCount` is how many there are. */
  readonly groups: readonly PlanGroup[];
  readonly groupCount: number;
  /** Grows with every change of what a draft will do; `plans.apply` names the one that was shown. */
  readonly revision: number;
  /** Numbers that get the same route on both sides. */
  readonly twice: number;
  /** Rows of the imported file; 0 for a plan of another kind. */
  readonly rows: number;
  /** What the columns of the imported file were used for; null for a plan of another kind, or of before this was kept. */
  readonly file: ImportFile | null;
};

export type PlansWindow = {
  /** Of all plans, whatever was asked for. */
  readonly total: number;
  /** How many of all are not done. */
  readonly open: number;
  /** How many the query finds; none where it is not understood. */
  readonly matching: number;
  readonly offset: number;
  readonly plans: readonly PlanSummary[];
};

export type PlanItem = {
  readonly number: string;
  readonly beforePrimary: string;
  readonly beforeFailover: string;
  readonly primary: string;
  readonly failover: string;
  readonly flagged: boolean;
  readonly status: PlanItemStatus;
  readonly reason: PlanReason | null;
};

export type PlanItemsWindow = { readonly matching: number; readonly items: readonly PlanItem[] };

/** `line` is the line of the file, 0 for a number that was chosen on screen. */
export type PlanProblem = { readonly line: number; readonly number: string; readonly why: LeftOut | null };

export type PlanProblemsWindow = { readonly matching: number; readonly problems: readonly PlanProblem[] };

/** A row of an imported file: its cells as they were read, and what will happen or happened. */
export type PlanRow = {
  /** The line of the file it begins on. */
  readonly line: number;
  readonly number: string;
  readonly primary: string;
  readonly failover: string;
  /** `problem`: it is left out, and `leftOut` says why. */
  readonly outcome: PlanItemStatus | 'problem';
  readonly leftOut: LeftOut | null;
  /** What became of its number. */
  readonly reason: PlanReason | null;
  /** What the number has and what it gets; null for a row that is left out. */
  readonly before: { readonly primary: string; readonly failover: string } | null;
  readonly after: { readonly primary: string; readonly failover: string } | null;
  /** The route that was probably meant by a cell that names none. */
  readonly meant: MeantRoute | null;
};

export type PlanRowsWindow = { readonly matching: number; readonly rows: readonly PlanRow[] };

export type RoutesRefreshed = { readonly at: number | null; readonly error: AppError | null };

/** A draft, or the question which column is which. */
export type Imported =
  | { readonly kind: 'plan'; readonly plan: PlanView }
  | { readonly kind: 'columns'; readonly file: ImportFile };

/** What windows may ask about this. */
export const routingMethods = () => {
  const columnPlace = z.int().min(0).max(99);
  const change = z.strictObject({
    primary: z.union([z.literal('keep'), setRoute]),
    failover: z.union([z.enum(['keep', 'none']), setRoute]),
  });
  /** About 20 MB of file as base64: 100,000 rows are far less. */
  const fileBase64 = z.string().max(28_000_000, 'The file is too large: 20 MB at most.');
  return {
    /** A window of the routes that a query of `route-query.ts` finds; none for one that is not understood. */
    'routes.window': takes({
      text: queryText,
      sort: sortedBy(routeColumns),
      offset,
      limit,
    }).gives<RoutesWindow>(),
    /** What may be meant by `typed`, the text before the caret, where `text` is the rest of the query; counts are of routes. */
    'routes.suggest': takes({ text: queryText, typed: queryText }).gives<readonly Suggestion[]>(),
    /** Lists the routes anew; the old list stays when that fails, with the reason. */
    'routes.refresh': takes({}).gives<RoutesRefreshed>(),
    /**
     * Refused when the name exists: a route is never overwritten. One that looks like a listed one has to be
     * confirmed.
     */
    'routes.create': takes({
      name: routeName,
      type: z.enum(['HOST', 'PSTN', 'URI']),
      value: z.string().max(512, 'The value is too long: 512 characters at most.'),
      /** The listed route this name is easily taken for: whoever creates it has seen that. */
      although: routeName.optional(),
    }).gives<Route>(),
    'routes.audit': takes({}).gives<AuditView>(),
    /** Which primary routes the numbers of a query have, and with which failovers. */
    'routes.primaries': takes({ text: queryText }).gives<PrimariesView>(),
    /** A draft, and the beginning of its comparison with the carrier. Nothing is changed before `plans.apply`. */
    'plans.draft': takes({
      source: z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('numbers'),
          numbers: z.array(phoneNumber).min(1).max(100_000),
          change,
        }),
        /** Every number the query matches. */
        z.strictObject({ kind: z.literal('query'), text: queryText, change }),
        /** Several of these in one draft, each with its own change. Of a number that is in two of them the first counts. */
        z.strictObject({
          kind: z.literal('several'),
          parts: z
            .array(z.strictObject({ of: chosenNumbers, change }))
            .min(1)
            .max(1_000),
        }),
        /** What the plan changed goes back to what it was. */
        z.strictObject({ kind: z.literal('undo'), plan: recordId }),
        /** What the plan did not change is planned anew. */
        z.strictObject({ kind: z.literal('again'), plan: recordId }),
      ]),
    }).gives<PlanView>(),
    /** A draft as with `plans.draft`, or the question which column is which. */
    'plans.import': takes({
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
      replaces: recordId.optional(),
    }).gives<Imported>(),
    /** Other text in a cell of a draft that was made of a file, or a route instead of the same text wherever it stands. */
    'plans.edit': takes({
      id: recordId,
      edit: z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('cell'),
          line: z.int().min(1).max(10_000_000),
          column: z.enum(cellColumns),
          text: z.string().max(8_192),
        }),
        z.strictObject({ kind: z.literal('all'), written: z.string().min(1).max(8_192), name: routeName }),
      ]),
    }).gives<PlanView>(),
    /** A window of the changes that a query finds (`plan-query.ts`), in an order; all of them, the newest first, where these are left out. */
    'plans.list': takes({
      text: queryText.optional(),
      sort: sortedBy(planColumns).optional(),
      offset,
      limit,
    }).gives<PlansWindow>(),
    /** What the end of `typed`, the text before the caret, may be meant to become; `text` is the rest of the query. */
    'plans.suggest': takes({ text: queryText, typed: queryText }).gives<readonly Suggestion[]>(),
    'plans.get': takes({ id: recordId }).gives<PlanView>(),
    'plans.items': takes({
      id: z.int().min(1),
      status: z.enum(planItemStatuses).nullable(),
      /** Only numbers greater than this one: `offset` counts from there. */
      after: phoneNumber.optional(),
      offset,
      limit,
    }).gives<PlanItemsWindow>(),
    'plans.problems': takes({ id: z.int().min(1), offset, limit }).gives<PlanProblemsWindow>(),
    /**
     * The rows of an imported file, all of them or those that are left out. What is left out comes first, unless all
     * are asked for by line.
     */
    'plans.rows': takes({
      id: z.int().min(1),
      problems: z.boolean(),
      byLine: z.boolean().optional(),
      offset,
      limit,
    }).gives<PlanRowsWindow>(),
    'plans.check': takes({ id: recordId }).gives<PlanView>(),
    /** One plan is applied at a time; a draft can be applied once. `revision` is that of the draft as it was shown. */
    'plans.apply': takes({ id: z.int().min(1), revision: z.int().min(0) }).gives<PlanView>(),
    'plans.pause': takes({ id: recordId }).gives<PlanView>(),
    'plans.resume': takes({ id: recordId }).gives<PlanView>(),
    'plans.stop': takes({ id: recordId }).gives<PlanView>(),
    /** Ends a waiting plan whose numbers cannot be looked up: they stay `unknown`, and an undo looks at them. */
    'plans.setAside': takes({ id: recordId }).gives<PlanView>(),
    'plans.retry': takes({ id: recordId }).gives<PlanView>(),
    /** Forgets a draft. With `keep`, `plans.putBack` has it back: one of the last five, while the account stays open. */
    'plans.discard': takes({ id: recordId, keep: z.boolean().optional() }).gives<null>(),
    /** Has a discarded draft back as it was, edits included. Rejects with `not-found` when it is not kept any more. */
    'plans.putBack': takes({ id: recordId }).gives<PlanView>(),
  };
};

/** What windows are told about this. */
export type RoutingEvents = {
  /** The list of routes was read anew. */
  routes: { readonly count: number };
  plans: PlanSummary;
  /** A draft was forgotten, here or in another window. */
  planGone: { readonly id: number };
};
