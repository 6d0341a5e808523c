import type { ServedFile } from '../platform/storage/served-file.ts';
import { moveAside } from '../platform/storage/sqlite.ts';
import { NumberStore } from './number-store.ts';

/**
 * numbers.db: the cached list, which the carrier has. A list that cannot be read is kept aside, and the carrier is asked for it
 * again. This is done once: if the new list is damaged too, the disk is to blame. `former` is the list before, when its file had to be given up.
 */
export function openListFile(file: string, former?: NumberStore): ServedFile & { stores: ListStores } {
  const numbers = new NumberStore(file, former);
  return {
    stores: { numbers, aside: numbers.beside, sets: numbers.sets },
    news: numbers.movedTo === null ? [] : [{ kind: 'moved', movedTo: numbers.movedTo }],
    size: () => numbers.size,
    filling: numbers.load(),
    early: (name, args) => numbers.early(name, args),
    first: 'numbers.query',
    tidying: () => numbers.tidying(),
    checking: () => numbers.checking(),
    replace: async () => (former ? null : beginAnew(file, numbers)),
    close: () => {
      numbers.close();
    },
  };
}

export type ListStores = {
  readonly numbers: NumberStore;
  readonly aside: NumberStore['beside'];
  readonly sets: NumberStore['sets'];
};

function beginAnew(file: string, damaged: NumberStore) {
  try {
    damaged.close();
  } catch {
    // Closing a damaged file may fail too.
  }
  try {
    const movedTo = moveAside(file);
    const begun = openListFile(file, damaged);
    return { file: { ...begun, news: [{ kind: 'moved' as const, movedTo }] }, answer: null };
  } catch {
    return null;
  }
}
