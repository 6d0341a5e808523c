import path from 'node:path';
import { Accounts } from '../accounts/accounts.ts';
import { ClockWatch } from '../carrier/clock.ts';
import { osKeychain, type SecretStore } from '../accounts/keychain.ts';
import { Profiles } from '../accounts/profiles.ts';
import { adapterOf } from '../carrier/adapters.ts';
import { flowrouteUrl } from '../carrier/address.ts';
import type { CommandId } from '../contract/commands.ts';
import type { Backup } from '../backup/backup.ts';
import { finishCommits, type Committed } from '../backup/commit.ts';
import { Transfers } from '../backup/transfers.ts';
import type { Carrier } from '../carrier/carrier.ts';
import type { Features } from '../contract/features.ts';
import type { Events } from '../contract/contract.ts';
import { createDispatch } from '../contract/dispatch.ts';
import type { Result } from '../contract/errors.ts';
import type { EventName } from '../contract/contract.ts';
import type { DesktopInfo } from '../contract/app.ts';
import { isOnNetwork } from './data-folder.ts';
import { deleteEverything, finishDeleting } from './delete-everything.ts';
import type { startDemo } from './demo.ts';
import { createHandlers } from './handlers.ts';
import { Budget } from '../carrier/flowroute/http/budget.ts';
import { Network } from '../carrier/flowroute/http/network.ts';
import { environmentProxies } from '../carrier/flowroute/http/proxies.ts';
import { keepMemorySmall } from './memory.ts';
import { Notices } from './notices.ts';
import { SettingsFile } from './settings.ts';
import { makeDataFolder } from './start-trouble.ts';
import { removeLeftOvers } from '../platform/storage/json-file.ts';
import { holdFolder } from '../platform/storage/hold-folder.ts';
import type { Waits } from './context.ts';
import type { Moving } from '../moving/moving.ts';
import { Twins } from '../moving/twins.ts';
import { Sessions } from './sessions.ts';

type HostKind = 'desktop' | 'browser';

export type ApplicationOptions = {
  readonly dataDir: string;
  readonly host: HostKind;
  readonly version: string;
  /** The storage worker: source or bundle, as the host has it. */
  readonly workerUrl: URL;
  /** Opens the demo account when no account is there yet. */
  readonly demo: boolean;
  readonly log: (line: string) => void;
  readonly keychain?: SecretStore;
  /** Where accounts are whose address nobody typed: Flowroute's own API unless a test gives another. */
  readonly defaultBaseUrl?: string;
  /** How this system writes dates and times; null while that is not known. */
  readonly locale?: () => string | null;
  /** How addresses are reached; without it, as the variables of the environment say. */
  readonly network?: Network;
  /** Another adapter over the usual one, and what it can do; for tests. */
  readonly adapter?: { readonly features: Features; readonly over: (carrier: Carrier) => Carrier };
  /** Other waits than a real carrier needs; for tests. */
  readonly waits?: Waits;
};

export type Application = {
  dispatch(method: unknown, input: unknown): Promise<Result<unknown>>;
  subscribe(listener: (event: EventName, payload: unknown) => void): () => void;
  /** Has the window do something: at once, or when its page listens. */
  command(id: CommandId): void;
  /** What the desktop could get from the system, for the settings to tell. */
  setDesktop(desktop: DesktopInfo): void;
  /** True while an order or a change of routes sends requests. */
  busy(): Promise<boolean>;
  /** The computer woke up: waits for the network, then syncs. */
  wake(): void;
  close(): Promise<void>;
};

/** Said after a start that had to finish what the one before could not. */
const finishedWords: Readonly<Record<Committed, string>> = {
  restore: 'A backup was being restored when Numberdesk ended: that is finished now.',
  account: 'An account was being moved or joined when Numberdesk ended: that is finished now.',
};

/** Commands kept for a page that does not listen yet. */
const mostCommands = 10;

/**
 * Wires one application by hand. Resolves as soon as it can answer: the keychain and the network are asked
 * afterwards, so that a cached list never waits for either.
 */
