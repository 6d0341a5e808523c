import { builtinType, type Route } from '../contract/model.ts';
import { transaction, type Database } from '../platform/storage/sqlite.ts';

/** The routes as they were listed last. */
export function storedRoutes(database: Database): Route[] {
  const rows = database.prepare('SELECT name, label, type, value FROM route ORDER BY name').all() as {
    name: string;
    label: string;
    type: string;
    value: string | null;
  }[];
  return rows.map(({ name, label, type, value }) => ({
    ...{ key: name, label, type, value },
    builtin: type === builtinType,
  }));
}

export function storeRoutes(database: Database, routes: readonly Route[]): void {
  transaction(database, () => {
    database.exec('DELETE FROM route');
    const insert = database.prepare(
      'INSERT OR REPLACE INTO route (name, label, type, value) VALUES (?, ?, ?, ?)',
    );
    for (const { key, label, type, value } of routes) insert.run(key, label, type, value);
  });
}
