import { type Token, tokensOf } from './tokens.js';

// A grammar knows nothing of names. This reads who declares which, and who uses it.

/** What others may call of a package, and the fields of the record that it hands on. */
export interface PackageSpec {
  readonly name: string;
  /** Of each subprogram: how many parameters a call must have, and how many it may have. */
  readonly subprograms: ReadonlyMap<string, readonly [number, number]>;
  readonly types: ReadonlySet<string>;
  readonly exceptions: ReadonlySet<string>;
  readonly record: { readonly name: string; readonly fields: ReadonlySet<string> };
}

interface Name {
  readonly kind: 'variable' | 'parameter' | 'subprogram' | 'exception' | 'type' | 'loop';
  readonly line: number;
  readonly isRecord: boolean;
  /** An OUT parameter is written for the caller. */
  readonly isOut: boolean;
  readonly arity?: readonly [number, number];
  reads: number;
  writes: number;
}

/** Statements and clauses; none of them is a name. */
const keywords = new Set(
  `BEGIN END IF THEN ELSE ELSIF LOOP WHILE FOR FORALL EXIT CONTINUE RETURN RAISE NULL CASE WHEN SELECT INSERT UPDATE DELETE
  MERGE COMMIT ROLLBACK SAVEPOINT LOCK SET EXECUTE OPEN FETCH CLOSE DECLARE EXCEPTION GOTO`.split(/\s+/),
);

/** What is written with a parenthesis and is neither a name of ours nor, like EXISTS and IN, a function. */
const builtIn = new Set(
  `AND OR NOT IN EXISTS VALUES ON OVER AS WHERE THEN ELSE WHEN IF ELSIF BY USING INTO BETWEEN SELECT FROM JOIN UNION ALL
  RETURN OF LIKE SET UPDATE KEY UNIQUE CHECK CONSTRAINT IDENTITY COALESCE COUNT MAX MIN SUM NVL NVL2 DECODE LEAST GREATEST
  TRUNC FLOOR LENGTH SUBSTR SUBSTRB INSTR UPPER LOWER LTRIM RTRIM REPLACE CHR TO_CHAR TO_NUMBER TO_TIMESTAMP TO_DATE CAST
  NUMTODSINTERVAL SYS_EXTRACT_UTC SYS_CONTEXT REGEXP_LIKE LISTAGG GROUP KEEP RAWTOHEX HEXTORAW STANDARD_HASH ORA_HASH ROWIDTOCHAR TABLE
  RAISE_APPLICATION_ERROR VARCHAR2 CHAR NUMBER TIMESTAMP RAW EXCEPTION_INIT ROW_NUMBER EXTRACT`.split(/\s+/),
);

const packages = /^(DBMS_\w+|SYS|STANDARD)$/;

/** The specification in a CREATE PACKAGE. */
export function readSpec(sql: string): PackageSpec {
  const reader = new Reader(tokensOf(sql));
  return reader.spec();
}

/**
 * What is wrong with the names of a statement: undeclared, used before they are declared, or declared for nothing. It may call
 * the package, and these procedures that stand alone.
 */
export function nameComplaints(sql: string, kit?: PackageSpec, procedures: readonly string[] = []): readonly string[] {
  const tokens = tokensOf(sql);
  const [first, second, third] = tokens
    .filter(({ text }) => text !== 'OR' && text !== 'REPLACE')
    .map(({ text }) => text);
  const isBody = first === 'CREATE' && second === 'PACKAGE' && third === 'BODY';
  const isCode = isBody || (first === 'CREATE' && second === 'PROCEDURE') || first === 'DECLARE' || first === 'BEGIN';
  return isCode ? new Reader(tokens, kit, isBody, procedures).unit() : [];
}

/** The fields of a record that a statement names. */
export const fieldsUsed = (sql: string): readonly string[] => {
  const tokens = tokensOf(sql);
  return tokens.flatMap(({ text }, at) =>
    tokens[at - 1]?.text === '.' && /^[VP]_RUN$/.test(tokens[at - 2]?.text ?? '') ? [text] : [],
  );
};

/** What a statement calls of a package. */
export const callsOf = (sql: string, packageName: string): readonly string[] => {
  const tokens = tokensOf(sql);
  return tokens.flatMap(({ text }, at) =>
    tokens[at - 1]?.text === '.' && tokens[at - 2]?.text === packageName ? [text] : [],
  );
};

class Reader {
  private at = 0;
  private readonly scopes: Map<string, Name>[] = [];
  private readonly complaints: string[] = [];

