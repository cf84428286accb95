import type { Readable } from 'node:stream';
import type { Column, Schema } from '../schema/types.js';
import type { Connection, ConnectionTarget } from './connection.js';

/** A server of one's own: for this process alone, on this machine's own address, with data that go with it. */
export interface ScratchServer {
  /** Of the database that a dump is loaded into; its account may do everything. */
  readonly url: string;
  readonly password: string;
  /** Ends it and removes its data; never throws, and may be called while a process exits. */
  end(): void;
}

/** A dump that was opened. */
export interface Dump {
  /** As messages name it. */
  readonly name: string;
  /** Its first letters. */
  readonly beginning: string;
  /** All of it, from the beginning; may be asked for once. */
  readonly content: () => Readable;
}

/** What became of a dump that was loaded. */
export interface Loaded {
  /** Statements that could not be carried out and make no difference, as the server's messages. */
  readonly passedOver: readonly string[];
}

/** A server of a dialect that is started for a while, with programs that are on this machine. */
export interface Scratch {
  /** The program that makes such dumps, as users know it. */
  readonly dumpProgram: string;
  /** The dump was made of such a database, and can be loaded into a server that we start. */
  readsDump(beginning: string): boolean;
  /** Starts one with an empty database. @param programs where its programs are, if not where the system has them @throws DeepcleanError */
  start(programs?: string): Promise<ScratchServer>;
  /** Loads a dump with the vendor's own client. @throws DeepcleanError with what the client said */
  load(server: ScratchServer, dump: Dump, programs?: string): Promise<Loaded>;
  /** Reads what makes the tables of a live database, with the vendor's own dump program and no row. @throws DeepcleanError */
  readSchema(source: LiveSource, programs?: string): Promise<SchemaText>;
  readonly copying: Copying;
}

/** A database that is read and never written. */
export interface LiveSource {
  readonly target: ConnectionTarget;
  readonly connection: Connection;
  /** The tables that are wanted. */
  readonly schema: Schema;
}

/** What makes the tables of a database. */
export interface SchemaText {
  /** Before rows are written. */
  readonly before: string;
  /** Once they are there: whatever would change, refuse or slow down what is written. */
  readonly after: string;
}

/** How rows are read in a live database, and written on the server of a rehearsal such that they are the same. */
export interface Copying {
  /** Begins a snapshot in which nothing can be written, and no statement goes on for long; ROLLBACK ends it. */
  readonly beginReading: readonly string[];
  /** Rows are written as they come, whether or not what they refer to is there yet. */
  readonly beginWriting: readonly string[];
  /** A column as it is read: whatever it holds comes back when that is written. */
  read(reference: string, column: Column): string;
  /** The statement that writes so many rows. */
  insert(table: string, columns: readonly Column[], rows: number): string;
}
