import { uncertaintyName } from './clock.js';
import { tunables } from './tunables.js';

/** Settings and variables that every cleanup has: a parameter or cut-off with such a name would be declared twice. */
const ownNames: readonly string[] = [
  // Settings besides the tunables.
  ...['dry_run', 'hold_until_epoch_seconds', 'server_time_zone', 'stop_requested', 'time_zone'],
  // Variables of the procedures, and columns of the backlog views. Names of one word are free for them.
  ...['batch_began', 'batch_ms', 'clock_mode', 'deleted_by_run', 'is_dry', 'kept_now', 'live_keys', 'made_for_keys'],
  ...['old_comp', 'old_keys', 'old_lock_wait', 'old_safe', 'old_sort', 'old_switch', 'old_time_zone', 'oldest_kept'],
  ...['passed_over', 'rows_max', 'rows_min', 'run_id', 'span_most', 'target_ms', 'utc_now', 'work_began'],
];

/** Words with underscores that some dialect reserves, and that cannot name a column of a view. */
const sqlWords: readonly string[] = [
  ...['current_catalog', 'current_date', 'current_path', 'current_role', 'current_schema', 'current_time'],
  ...['current_timestamp', 'current_user', 'day_hour', 'day_microsecond', 'day_minute', 'day_second', 'dense_rank'],
  ...['first_value', 'high_priority', 'hour_microsecond', 'hour_minute', 'hour_second', 'io_after_gtids'],
  ...['io_before_gtids', 'json_table', 'last_value', 'low_priority', 'master_bind', 'minute_microsecond'],
  ...['minute_second', 'no_write_to_binlog', 'nth_value', 'percent_rank', 'read_write', 'row_number'],
  ...['second_microsecond', 'session_user', 'sql_big_result', 'sql_calc_found_rows', 'sql_small_result'],
  ...['straight_join', 'system_user', 'utc_date', 'utc_time', 'utc_timestamp', 'year_month'],
];

/** Numbered variables belong to the steps. */
const numbered = /_[0-9]+$/;

/** Why a parameter or a cut-off cannot have a name, or undefined. */
export function whyReserved(name: string): string | undefined {
  if (name === uncertaintyName || tunables.some((tunable) => tunable.name === name))
    return 'is a setting of every cleanup';
  if (ownNames.includes(name)) return 'is a name that every cleanup uses';
  if (sqlWords.includes(name)) return 'is a reserved word of SQL';
  return numbered.test(name) ? 'ends with a number, as the variables of steps do' : undefined;
}
