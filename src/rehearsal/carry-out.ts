import type { Connection, ResultRow } from '../dialects/dialect.js';
import { ask } from '../operate/place.js';
import { judgeRows } from '../operate/why/judge-rows.js';
import type { Moment } from '../operate/why/read-facts.js';
import { mustFind } from '../plan/resolve-step.js';
import type { PlannedFollower, PlannedStep } from '../plan/types.js';
import type { Table } from '../schema/types.js';
import { numberColumn, type Twin } from './twin.js';

/** Rows that are read and judged at once. */
const pageRows = 5000;

/** Numbers that stand in one list; no database takes fewer. */
const listLength = 1000;

/** How many rows were judged in memory, and how many of them are dead. */
export interface Judged {
  readonly table: string;
  readonly rows: number;
  readonly dead: number;
}

/**
 * Carries a cleanup out on the twins, step by step, as its policy says and not as its procedure does it: the rule is evaluated
 * in memory, row by row, and what is dead by it is deleted by its number, with its child rows and what follows it. What is
 * left of the twins is what the procedure must have left, or more.
 */
export async function carryOut(
  connection: Connection,
  twin: Twin,
  moment: Moment,
  onPage: (judged: number) => void,
): Promise<readonly Judged[]> {
  const work = new Work(connection, twin, moment, onPage);
  const judged: Judged[] = [];
  for (const step of twin.plan.steps) judged.push(await work.step(step));
  return judged;
}

class Work {
  private total = 0;

  constructor(
    private readonly connection: Connection,
    private readonly twin: Twin,
    private readonly moment: Moment,
    private readonly onPage: (judged: number) => void,
  ) {}

  async step(step: PlannedStep): Promise<Judged> {
    const gone = new Set([step.table.name, ...step.children.map(({ table }) => table.name)]);
    for (const name of gone) await this.makeList(name);
    // One for each, since a table may follow by several pairs of columns, each with a guard of its own.
    for (const [at, { table }] of step.followers.entries()) await this.makeList(table.name, at);
    const { rows, dead } = await this.judgeAll(step);
    await this.mark(step.table.name, dead, this.list(step.table.name));
    // Parents before what hangs on them.
    for (const { table, path } of [...step.children].reverse()) {
      const [link, above] = path;
      if (link === undefined) throw new Error(`${table.name} has no path to the table of its step`);
      const { columns, referencedColumns } = link.foreignKey;
      const parent = above?.table ?? step.table;
      const pairs = columns.map((own, at) => `p.${this.name(referencedColumns[at] ?? '')} = c.${this.name(own)}`);
      await this.markBelow(table, parent, pairs, this.list(table.name));
    }
    for (const [at, { table, on }] of step.followers.entries()) {
      const pairs = on.map(([own, theirs]) => `c.${this.name(own)} = p.${this.name(theirs)}`);
      await this.markBelow(table, step.table, pairs, this.list(table.name, at));
    }
    for (const name of gone) await this.deleteMarked(name, this.list(name));
    for (const [at, follower] of step.followers.entries()) await this.follow(follower, at);
    for (const name of gone) await this.dropList(this.list(name));
    for (const [at, { table }] of step.followers.entries()) await this.dropList(this.list(table.name, at));
    return { table: step.table.name, rows, dead: dead.length };
  }

  /** Of the rows that hung on deleted ones, those go that nothing keeps now. */
  private async follow({ table, guard, name, meaning, backup }: PlannedFollower, at: number): Promise<void> {
    const asStep: PlannedStep = {
      table: mustFind(this.twin.plan.schema, table.name),
      rule: { table: table.name.toUpperCase(), guard, reasons: [{ name, meaning, when: guard }] },
      keptBy: [],
      walk: { kind: 'physical' },
      children: [],
      followers: [],
      backup,
    };
    const list = this.list(table.name, at);
    const candidates = (alias: string): string => `${alias}.${this.number} IN (SELECT ${this.number} FROM ${list})`;
    const { dead } = await this.judge(asStep, candidates);
    await this.ask(`DELETE FROM ${list}`);
    await this.mark(table.name, dead, list);
    await this.deleteMarked(table.name, list);
  }

