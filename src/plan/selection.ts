import { UsageError } from '../errors.js';
import { userColumns } from '../policies/user-columns.js';
import { everyPart } from '../policy/visit.js';
import { findColumn } from '../schema/find.js';
import type { Column, Table } from '../schema/types.js';
import type { BackupTable, Plan, PlannedStep } from './types.js';

/** What of a run is meant, as it was asked for. */
export interface Asked {
  readonly table?: string | undefined;
  /** A value of the first key column of the main table; or `COLUMN=value`, of a table whose key begins with that column. */
  readonly key?: string | undefined;
  readonly user?: string | undefined;
}

/** A value that a column of a table must have. */
export interface Match {
  readonly source: Table;
  readonly column: Column;
  readonly value: string;
  /** To the last character, whatever the collation; otherwise as the key itself compares. */
  readonly exactly: boolean;
}

/** Some of the rows that a run deleted. */
export interface Selection {
  /** Rows of this table alone. */
  readonly only?: BackupTable;
  /** All of these must hold of a row of a cleaned table; each holds if one of its matches does. */
  readonly conditions: readonly (readonly Match[])[];
  /** For the log, without the value: it may say who somebody is. */
  readonly words: string;
}

/** @throws UsageError for a table, a key or a user that the cleanup does not know */
export function selectionOf(asked: Asked, plan: Plan): Selection {
  const only = asked.table === undefined ? undefined : tableNamed(asked.table, plan);
  const keys = asked.key === undefined ? [] : [keyMatches(asked.key, plan)];
  const users = asked.user === undefined ? [] : [userMatches(asked.user, plan)];
  const words = [
    ...(only === undefined ? [] : [`table ${only.source.name}`]),
    ...keys.map(([first]) => `one ${first?.column.name}`),
    ...users.map((matches) => `one ${[...new Set(matches.map(({ column }) => column.name))].join(' or ')}`),
  ];
  return { ...(only && { only }), conditions: [...keys, ...users], words: words.join(', ') };
}

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

function tableNamed(name: string, { backups }: Plan): BackupTable {
  const found = backups.find(({ source }) => sameName(source.name, name));
  if (found !== undefined) return found;
  const next = `Name one of ${backups.map(({ source }) => source.name).join(', ')}.`;
  throw new UsageError(`The cleanup deletes nothing from a table ${name}.`, { next });
}

/** Tables that the policy itself cleans, that of its first step first. */
export const cleanedTables = ({ steps }: Plan): readonly Table[] => [...new Set(steps.map(({ table }) => table))];

interface Keyed {
  readonly table: Table;
  readonly column: Column;
}

function keyMatches(text: string, plan: Plan): readonly Match[] {
  const keyed = cleanedTables(plan).flatMap((table): readonly Keyed[] => {
    const column = findColumn(table, table.primaryKey[0] ?? '');
    return column === undefined ? [] : [{ table, column }];
  });
  const [, said = '', rest = ''] = /^(\w+)=([\s\S]*)$/.exec(text) ?? [];
  const named = keyed.find(({ column }) => sameName(column.name, said));
  const main = named ?? keyed[0];
  if (main === undefined) {
    throw new UsageError('No table of this cleanup has a key.', { next: 'Select by --table or --user.' });
  }
  const value = named === undefined ? text : rest;
  const { family, name, type } = main.column;
  if (family !== 'text' && family !== 'integer') {
    throw new UsageError(`${main.table.name}.${name} is of type ${type}, by which no row is selected.`, {
      next: 'Select by --table or --user.',
    });
  }
  if (family === 'integer' && !/^-?[0-9]{1,18}$/.test(value)) {
    const known = [...new Set(keyed.map(({ column }) => `${column.name}=…`))];
    throw new UsageError(`${name} is a whole number, and ${value} is none.`, {
      next: `Give a number, or a column and a value: ${known.join(', ')}.`,
    });
  }
  // What two tables keep under one key is one thing, such as a session.
  return keyed
    .filter(({ column }) => sameName(column.name, name) && column.family === family)
    .map(({ table, column }) => ({ source: table, column, value, exactly: false }));
}

function userMatches(value: string, plan: Plan): readonly Match[] {
  const followers = plan.steps.flatMap((step) => step.followers.map(({ table }) => table));
  const matches = [...new Set([...cleanedTables(plan), ...followers])].flatMap((source): readonly Match[] => {
    const column = userColumns
      .flatMap((name) => findColumn(source, name) ?? [])
      .find(({ family }) => family === 'text');
    return column === undefined ? [] : [{ source, column, value, exactly: true }];
  });
  if (matches.length > 0) return matches;
  throw new UsageError('No table of this cleanup says whose a row is.', { next: 'Select by --table or --where-key.' });
}

/**
 * Columns whose rows only come back together: of a session, or a path, an older row alone would be the newest. Empty if each
 * row stands for itself.
 */
export function togetherBy(source: Table, plan: Plan): readonly string[] {
  const [first = [], ...others] = plan.steps.filter(({ table }) => table === source).flatMap(groupsOf);
  // What all groups share makes larger groups, each of which is whole.
  const shared = first.filter((name) => others.every((other) => other.some((one) => sameName(one, name))));
  if (first.length > 0 && shared.length === 0) {
    throw new UsageError(`Rows of ${source.name} come back all together or not at all.`, {
      next: 'Restore the whole run.',
    });
  }
  return shared.map((name) => findColumn(source, name)?.name ?? name);
}

function groupsOf({ rule, table }: PlannedStep): readonly (readonly string[])[] {
  if (rule.history) return [table.primaryKey.slice(0, 1)];
  return rule.reasons
    .flatMap(({ when }) => everyPart(when, rule.table))
    .flatMap(([part]) => (part.kind === 'superseded' || part.kind === 'alone' ? [part.by] : []));
}
