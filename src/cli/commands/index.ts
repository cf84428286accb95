import type { Command } from '../command.js';
import { backlog } from './backlog.js';
import { explain } from './explain.js';
import { generate } from './generate.js';
import { grants } from './grants.js';
import { inspect } from './inspect.js';
import { installProcs } from './install-procs.js';
import { regularCleaning } from './regular-cleaning.js';
import { rehearse } from './rehearse.js';
import { report } from './report.js';
import { restore } from './restore.js';
import { review } from './review.js';
import { run } from './run.js';
import { schedule } from './schedule.js';
import { settings } from './settings.js';
import { sign } from './sign.js';
import { status } from './status.js';
import { stop } from './stop.js';
import { uninstall } from './uninstall.js';
import { verify } from './verify.js';
import { why } from './why.js';

/** Every command, in the order in which a user meets them. */
export const commands: readonly Command[] = [
  generate,
  inspect,
  rehearse,
  review,
  sign,
  installProcs,
  grants,
  schedule,
  run,
  status,
  backlog,
  report,
  why,
  explain,
  stop,
  settings,
  restore,
  verify,
  regularCleaning,
  uninstall,
];
