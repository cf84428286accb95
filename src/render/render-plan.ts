import type { Dialect, ObjectKind } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import type { Plan } from '../plan/types.js';
import { type Artifact, sha256, statementsOf } from './artifact.js';
import type { SettingValues } from './settings.js';
import { loadTemplates, type Render } from './templates.js';
import { makeView, type View } from './view/make-view.js';
import { viewShared } from './view/shared.js';

/** The files of one cleanup, in the order in which they are installed, and those that are run by hand. */
export interface RenderedPlan {
  readonly install: readonly Artifact[];
  readonly verify: Artifact;
  /** Verifies what all cleanups share; the same file for each. */
  readonly verifyShared: Artifact;
  /** Removes what is this cleanup's own. */
  readonly uninstall: Artifact;
  /** Removes what all cleanups share; the same file for each. */
  readonly uninstallShared: Artifact;
}

/** An object that an artifact makes, and the checksum of the statement that makes it. */
export interface MadeObject {
  readonly name: string;
  readonly kind: ObjectKind;
  readonly sha256: string;
  /** Stands in its text, if its dialect has such marks. */
  readonly mark?: string;
}

const verifyShared = '80-verify.sql';

const objectKey = ({ kind, name }: MadeObject): string => `${kind} ${name}`;

const made: readonly ObjectKind[] = ['table', 'view', 'procedure', 'function', 'type', 'package'];
const isMade = (kind: string): kind is ObjectKind => made.some((one) => one === kind);

/** Renders everything that a plan installs. Same plan, same bytes. */
export function renderPlan(plan: Plan, dialect: Dialect, settings: SettingValues): RenderedPlan {
  const render = loadTemplates(dialect);
  const view = {
    ...makeView(plan, dialect, settings),
    storedHashes: dialect.catalog.storedHashes(new Set(made), plan.schema.namespace),
  };
  const { name } = plan.policy;
  const artifact = (file: string, template: string): Artifact =>
    registered(marked({ file, text: render(`${template}.sql`, view) }, dialect, view), dialect, render, view);
  const install = [
    artifact('10-support-tables.sql', 'support-tables'),
    artifact('15-kit.sql', 'kit'),
    artifact(`20-${name}-tables.sql`, 'backup-tables'),
    ...(plan.backup !== 'deleted-rows' ? [] : [artifact(`25-${plan.names.proof}.sql`, 'proof')]),
    artifact(`30-${plan.names.procedure}.sql`, 'cleanup-procedure'),
    ...(plan.backup !== 'deleted-rows' ? [] : [artifact(`40-${plan.names.restore}.sql`, 'restore')]),
    artifact(`50-${name}-backlog.sql`, 'backlog-view'),
  ];
  const lists = new Set((view.emptied || []).map(({ plainName }) => plainName));
  const ofEveryCleanup = install.filter(({ file }) => /^1[05]-/.test(file));
  const objects = install
    .flatMap((one) => objectsOf(one, dialect))
    .map((object) => ({
      ...object,
      sqlName: sqlName(dialect, object.name, plan.schema.namespace),
      keyword: object.kind.toUpperCase(),
      isTable: object.kind === 'table',
      drop: dialect.catalog.drop({ ...object, isList: lists.has(object.name) }, plan.schema.namespace),
    }));
  const ofAll = new Set(ofEveryCleanup.flatMap((file) => objectsOf(file, dialect)).map(objectKey));
  const owned = objects.filter((object) => !ofAll.has(objectKey(object))).reverse();
  const namespace = plan.schema.namespace ?? dialect.capabilities.defaultNamespace ?? '';
  const shared = viewShared(plan.names, dialect, plan.schema.namespace);
  return {
    install,
    verify: {
      file: `80-${name}-verify.sql`,
      text: render('verify.sql', {
        ...view,
        objects: [...owned].reverse(),
        what: plan.names.procedure,
        others: `What all cleanups share is verified by ${verifyShared}.`,
      }),
    },
    verifyShared: {
      file: verifyShared,
      text: render('verify.sql', {
        ...view,
        objects: objects.filter((object) => !owned.includes(object)),
        what: 'what all cleanups share',
        others: false,
      }),
    },
    uninstall: {
      file: `90-${name}-uninstall.sql`,
      text: render('uninstall.sql', {
        ...view,
        objects: owned,
        objectLiterals: owned.map(({ name: object }) => dialect.expressions.literal(object)),
      }),
    },
    uninstallShared: {
      file: '99-uninstall.sql',
      text: render('uninstall-shared.sql', { ...view, ...shared, namespace }),
    },
  };
}

/** The objects that an artifact makes. A package takes two statements, which its checksum covers. */
export function objectsOf(artifact: Artifact, dialect: Dialect): readonly MadeObject[] {
  const makers = statementsOf(artifact, dialect.script).flatMap(({ kind, name, sql }) =>
    isMade(kind) ? [{ kind, name, sql }] : [],
  );
  const names = new Map(makers.map(({ kind, name }) => [`${kind} ${name}`, { kind, name }]));
  return [...names].map(([key, object]) => ({
    ...object,
    ...markIn(makers.find(({ kind, name }) => `${kind} ${name}` === key)?.sql ?? ''),
    sha256: sha256(
      makers
        .filter(({ kind, name }) => `${kind} ${name}` === key)
        .map(({ sql }) => sql)
        .join('\n'),
    ),
  }));
}

/** An artifact with the statement that registers its objects at its end. */
function registered(artifact: Artifact, dialect: Dialect, render: Render, view: View): Artifact {
  const objects = objectsOf(artifact, dialect).map((object) => ({ ...object, mark: object.mark ?? false }));
  if (objects.length === 0) return artifact;
  const register = render('register.sql', { ...view, objects });
  return { file: artifact.file, text: `${artifact.text}\n${register}` };
}

/** Puts behind the words that tell whose a routine is, in each, a mark of its text: see `marksText`. */
function marked(artifact: Artifact, dialect: Dialect, view: View): Artifact {
  if (dialect.capabilities.marksText !== true) return artifact;
  const lines = artifact.text.split('\n');
  const ours = [`-- ${view.kit.marker}`, `-- ${view.marker}`];
  for (const { sql, line } of statementsOf(artifact, dialect.script)) {
    const at = sql.split('\n').findIndex((one) => ours.includes(one.trim()));
    if (at >= 0) lines[line - 1 + at] += ` Text ${sha256(sql).slice(0, markLength)}.`;
  }
  return { ...artifact, text: lines.join('\n') };
}

const markLength = 16;

function markIn(sql: string): Pick<MadeObject, 'mark'> {
  const mark = / Text ([0-9a-f]{16})\.$/m.exec(sql)?.[1];
  return mark === undefined ? {} : { mark };
}