  constructor(
    private readonly tokens: readonly Token[],
    private readonly kit?: PackageSpec,
    private readonly isBody = false,
    private readonly procedures: readonly string[] = [],
  ) {}

  unit(): readonly string[] {
    this.scopes.push(new Map());
    if (this.isBody) {
      this.skipPast('AS', 'IS');
      // What the specification declares is there for the body, and for others.
      for (const name of [...(this.kit?.exceptions ?? []), ...(this.kit?.types ?? [])]) {
        this.declare(name, 'type', { reads: 1 });
      }
      this.declarations();
    } else if (this.now === 'CREATE') {
      this.skipTo('PROCEDURE');
      this.subprogram();
    } else {
      this.block();
    }
    this.leave();
    return this.complaints;
  }

  spec(): PackageSpec {
    this.skipTo('PACKAGE');
    const name = this.peek(1);
    this.skipPast('AS', 'IS');
    const subprograms = new Map<string, readonly [number, number]>();
    const types = new Set<string>();
    const exceptions = new Set<string>();
    let record = { name: '', fields: new Set<string>() as ReadonlySet<string> };
    while (this.at < this.tokens.length && this.now !== 'END') {
      if (this.now === 'PROCEDURE' || this.now === 'FUNCTION') {
        const called = this.peek(1);
        this.at += 2;
        subprograms.set(called, this.arity(this.parameters()));
        this.skipPast(';');
      } else if (this.now === 'TYPE') {
        const called = this.peek(1);
        if (this.peek(3) === 'RECORD') record = { name: called, fields: this.fields() };
        else this.skipPast(';');
        types.add(called);
      } else {
        if (this.peek(1) === 'EXCEPTION') exceptions.add(this.now);
        this.skipPast(';');
      }
    }
    return { name, subprograms, types, exceptions, record };
  }

  private get now(): string {
    return this.peek(0);
  }

  private peek(ahead: number): string {
    return this.tokens[this.at + ahead]?.text ?? '';
  }

