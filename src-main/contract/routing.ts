/** Shapes of routes and of changing many numbers at once. */
import type { AppError } from './errors.ts';
import type { ImportFile, MeantRoute } from './importing.ts';
import type { OddRecords, Route } from './model.ts';

export const routeColumns = ['name', 'type', 'value', 'primary', 'failover'] as const;
export type RouteColumn = (typeof routeColumns)[number];
export const routeShows = ['all', 'unused', 'single', 'missing'] as const;
/** `single` routes have one number only; `missing` ones are used by numbers and not listed by the carrier. */
export type RouteShow = (typeof routeShows)[number];

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
  readonly counts: Readonly<Record<RouteShow, number>>;
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
export type AuditView = { readonly at: number | null; readonly findings: readonly AuditFinding[] };

/** Names of the routes to set; null keeps what the carrier has at the moment of the change. */
export type RouteChange = { readonly primary: string | null; readonly failover: string | null };

export const planKinds = ['assign', 'import', 'undo', 'again'] as const;
export type PlanKind = (typeof planKinds)[number];
export const planItemStates = [
  'right',
  'planned',
  'sending',
  'unknown',
  'done',
  'same',
  'changed',
  'failed',
  'left',
] as const;
/**
 * `right`: nothing to do, by the comparison with the carrier; not counted in `total` · `unknown`: may have been sent, looked up before anything else · `same`: was already so · `changed`: not touched,
 * because it was not any more what the plan had shown · `left`: not sent, the plan was stopped.
 */
export type PlanItemState = (typeof planItemStates)[number];
export type PlanPhase = 'draft' | 'running' | 'paused' | 'stopping' | 'done';

export type PlanSummary = {
  /** Random: no other account has a plan of this id. */
  readonly id: number;
  /** What people call it: "Change 7". Counts from 1 in each account. */
  readonly ordinal: number;
  readonly createdAt: number;
  readonly kind: PlanKind;
  readonly title: string;
  readonly phase: PlanPhase;
  /** Why it waits, and what to do. */
  readonly waiting: string;
  /** Unix milliseconds when every number was compared with the carrier; null before. */
  readonly checkedAt: number | null;
  readonly checking: { readonly done: number; readonly total: number } | null;
  readonly counts: Readonly<Record<PlanItemState, number>>;
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
  readonly total: number;
  /** How many of all are not done. */
  readonly open: number;
  readonly offset: number;
  /** The newest first. */
  readonly plans: readonly PlanSummary[];
};
export type PlanItem = {
  readonly number: string;
  readonly beforePrimary: string;
  readonly beforeFailover: string;
  readonly primary: string;
  readonly failover: string;
  readonly flagged: boolean;
  readonly status: PlanItemState;
  readonly reason: string;
};
export type PlanItemsWindow = { readonly matching: number; readonly items: readonly PlanItem[] };
/** `line` is the line of the file, 0 for a number that was chosen on screen. */
export type PlanProblem = { readonly line: number; readonly number: string; readonly text: string };
export type PlanProblemsWindow = { readonly matching: number; readonly problems: readonly PlanProblem[] };

/** A row of an imported file: its cells as they were read, and what will happen or happened. */
export type PlanRow = {
  /** The line of the file it begins on. */
  readonly line: number;
  readonly number: string;
  readonly primary: string;
  readonly failover: string;
  /** `problem` is left out, `text` says why. */
  readonly outcome: PlanItemState | 'problem';
  readonly text: string;
  /** What the number has and what it gets; null for a row that is left out. */
  readonly before: { readonly primary: string; readonly failover: string } | null;
  readonly after: { readonly primary: string; readonly failover: string } | null;
  /** The route that was probably meant by a cell that names none. */
  readonly meant: MeantRoute | null;
};
export type PlanRowsWindow = { readonly matching: number; readonly rows: readonly PlanRow[] };

export type RoutesRefreshed = { readonly at: number | null; readonly error: AppError | null };
