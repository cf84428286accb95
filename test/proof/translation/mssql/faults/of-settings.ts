import { type Fault, fault } from '../../plant.js';

const token = 'IDN_OAUTH2_ACCESS_TOKEN:';
const audit = 'TOKEN_AUDIT: retention_over';

/** What the run hands to a batch. */
export const ofSettings: readonly Fault[] = [
  fault(
    'settings in another order',
    'tokens',
    audit,
    /(EXEC dbo\.cleanup_tokens_batch[^;]*)@safe_period_minutes([^;]*)@audit_retention_days/,
    '$1@audit_retention_days$2@safe_period_minutes',
  ),
  fault(
    'a setting with another default',
    'tokens',
    `${token} periods_over`,
    /('safe_period_minutes' THEN VALUE ELSE '' END\), ''\)), '120'/,
    "$1, '12'",
  ),
  fault('another setting', 'tokens', audit, "NAME WHEN 'audit_retention_days'", "NAME WHEN 'safe_period_minutes'"),
  fault('a table that no setting switches on', 'tokens', audit, "'delete', 'audit_pruning'", "'delete', NULL"),
];
