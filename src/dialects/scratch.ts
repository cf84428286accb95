import type { Readable } from 'node:stream';

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
}