  private async judgeAll(step: PlannedStep): Promise<{ rows: number; dead: readonly bigint[] }> {
    const [row] = await this.ask(
      `SELECT MAX(${this.number}) AS ${this.name('n')} FROM ${this.twin.table(step.table.name)}`,
    );
    const last = Number(row?.n ?? 0);
    let rows = 0;
    const dead: bigint[] = [];
    for (let from = 0; from < last; from += pageRows) {
      const page = await this.judge(
        step,
        (alias) => `${alias}.${this.number} > ${from} AND ${alias}.${this.number} <= ${from + pageRows}`,
      );
      rows += page.rows;
      dead.push(...page.dead);
      this.total += page.rows;
      this.onPage(this.total);
    }
    return { rows, dead };
  }

  private async judge(step: PlannedStep, condition: (alias: string) => string) {
    const { place, plan } = this.twin;
    const naming = { condition, parameters: [] };
    const judged = await judgeRows(this.connection, place, plan, step, this.moment, naming, { sees: false });
    const dead = judged
      .filter(({ reason }) => reason !== undefined)
      .map(({ row }) => BigInt(String(row[numberColumn])));
    return { rows: judged.length, dead };
  }

  private async mark(name: string, numbers: readonly bigint[], list: string): Promise<void> {
    for (let at = 0; at < numbers.length; at += listLength) {
      const some = numbers.slice(at, at + listLength).join(', ');
      const from = `SELECT ${this.number} FROM ${this.twin.table(name)} WHERE ${this.number} IN (${some})`;
      await this.ask(`INSERT INTO ${list} ${from}`);
    }
  }

  private async markBelow(child: Table, parent: Table, pairs: readonly string[], list: string): Promise<void> {
    const parents = `SELECT 1 FROM ${this.twin.table(parent.name)} p JOIN ${this.list(parent.name)} g ON g.${this.number} = p.${this.number}`;
    const children = `SELECT c.${this.number} FROM ${this.twin.table(child.name)} c`;
    await this.ask(`INSERT INTO ${list} ${children} WHERE EXISTS (${parents} WHERE ${pairs.join(' AND ')})`);
  }

  private async deleteMarked(name: string, list: string): Promise<void> {
    const marked = `SELECT ${this.number} FROM ${list}`;
    await this.ask(`DELETE FROM ${this.twin.table(name)} WHERE ${this.number} IN (${marked})`);
  }

  private async makeList(name: string, follower?: number): Promise<void> {
    const { tableOf } = this.twin.place.dialect.expressions;
    const list = this.list(name, follower);
    await this.dropList(list);
    await this.ask(tableOf(list, `SELECT ${this.number} FROM ${this.twin.table(name)} WHERE 1 = 0`));
    await this.ask(`CREATE INDEX ${this.name(`${this.listName(name, follower)}_index`)} ON ${list} (${this.number})`);
  }

  private async dropList(list: string): Promise<void> {
    await this.connection.query(`DROP TABLE ${list}`).catch(() => undefined);
  }

  private name(column: string): string {
    return this.twin.place.dialect.expressions.identifier(column);
  }

  private get number(): string {
    return this.name(numberColumn);
  }

  private at(name: string): number {
    return this.twin.plan.schema.tables.findIndex((table) => table.name === name);
  }

  private listName(name: string, follower?: number): string {
    return `deepclean_gone_${this.at(name)}${follower === undefined ? '' : `_${follower}`}`;
  }

  /** Numbers of rows of a twin: of those that go, or of those that a follower is asked about. */
  private list(name: string, follower?: number): string {
    return this.twin.table(this.listName(name, follower));
  }

  private ask(sql: string): Promise<readonly ResultRow[]> {
    return ask(this.connection, this.twin.place, sql);
  }
}
