import { z } from 'zod';
import { trimKey } from './clean.ts';
import type { Features } from './features.ts';
import { takes } from './method.ts';
import { leastPerSecond, mostPerSecond } from './pace.ts';
import { id } from './schemas.ts';

export const accountKinds = ['flowroute-v1', 'flowroute-v2', 'demo'] as const;
export type AccountKind = (typeof accountKinds)[number];
export type ApiVersion = 'v1' | 'v2';

/** What people call the API of an account. */
export function apiName(kind: AccountKind): string {
  return kind === 'flowroute-v1' ? 'API v1' : 'API v2';
}

export type AccountView = {
  readonly id: string;
  readonly label: string;
  readonly kind: AccountKind;
  /** Shown so that two accounts can be told apart; it is a user name, not a secret. */
  readonly accessKey: string;
  readonly baseUrl: string;
  /** The most requests a second that the person allows; null for as many as the carrier takes. */
  readonly atMost: number | null;
  /** What its API can do. */
  readonly features: Features;
  /** The account that this one seems to be, because both show the same numbers and routes; null once somebody has said what they are. */
  readonly sameAs: { readonly id: string; readonly label: string } | null;
  /** `unlocking` while the keychain is being asked; `missing` when the key has to be typed again. */
  readonly keys: 'keychain' | 'session' | 'unlocking' | 'missing' | 'refused';
};

/** What two accounts are called beside each other: with their access keys where both have the same name. */
export function namesOf(one: Named, other: Named): readonly [string, string] {
  if (one.label !== other.label) return [one.label, other.label];
  return [`${one.label} (${one.accessKey})`, `${other.label} (${other.accessKey})`];
}
type Named = { readonly label: string; readonly accessKey: string };

export type AccountsView = {
  readonly accounts: readonly AccountView[];
  readonly currentId: string | null;
  readonly keychain: { readonly available: boolean; readonly reason: string | null };
};

/** What a move to another version of the API came to. */
export type Moved = {
  readonly id: string;
  readonly label: string;
  readonly api: ApiVersion;
  /** Names of routes, in plans and orders of before, that this version does not have, or has several times. */
  readonly names: readonly string[];
  /** Numbers whose routes were known and are read anew. */
  readonly unread: number;
};

/** What windows may ask about this. */
export const accountMethods = () => {
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
  return {
    'accounts.get': takes({}).gives<AccountsView>(),
    'accounts.signIn': takes({
      label,
      accessKey,
      secretKey,
      baseUrl: baseUrl.optional(),
      /** Left out at the carrier's own address: v2 is tried, then v1. At another address that means v1. */
      api: z.enum(['v1', 'v2']).optional(),
      remember,
    }).gives<AccountView>(),
    'accounts.tryDemo': takes({}).gives<AccountView>(),
    'accounts.switch': takes({ id }).gives<AccountView>(),
    'accounts.rename': takes({ id, label }).gives<AccountView>(),
    'accounts.setBudget': takes({
      id,
      atMost: z
        .int()
        .min(leastPerSecond, `${leastPerSecond} request a second is the least.`)
        .max(mostPerSecond, `More than ${mostPerSecond} requests a second cannot be set.`)
        .nullable(),
    }).gives<AccountView>(),
    'accounts.replaceKeys': takes({ id, accessKey, secretKey, remember }).gives<AccountView>(),
    /**
     * Moves the account on screen to another version of its API, with everything that is kept of it. v2 sends the secret key itself with each
     * request: a window asks for it only after a yes that says so.
     */
    'accounts.move': takes({ id, api: z.enum(['v1', 'v2']) }).gives<Moved>(),
    /** Two accounts that seem to be one are one: `keep` stays, with the records of both, and `id` is signed out. */
    'accounts.join': takes({ id, keep: id }).gives<AccountsView>(),
    /** They are two accounts, whatever they show. */
    'accounts.tellApart': takes({ id, other: id }).gives<AccountsView>(),
    'accounts.signOut': takes({ id, deleteCache: z.boolean() }).gives<AccountsView>(),
  };
};

/** What windows are told about this. */
export type AccountEvents = {
  accounts: AccountsView;
};
