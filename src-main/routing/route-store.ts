import type { Route } from '../contract/model.ts';
import type { Database } from '../platform/storage/sqlite.ts';
import { storedRoutes, storeRoutes } from './stored-routes.ts';

/** The carrier's routes as they were last listed. */
export class RouteStore {
  #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  routes(): Route[] {
    return storedRoutes(this.#database);
  }

  putRoutes(routes: readonly Route[]): void {
    storeRoutes(this.#database, routes);
  }
}
