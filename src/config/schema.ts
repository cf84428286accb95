import { z } from 'zod';
import { policies } from '../policies/index.js';
import { clockUncertainty, hasUnknownClock, uncertaintyName } from '../policy/clock.js';
import { type Settings, tunables } from '../policy/tunables.js';
import type { Policy } from '../policy/types.js';
import { type ParameterSchema, parameterSchema, parameterShape, timeOfDay } from './parameter-schema.js';

/** Text in a form; `allowed` completes the sentence "it must be …". */
const text = (allowed: string, form: RegExp) => z.string(allowed).regex(form, allowed);
const anyText = (allowed: string) => text(allowed, /\S/);

const objectName = (description: string) =>
  text(
    'a name of at most 64 letters, digits, _ or $ that does not begin with a digit or $',
    /^[A-Za-z_][A-Za-z0-9_$]{0,63}$/,
  )
    .exactOptional()
    .describe(description);

const window = text(
  'always, or a time span in UTC such as 22:00-04:00',
  new RegExp(`^(always|${timeOfDay}-${timeOfDay})$`),
);

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const schedule = z.strictObject({
  every: text('a number and a unit (s, m, h, d or w), such as 15m, 1d or 1w', /^[1-9][0-9]{0,4}[smhdw]$/)
    .exactOptional()
    .describe('How often a cleanup runs: a number and s, m, h, d or w, such as 1d'),
  at: text('a time of day in UTC such as 01:00', new RegExp(`^${timeOfDay}$`))
    .exactOptional()
    .describe('Time of day of the run, HH:MM in UTC'),
  on: z
    .enum(weekdays, `a day of the week: ${weekdays.join(', ')}`)
    .exactOptional()
    .describe('Day of a weekly run'),
  window: window
    .exactOptional()
    .describe('Time span in UTC outside of which a scheduled run stops, such as 22:00-04:00'),
  enabled: z
    .enum(['yes', 'no'], 'yes or no')
    .exactOptional()
    .describe(
      'Whether the job is switched on. Unless given, SQL Server and Oracle keep the state of a job that is there and make a new one switched off; the others switch it on',
    ),
  notifyOperator: text('the name of an operator, on one line', /^[^\r\n]{1,128}$/)
    .exactOptional()
    .describe('SQL Server: the operator of Agent who gets an e-mail when a run fails'),
  maxRuns: z
    .int('a whole number of runs from 1 to 1000000')
    .min(1, 'a whole number of runs from 1 to 1000000')
    .max(1_000_000, 'a whole number of runs from 1 to 1000000')
    .exactOptional()
    .describe('Oracle: the job is switched off after so many runs'),
});

const byPolicy = <Schema extends z.ZodType>(make: (policy: Policy) => Schema): Record<string, Schema> =>
  Object.fromEntries(policies.map((policy) => [policy.name, make(policy)]));

const procedures = z.strictObject(
  byPolicy((policy) =>
    z
      .strictObject({
        procedure: objectName(`Name of the cleanup procedure; cleanup_${policy.name} unless given`),
        restore: objectName(`Name of the restore procedure; restore_${policy.name} unless given`),
      })
      .prefault({})
      .describe(`Names of the procedures for ${policy.title}`),
  ),
);

/** No default of its own: what is usual depends on the schema. */
const usual = parameterSchema(clockUncertainty(true)).unwrap();
const uncertainty = {
  [uncertaintyName]: usual
    .exactOptional()
    .describe(`${usual.description}; 12 unless given, 26 if the server converts by the session's zone`),
};

const parameters = z.strictObject(
  byPolicy((policy) =>
    z
      .strictObject({ ...parameterShape(policy.parameters), ...(hasUnknownClock(policy.cutOffs) && uncertainty) })
      .prefault({})
      .describe(`What decides about ${policy.title}`),
  ),
);

type SettingsShape = { [Name in keyof Settings]: ParameterSchema<Settings[Name]> };
// The names and types were lost in the loop over the list; both come from the same declaration.
const shape = parameterShape(tunables) as SettingsShape;
const settings = z.strictObject({
  ...shape,
  // No default of its own: what is usual hangs on the dialect.
  batch_rows_maximum: shape.batch_rows_maximum
    .unwrap()
    .exactOptional()
    .describe(`${shape.batch_rows_maximum.description}; 200000 unless given, on SQL Server 2000`),
});

/** Everything that can be configured. Each key has a description, and a default unless it is optional. */
export const configSchema = z.strictObject({
  url: text('a URL such as scheme://user@host:port/database', /^(jdbc:|[A-Za-z][A-Za-z0-9+.-]*:\/\/)./i)
    .exactOptional()
    .describe(
      'The database, as its own tools write the URL: scheme://user@host:port/database?options; or a JDBC URL as the product has it',
    ),
  user: text('a name of at most 128 characters', /^[^\0\r\n]{1,128}$/)
    .exactOptional()
    .describe('The user who connects; taken from the URL unless given'),
  passwordFile: anyText('the path of a file')
    .exactOptional()
    .describe('File that holds the password, so that it stands in no command line; a final line break is ignored'),
  dialect: text('the name of a dialect', /^[a-z][a-z0-9]*$/)
    .exactOptional()
    .describe('Dialect of the generated SQL; taken from the URL or the profile unless given'),
  profile: anyText('the name of a built-in profile')
    .exactOptional()
    .describe('Built-in schema profile to generate for, where there is no database to look at'),
  inspection: anyText('the path of a file')
    .exactOptional()
    .describe('Inspection file to generate for, as written by the command inspect'),
  prefix: text('a letter, then up to 23 letters, digits or _', /^[A-Za-z][A-Za-z0-9_]{0,23}$/)
    .default('cleanup_')
    .describe('Begins the name of every support object that gets installed'),
  namespace: text('a name of at most 63 characters', /^[^\0]{1,63}$/)
    .exactOptional()
    .describe(
      "Schema inside the database that holds the product's tables, where the database has such; its default unless given",
    ),
  backup: z
    .enum(['deleted-rows', 'audit', 'none'], 'deleted-rows, audit or none')
    .default('deleted-rows')
    .describe(
      'deleted-rows: deleted rows are kept in backup tables and can be restored; audit: what is no secret is kept, and SHA-256 of what may be one, and nothing can be restored; none: they are gone',
    ),
  foreignTables: z
    .array(anyText('names of tables'), 'a list of names of tables')
    .default([])
    .describe(
      "Tables that are not the product's, and whose rows are to be deleted with the rows that they refer to whatever their foreign key says. Any other such table without ON DELETE CASCADE keeps what it refers to",
    ),
  procedures: procedures
    .prefault({})
    .describe('Names of the installed procedures, where a job already calls other ones'),
  settings: settings.prefault({}).describe('First values of the live settings; later changed in the database'),
  policies: parameters.prefault({}).describe('What decides which rows are dead, by policy'),
  requireSignature: z
    .enum(['yes', 'no'], 'yes or no')
    .exactOptional()
    .describe(
      'Whether only what somebody signed may be installed, and verification wants a signature of all that is; yes if a review is named, unless given',
    ),
  allowedSigners: anyText('the path of a file')
    .exactOptional()
    .describe(
      'File of the keys that may sign a review, as OpenSSH has it: see ALLOWED SIGNERS in the manual of ssh-keygen',
    ),
  review: anyText('the path of a folder')
    .exactOptional()
    .describe('Folder with the signed review, as written by the commands review and sign'),
  schedule: schedule.prefault({}).describe('When cleanups run'),
});

export type Config = Readonly<z.output<typeof configSchema>>;