  private get line(): number {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]?.line ?? 0;
  }

  private skipTo(...texts: readonly string[]): void {
    while (this.at < this.tokens.length && !texts.includes(this.now)) this.at += 1;
  }

  private skipPast(...texts: readonly string[]): void {
    this.skipTo(...texts);
    this.at += 1;
  }

  private fields(): ReadonlySet<string> {
    this.skipPast('(');
    const fields = new Set<string>();
    for (let depth = 1; depth > 0; ) {
      fields.add(this.now);
      while (!(depth === 1 && this.now === ',') && depth > 0) {
        if (this.now === '(') depth += 1;
        if (this.now === ')') depth -= 1;
        this.at += 1;
      }
      if (depth > 0) this.at += 1;
    }
    this.skipPast(';');
    return fields;
  }

  private declare(name: string, kind: Name['kind'], more: Partial<Name> = {}): void {
    const scope = this.scopes.at(-1);
    // A subprogram of the specification, or declared forward, gets its body here.
    if (scope?.has(name) && kind !== 'subprogram') this.complain(`${name} is declared twice`);
    if (!scope?.has(name)) {
      scope?.set(name, { kind, line: this.line, isRecord: false, isOut: false, reads: 0, writes: 0, ...more });
    }
  }

  private complain(what: string, line = this.line): void {
    this.complaints.push(`line ${line}: ${what}`);
  }

  private leave(): void {
    const exported = this.scopes.length === 1 && this.isBody ? this.kit?.subprograms : undefined;
    for (const [name, { kind, line, reads, writes, isOut }] of this.scopes.pop() ?? []) {
      if (kind === 'loop' || exported?.has(name) || (this.scopes.length === 0 && !this.isBody)) continue;
      if (reads + writes === 0) this.complain(`${kind} ${name} is never used`, line);
      else if (reads === 0 && !isOut) this.complain(`${kind} ${name} is set, and never read`, line);
    }
  }

  private find(name: string): Name | undefined {
    return this.scopes.findLast((scope) => scope.has(name))?.get(name);
  }

  /** Up to BEGIN, or the END of a package. */
  private declarations(): void {
    while (this.at < this.tokens.length && this.now !== 'BEGIN' && this.now !== 'END') {
      if (this.now === 'PROCEDURE' || this.now === 'FUNCTION') {
        this.subprogram();
      } else if (this.now === 'PRAGMA') {
        if (this.peek(1) === 'EXCEPTION_INIT' && this.find(this.peek(3)) === undefined) {
          this.complain(`${this.peek(3)} is no exception`);
        }
        this.skipPast(';');
      } else if (this.now === 'TYPE') {
        this.declare(this.peek(1), 'type');
        this.skipPast(';');
      } else {
        const name = this.now;
        this.declare(name, this.peek(1) === 'EXCEPTION' ? 'exception' : 'variable', { isRecord: this.isOfRecord(1) });
        this.at += 1;
        this.expression(';');
        const declared = this.find(name);
        // A constant, or a value that it begins with, is no use of it.
        if (declared !== undefined) declared.writes = 0;
        this.at += 1;
      }
    }
  }

  private isOfRecord(ahead: number): boolean {
    const qualified = this.peek(ahead) === this.kit?.name && this.peek(ahead + 1) === '.' ? ahead + 2 : ahead;
    return this.kit !== undefined && this.peek(qualified) === this.kit.record.name;
  }

  private subprogram(): void {
    const name = this.peek(1);
    const { line } = this;
    this.at += 2;
    const parameters = this.parameters();
    const arity = this.arity(parameters);
    const exported = this.isBody && this.scopes.length === 1 ? this.kit?.subprograms.get(name) : undefined;
    if (exported !== undefined && exported.join() !== arity.join()) {
      this.complain(`${name} has other parameters than in the specification`, line);
    }
    this.declare(name, 'subprogram', { line, arity });
    this.skipTo('IS', 'AS', ';');
    if (this.now === ';') {
      this.at += 1;
      return;
    }
    this.at += 1;
    this.scopes.push(new Map());
    for (const { name: parameter, isOut, isRecord } of parameters) {
      this.declare(parameter, 'parameter', { isOut, isRecord, line });
    }
    this.declarations();
    this.body();
    this.leave();
    this.skipPast(';');
  }

  private parameters(): readonly { name: string; isOut: boolean; isRecord: boolean; isOptional: boolean }[] {
    const found: { name: string; isOut: boolean; isRecord: boolean; isOptional: boolean }[] = [];
    if (this.now !== '(') return found;
    this.at += 1;
    while (this.peek(0) !== ')') {
      const begin = this.at;
      let depth = 0;
      while (!(depth === 0 && (this.peek(0) === ',' || this.peek(0) === ')'))) {
        if (this.peek(0) === '(') depth += 1;
        if (this.peek(0) === ')') depth -= 1;
        this.at += 1;
      }
      const texts = this.tokens.slice(begin, this.at).map(({ text }) => text);
      found.push({
        name: texts[0] ?? '',
        isOut: texts.includes('OUT'),
        isRecord: this.kit !== undefined && texts.includes(this.kit.record.name),
        isOptional: texts.includes('DEFAULT'),
      });
      if (this.peek(0) === ',') this.at += 1;
    }
    this.at += 1;
    return found;
  }

  private arity(parameters: readonly { isOptional: boolean }[]): readonly [number, number] {
    return [parameters.filter(({ isOptional }) => !isOptional).length, parameters.length];
  }

  private block(): void {
    this.scopes.push(new Map());
    if (this.now === 'DECLARE') {
      this.at += 1;
      this.declarations();
    }
    this.body();
    this.leave();
  }

  /** From BEGIN to its END, which stays. */
  private body(): void {
    if (this.now !== 'BEGIN') this.complain(`${this.now} where BEGIN is expected`);
    this.at += 1;
    this.scopes.push(new Map());
    const opened: string[] = ['BEGIN'];
    let isStart = true;
    while (this.at < this.tokens.length) {
      const { text, kind } = this.tokens[this.at] as Token;
      if (text === 'END') {
        opened.pop();
        if (opened.length === 0) break;
        const isBlock = !['IF', 'LOOP', 'CASE'].includes(this.peek(1));
        this.at += isBlock ? 1 : 2;
        continue;
      }
      if (text === 'DECLARE') {
        this.block();
        this.at += 1;
        continue;
      }
      if (['BEGIN', 'CASE', 'LOOP'].includes(text) || (text === 'IF' && isStart)) opened.push(text);
      if ((text === 'FOR' || text === 'FORALL') && this.peek(2) === 'IN' && kind === 'word') {
        this.declareLoop(this.peek(1));
        this.at += 3;
        isStart = false;
        continue;
      }
      if (kind === 'word') this.word(isStart);
      isStart = text === ';' || ['BEGIN', 'ELSE', 'LOOP'].includes(text) || (text === 'THEN' && !this.isInSql(opened));
      this.at += 1;
    }
    this.leave();
    this.at += 1;
  }

  /** THEN and ELSE of a CASE are followed by values. */
  private isInSql(opened: readonly string[]): boolean {
    return opened.at(-1) === 'CASE';
  }

  private declareLoop(name: string): void {
    this.scopes.at(-1)?.set(name, {
      kind: 'loop',
      line: this.line,
      isRecord: false,
      isOut: false,
      reads: 0,
      writes: 0,
    });
  }

  private expression(end: string): void {
    while (this.at < this.tokens.length && this.now !== end) {
      if (this.tokens[this.at]?.kind === 'word') this.word(false);
      this.at += 1;
    }
  }

  /** A word of a body: what it is, and whether anybody declared it. */
  private word(isStart: boolean): void {
    const text = this.now;
    const before = this.tokens[this.at - 1]?.text;
    if (before === '.' || before === '%' || before === 'END' || before === 'AS') return;
    const next = this.peek(1);
    if (text === this.kit?.name && next === '.') {
      this.call(this.peek(2), this.kit.subprograms.get(this.peek(2)), 3);
      return;
    }
    if (this.procedures.includes(text) && isStart && next === '(') return;
    const declared = this.find(text);
    if (declared !== undefined && declared.kind !== 'loop') {
      const isSet = (next === ':=' && isStart) || (this.isTarget() && !['.', '('].includes(next) && !this.locks());
      if (isSet) declared.writes += 1;
      else declared.reads += 1;
      if (declared.kind === 'subprogram' && declared.arity) this.count(text, declared.arity, 1);
      if (declared.isRecord && next === '.' && !this.kit?.record.fields.has(this.peek(2))) {
        this.complain(`${this.kit?.record.name} has no field ${this.peek(2)}`);
      }
      return;
    }
    if (declared !== undefined) return;
    const isOurs = /^[VPCE]_\w+$/.test(text);
    const isCall = next === '(' && !builtIn.has(text) && this.isExpression(before);
    const isStatement = isStart && !keywords.has(text) && !(next === '.' && packages.test(text)) && !builtIn.has(text);
    // A label of a loop, or of a block, is none of these.
    if (isOurs || isCall || isStatement) this.complain(`${text} is not declared, or only later`);
  }

  /** INTO has targets, up to the next word of SQL. */
  private isTarget(): boolean {
    for (let at = this.at - 1; at >= 0; at -= 1) {
      const { text = '', kind } = this.tokens[at] ?? {};
      if (text === 'INTO') return this.tokens[at - 1]?.text !== 'INSERT' && this.tokens[at - 1]?.text !== 'MERGE';
      if (
        text !== ',' &&
        text !== '.' &&
        !(kind === 'word' && /^[VP]_/.test(text)) &&
        this.tokens[at - 1]?.text !== '.'
      )
        return false;
    }
    return false;
  }

  /** A statement that locks a row must put what it reads somewhere. */
  private locks(): boolean {
    for (let at = this.at; at < this.tokens.length && this.tokens[at]?.text !== ';'; at += 1) {
      if (this.tokens[at]?.text === 'FOR' && this.tokens[at + 1]?.text === 'UPDATE') return true;
    }
    return false;
  }

  /** Behind a name of a table stand the columns of an INSERT, or of a view. */
  private isExpression(before: string | undefined): boolean {
    return !['INTO', 'TABLE', 'WITH', 'ON', 'FROM', 'JOIN', '.', ','].includes(before ?? '') || before === ',';
  }

  private call(name: string, arity: readonly [number, number] | undefined, ahead: number): void {
    const { kit } = this;
    if (kit === undefined) return;
    if (arity === undefined) {
      if (!kit.types.has(name) && !kit.exceptions.has(name)) this.complain(`${kit.name} has no ${name}`);
      return;
    }
    this.count(`${kit.name}.${name}`, arity, ahead);
  }

  /** Arguments of a call whose parenthesis, if any, is so many words away. */
  private count(name: string, [least, most]: readonly [number, number], ahead: number): void {
    let given = 0;
    if (this.peek(ahead) === '(') {
      let depth = 0;
      given = this.peek(ahead + 1) === ')' ? 0 : 1;
      for (let at = ahead; this.at + at < this.tokens.length; at += 1) {
        if (this.peek(at) === '(') depth += 1;
        if (this.peek(at) === ')') depth -= 1;
        if (this.peek(at) === ',' && depth === 1) given += 1;
        if (depth === 0) break;
      }
    }
    if (given < least || given > most) {
      this.complain(`${name} is given ${given} parameters, and has ${least === most ? most : `${least} to ${most}`}`);
    }
  }
}
