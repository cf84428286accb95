import type { Config } from '../config/schema.js';
import type { Place } from '../operate/place.js';
import type { ScheduledCleanup } from '../schedule/jobs.js';
import type { Session } from './session.js';

/** A cleanup as its schedule sees it. */
export function scheduleOf({ dialect, namespace, names }: Place, session?: Session): ScheduledCleanup {
  return {
    dialect,
    namespace,
    procedure: names.procedure,
    settingTable: names.setting,
    scheduleName: names.schedule,
    connectTo: session?.connectTo,
  };
}

/** What `deepclean run` must be told by a scheduler outside the database, where the names are not the usual ones. */
export function runArgumentsOf(config: Config, { names, policy }: Place): readonly string[] {
  return [
    ...(config.namespace === undefined ? [] : ['--namespace', config.namespace]),
    ...(config.prefix === 'cleanup_' ? [] : ['--prefix', config.prefix]),
    ...(names.procedure === `cleanup_${policy.name}`
      ? []
      : ['--set', `procedures.${policy.name}.procedure=${names.procedure}`]),
  ];
}
