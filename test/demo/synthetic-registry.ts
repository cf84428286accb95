import type { Client } from 'pg';

/**
 * Fills the registry's log, and properties of resources of which half were deleted. Users and names begin with `live-` or
 * `dead-`, by how the row was made and not by any rule of deepclean.
 */
export async function fillWithRegistryRows(client: Pick<Client, 'query'>, entries: number): Promise<void> {
  // Twenty-five entries to a path: the newest of each lives, unless it says that the resource was deleted.
  await client.query(
    `INSERT INTO reg_log (reg_log_id, reg_path, reg_user_id, reg_logged_time, reg_action, reg_tenant_id)
     SELECT n, '/_system/governance/' || p, CASE WHEN n > $1::int - paths AND p % 50 > 0 THEN 'live-admin' ELSE 'dead-admin' END,
       timezone('UTC', now()) - interval '2 days' - ($1::int - n) * interval '1 second', CASE WHEN n > $1::int - paths AND p % 50 = 0 THEN 7 ELSE n % 3 END, -1234
     FROM generate_series(1, $1::int) n, LATERAL (SELECT $1::int / 25 AS paths, n % ($1::int / 25) AS p) x`,
    [entries],
  );
  const resources = Math.floor(entries / 100);
  await client.query(
    `INSERT INTO reg_path (reg_path_id, reg_path_value, reg_path_parent_id, reg_tenant_id)
     SELECT n, '/_system/governance/r' || n, 0, -1234 FROM generate_series(1, $1::int) n`,
    [resources],
  );
  await client.query(
    `INSERT INTO reg_resource (reg_path_id, reg_version, reg_creator, reg_created_time, reg_last_updated_time, reg_tenant_id, reg_uuid)
     SELECT n, n, 'admin', timezone('UTC', now()), timezone('UTC', now()), -1234, md5('r' || n) FROM generate_series(1, $1::int) n WHERE n % 2 = 0`,
    [resources],
  );
  await client.query(
    `INSERT INTO reg_property (reg_id, reg_name, reg_value, reg_tenant_id)
     SELECT n, CASE WHEN n % 2 = 0 THEN 'live-' ELSE 'dead-' END || 'property', 'value', -1234 FROM generate_series(1, $1::int) n`,
    [resources],
  );
  await client.query(
    `INSERT INTO reg_resource_property (reg_property_id, reg_version, reg_path_id, reg_resource_name, reg_tenant_id)
     SELECT n, NULL, n, CASE WHEN n % 2 = 0 THEN 'live-' ELSE 'dead-' END || n, -1234 FROM generate_series(1, $1::int) n`,
    [resources],
  );
  // What `deepclean inspect --explain` advises here: the product's own script has no index on what its foreign key refers by.
  await client.query(
    'CREATE INDEX idx_reg_resource_property_property ON reg_resource_property (reg_property_id, reg_tenant_id)',
  );
  await client.query('ANALYZE');
}
