import type { Migration } from '../../platform/storage/sqlite.ts';

/**
 * Not every list tells the routes of its numbers. `routes_at` (Unix milliseconds) is when they were read: NULL where the list
 * tells them, so that they are as old as the row, 0 where they were never read. `primary_name` and `failover_name` hold what the
 * carrier keys a route by, which was its name so far, and nothing where a number has no route on that side. The built-in route is
 * known by its type. A part of a pass says where the next part begins.
 */
export const routesRead: Migration = {
  version: 5,
  sql: `
    ALTER TABLE number ADD COLUMN routes_at INTEGER;
    UPDATE number SET primary_type = 'SIP-REG' WHERE primary_name = 'sip-reg' AND primary_type <> 'SIP-REG';
    UPDATE number SET failover_type = 'SIP-REG' WHERE failover_name = 'sip-reg' AND failover_type <> 'SIP-REG';
    ALTER TABLE sync_page ADD COLUMN next TEXT;
  `,
};
