/** Names of the contract, apart from its schemas, so that the preload stays a few lines long. */
export const methodNames = [
  'app.info',
  'app.notices',
  'accounts.get',
  'accounts.signIn',
  'accounts.tryDemo',
  'accounts.switch',
  'accounts.rename',
  'accounts.replaceKeys',
  'accounts.signOut',
  'numbers.query',
  'numbers.details',
  'numbers.routeUse',
  'numbers.matching',
  'sync.status',
  'sync.start',
  'sync.cancel',
  'settings.get',
  'settings.set',
] as const;
export type MethodName = (typeof methodNames)[number];

export const eventNames = ['accounts', 'sync', 'inventory', 'settings', 'notice'] as const;
export type EventName = (typeof eventNames)[number];
