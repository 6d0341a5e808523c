import type { Migration } from '../../platform/storage/sqlite.ts';
import { numbers } from './0001-numbers.ts';
import { listState } from './0002-list-state.ts';
import { pageSums } from './0003-page-sums.ts';
import { aside } from './0004-aside.ts';
import { routesRead } from './0005-routes-read.ts';

/** Of numbers.db, the cached list. */
export const numberMigrations: readonly Migration[] = [numbers, listState, pageSums, aside, routesRead];
