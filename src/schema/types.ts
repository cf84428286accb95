/** What a database looks like to deepclean: the facts that decide which rows can be found, deleted and kept. */

/** What a column can hold, whatever its database calls it. `other` is anything that no rule may read. */
export type ColumnFamily = 'text' | 'integer' | 'timestamp' | 'boolean' | 'binary' | 'other';

export interface Column {
  readonly name: string;
  /** The type in the words of its database, complete: `varchar(255)`, `timestamp without time zone`. */
  readonly type: string;
  /** What it can hold, as its dialect classifies the type. */
  readonly family: ColumnFamily;
  readonly nullable: boolean;
  /** Character set and collation, only where they are not the database's own default. */
  readonly collation?: { readonly characterSet?: string; readonly name: string };
  /** The server computes this column; it can be read but never written. */
  readonly generated?: boolean;
  /** The server refuses explicit values unless told otherwise (`GENERATED ALWAYS AS IDENTITY`). */
  readonly identityAlways?: boolean;
}

export type DeleteRule = 'CASCADE' | 'NO ACTION' | 'RESTRICT' | 'SET NULL' | 'SET DEFAULT';

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly references: string;
  readonly referencedColumns: readonly string[];
  readonly onDelete: DeleteRule;
}

export interface Index {
  readonly name: string;
  readonly unique: boolean;
  readonly columns: readonly string[];
  /** It leads to rows with given values, and cannot be read in their order: each partition has an order of its own. */
  readonly unordered?: boolean;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Empty where the table has none. */
  readonly primaryKey: readonly string[];
  /** The index of the primary key leads to a row, and cannot be read in the order of the key. */
  readonly unorderedKey?: boolean;
  readonly foreignKeys: readonly ForeignKey[];
  readonly indexes: readonly Index[];
  /** Why rows of this table cannot be deleted safely, where the catalog knows a reason. */
  readonly obstacle?: string;
  /** Why rows of this table, or what they hold, may be hidden from whoever asks, where the catalog knows a reason. */
  readonly hidden?: string;
}

export interface Schema {
  /** Where the facts come from, for messages: `profile identity-5.14-mysql`, `postgresql://host/db`. */
  readonly source: string;
  /** Name of the dialect whose words the types are in. */
  readonly dialect: string;
  /** Namespace of the tables where the database has one inside it (PostgreSQL's `public`). */
  readonly namespace?: string;
  /** What the server says of itself; absent in a profile. */
  readonly server?: { readonly version: string; readonly timeZone: string };
  readonly tables: readonly Table[];
}