export async function createApplication(options: ApplicationOptions): Promise<Application> {
  keepMemorySmall();
  makeDataFolder(options.dataDir);
  const held = holdFolder(options.dataDir);
  const listeners = new Set<(event: EventName, payload: unknown) => void>();
  const emit = <K extends EventName>(event: K, payload: Events[K]) => {
    for (const listener of listeners) listener(event, payload);
  };
  const notices = new Notices((notice) => {
    emit('notice', notice);
  });
  await removeLeftOvers(options.dataDir);
  await finishDeleting(options.dataDir);
  const finished = await finishCommits(options.dataDir);
  if (isOnNetwork(options.dataDir)) {
    notices.add(
      'warning',
      `The data folder ${options.dataDir} is on another computer. Lists and orders can be damaged there when the connection ends. Choose a folder on this computer with --data-dir.`,
    );
  }
  const { profiles, told: toldOfAccounts } = await Profiles.open(options.dataDir);
  const { settings, told: toldOfSettings } = await SettingsFile.open(options.dataDir);
  if (finished) notices.add('info', finishedWords[finished]);
  for (const told of [...toldOfAccounts, toldOfSettings]) if (told) notices.add('warning', told);

  const clock = new ClockWatch((text) => {
    notices.add('warning', text);
  });
  const network = options.network ?? new Network({ proxies: environmentProxies });
  let demo: ReturnType<typeof startDemo> | null = null;
  const { dataDir, workerUrl, version, log } = options;
  const twins = new Twins({
    ...{ dataDir, workerUrl, log, profiles },
    onChange() {
      accounts.tell();
    },
  });
  const accounts: Accounts = new Accounts({
    profiles,
    keychain: options.keychain ?? osKeychain(),
    async adapter(kind) {
      const make = await adapterOf(kind);
      return (baseUrl, keys, onKeys, kept) => {
        const { lacks, onLacks, budget = new Budget(), atMost = null } = kept ?? {};
        const carrier = make({
          ...{ baseUrl, keys, onKeys, network, budget, lacks, onLacks },
          onClock: (skewMs) => {
            clock.saw(skewMs);
          },
          userAgent: `Numberdesk/${options.version}`,
          ...options.waits,
        });
        carrier.limit?.(atMost);
        return options.adapter?.over(carrier) ?? carrier;
      };
    },
    ...(options.adapter ? { features: options.adapter.features } : {}),
    defaultBaseUrl: options.defaultBaseUrl ?? flowrouteUrl,
    async startDemo() {
      const { startDemo } = await import('./demo.ts');
      demo ??= startDemo();
      return demo;
    },
    async stopDemo() {
      const started = demo;
      demo = null;
      await (await started)?.close();
    },
    onChange(view) {
      emit('accounts', view);
    },
    twinOf: (profile) => twins.of(profile),
    onHalf(text) {
      notices.add('info', text);
    },
    onLateKeys(id) {
      if (sessions.isOpen(id)) void sessions.keysChanged().catch(() => undefined);
    },
  });
  const sessions = new Sessions({
    dataDir: options.dataDir,
    workerUrl: options.workerUrl,
    accounts,
    settings,
    notices,
    emit,
    twins,
    log: options.log,
    ...(options.waits ? { waits: options.waits } : {}),
  });
  /** What the window was asked to do and has not taken yet: its page may not be there. */
  const commands: CommandId[] = [];
  const transfers = new Transfers(options.dataDir);
  let backup: Promise<Backup> | null = null;
  let moving: Promise<Moving> | null = null;
  let desktop: DesktopInfo | null = null;
  const handlers = createHandlers({
    info: () => ({
      version: options.version,
      platform: process.platform,
      host: options.host,
      dataDir: path.resolve(options.dataDir),
      locale: options.locale?.() ?? null,
      desktop,
    }),
    accounts,
    settings,
    notices,
    sessions,
    takeCommands: () => commands.splice(0),
    transfers,
    backup() {
      const parts = { dataDir, workerUrl, version, log, profiles, settings, transfers, accounts, sessions };
      return (backup ??= import('../backup/backup.ts').then(({ openBackup }) => openBackup(parts)));
    },
    moving() {
      const parts = { dataDir, workerUrl, log, profiles, accounts, sessions, transfers, twins };
      return (moving ??= import('../moving/moving.ts').then(({ openMoving }) => openMoving(parts)));
    },
    twins,
    async deleteEverything() {
      await deleteEverything({ dataDir, accounts, settings, sessions, transfers });
      emit('settings', settings.value);
      return accounts.view();
    },
    emit,
  });

  if (options.demo && profiles.all.length === 0) await accounts.tryDemo();
  sessions.open(accounts.current);
  void accounts.checkKeychain();

  return {
    dispatch: createDispatch(handlers, (method, thrown) => {
      // Only the kind and place: an error's own text may repeat what it was given.
      options.log(`unexpected failure in ${method}: ${describe(thrown)}`);
    }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    command(id) {
      commands.push(id);
      if (commands.length > mostCommands) commands.shift();
      emit('command', {});
    },
    setDesktop(what) {
      desktop = what;
    },
    busy: () => sessions.busy(),
    wake() {
      sessions.wake();
    },
    async close() {
      listeners.clear();
      await sessions.close();
      accounts.close();
      if (demo) await (await demo).close();
      held.release();
    },
  };
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown;
  const at = thrown.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `${thrown.name}${at ? ` ${at.trim()}` : ''}`;
}
