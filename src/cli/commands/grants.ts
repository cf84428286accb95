import { granteeOf } from '../../dialects/grantee.js';
import { exitCodes, PreflightError, UsageError } from '../../errors.js';
import { planAll } from '../../plan/plan-all.js';
import { grantsOfRole, type Role, roles } from '../../plan/roles.js';
import type { Command } from '../command.js';
import { choiceOf, policiesNamed, prepare } from '../context.js';
import { exampleDialect, exampleUrl } from '../example-urls.js';
import { isOn, switchOption, textFlag, textOption } from '../flags.js';
import { readSchemaSource } from '../schema-source.js';
import { databaseOptions, schemaOptions } from '../shared-options.js';

const meanings: Readonly<Record<Role, string>> = {
  installer: 'installs and removes cleanups, and may try them',
  runner: 'calls cleanups, reads their log, changes their settings and stops them',
  reader: 'reads the log, the settings and the backlog',
};

/** What each role must be allowed, as statements for the database's administrator. */
export const grants: Command = {
  usage: 'grants',
  summary: 'Write the GRANT statements that an installer, a runner or a reader needs, and no more',
  options: {
    ...schemaOptions,
    ...databaseOptions,
    role: textOption(roles.map((role) => `${role}: ${meanings[role]}`).join('; '), { choices: roles }),
    user: textOption('The account: a name, on MySQL and MariaDB name@host'),
    restores: switchOption('A runner also puts back what was deleted, whole runs and parts of them'),
    policy: textOption('The cleanups that are meant, separated by commas', { default: 'all' }),
  },
  examples: [
    [`grants --role runner --user cleaner --url ${exampleUrl}`, 'for the schema of a live database'],
    [`grants --role reader --user dashboard --dialect ${exampleDialect} --profile identity-5.14`, 'without one'],
  ],
  run: async (flags, output) => {
    const [role, user] = [textFlag(flags, 'role') as Role | undefined, textFlag(flags, 'user')];
    if (role === undefined || user === undefined) {
      throw new UsageError('Nothing says which role, or whose.', { next: 'Add both --role and --user.' });
    }
    // Here --user is not the one who connects.
    const { user: _, ...others } = flags;
    const loaded = prepare(others, output);
    const chosen = policiesNamed(textFlag(flags, 'policy') ?? 'all');
    const { schema, dialect } = await readSchemaSource(loaded, output);
    const { planned, problems } = planAll(
      chosen.map((policy) => choiceOf(loaded.config, policy)),
      schema,
      dialect,
    );
    if (problems.length > 0) throw new PreflightError(`${schema.source} cannot be cleaned.`, problems);
    const plans = planned.map(({ plan }) => plan);
    const needed = grantsOfRole(role, plans, dialect, { restores: isOn(flags, 'restores') });
    const grantee = granteeOf(user, dialect);
    const statements = dialect.catalog
      .grantsInWords(needed, schema.namespace)
      .map((words) => `GRANT ${words} TO ${grantee};`);
    const cleanups = plans.map(({ names }) => names.procedure);
    if (output.json) {
      output.report({ sections: [], json: { role, user, dialect: dialect.name, cleanups, statements } });
    } else {
      output.raw(`-- The ${role} of ${cleanups.join(', ')}: ${meanings[role]}.\n${statements.join('\n')}\n`);
    }
    return exitCodes.ok;
  },
};
