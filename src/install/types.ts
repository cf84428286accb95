import type { ServerFacts, StoredObject } from '../dialects/dialect.js';
import type { PlanChoices } from '../plan/make-plan.js';
import type { ObjectNames } from '../plan/types.js';
import type { Policy } from '../policy/types.js';
import type { Deliverable, DeliveredFile } from '../render/deliverable.js';
import type { MadeObject } from '../render/render-plan.js';
import type { SettingValues } from '../render/settings.js';
import type { SignedReview } from '../review/folder.js';
import type { Schema, Table } from '../schema/types.js';

/** What the register says of an object. */
export interface Registered {
  readonly name: string;
  readonly kind: string;
  readonly artifactSha256: string;
  readonly storedSha256: string;
}

/** What the table of signatures says of a statement that made an object. */
export interface RecordedSignature {
  readonly artifactSha256: string;
  readonly reviewSha256: string;
  readonly name: string;
  readonly principal: string;
  readonly fingerprint: string;
  /** UTC by the signer's clock, ISO 8601. */
  readonly at: string;
}

/** What the database holds under the names that deepclean uses. */
export interface Installed {
  /** Objects of these names, no matter who made them, and lists of earlier versions. */
  readonly existing: readonly StoredObject[];
  /** The tables among them, with their columns. */
  readonly tables: readonly Table[];
  readonly registered: readonly Registered[];
  readonly signatures: readonly RecordedSignature[];
  /** Code that the register does not know, and that is deepclean's all the same by what it says. */
  readonly marked: ReadonlySet<string>;
  /** By policy: runs of which rows are kept, and that the log does not know any more. */
  readonly lostRuns: ReadonlyMap<string, number>;
  /** Tables in which another mode of backup kept rows, and how many: they stay, and no run prunes them any more. */
  readonly keptOtherwise: ReadonlyMap<string, number>;
  /** By `objectKey`: SHA-256 of what the server keeps of each object now. */
  readonly stored: ReadonlyMap<string, string>;
  /** Rows of the settings table, as `procedure.name`. */
  readonly settings: ReadonlySet<string>;
}

/** A policy, and what the user chose for it. */
export interface PolicyChoice {
  readonly policy: Policy;
  readonly choices: PlanChoices;
  readonly settings: SettingValues;
}

export interface PreflightRequest {
  /** Policies to render for the live schema, or deliverables that were reviewed (`readGenerated`). */
  readonly what:
    | { readonly policies: readonly PolicyChoice[] }
    /** `policies`: the same by this version's rules, which say what a difference from a signed review means. */
    | { readonly deliverables: readonly Deliverable[]; readonly policies?: readonly PolicyChoice[] };
  readonly namespace?: string | undefined;
  /** Whether a server that is set to read only is meant all the same. */
  readonly allowReadOnly?: boolean;
  /** Names of foreign objects that may be dropped to make room. */
  readonly replace?: readonly string[];
  /** Only what this review signs may be installed. `version`: of deepclean. */
  readonly signed?: { readonly review: SignedReview; readonly version: string } | undefined;
}

/** All that an installation goes by, read before anything was changed. */
export interface Found {
  readonly server: ServerFacts;
  readonly schema: Schema;
  readonly deliverables: readonly Deliverable[];
  readonly installed: Installed;
  /** Policies that have nothing to do in this schema, and why. */
  readonly absent: readonly { readonly policy: string; readonly why: string }[];
  /** Foreign objects that the user gave up for replacement. */
  readonly replaced: readonly StoredObject[];
  /** What all of it was compared with. */
  readonly review?: SignedReview;
}

/** What was found, and what an installation would do. */
export interface Preflight extends Found {
  readonly plan: InstallPlan;
}

export type ObjectState = 'new' | 'changed' | 'same';

/** An object, and what installing its file would do. */
export interface PlannedObject {
  readonly file: string;
  readonly object: MadeObject;
  readonly state: ObjectState;
  /** What is different, if the plan knows. */
  readonly notes: readonly string[];
}

/** A statement that no file holds: room made for an object, a backup table made to fit, a setting that is retired. */
export interface ExtraStatement {
  readonly title: string;
  readonly sql: string;
}

/** Everything an installation would do; nothing if `isNeeded` is false. */
export interface InstallPlan {
  readonly isNeeded: boolean;
  /** Every object of every deliverable, in the order of installation. */
  readonly objects: readonly PlannedObject[];
  /** Settings rows that are missing, as `procedure.name`. */
  readonly missingSettings: readonly string[];
  /** Runs of which rows are kept, and that are entered in the log again. */
  readonly lostRuns: readonly { readonly procedure: string; readonly runs: number }[];
  /** What another mode of backup kept, and what stays as it is. */
  readonly keptOtherwise: readonly { readonly table: string; readonly rows: number }[];
  /** Run before the files. */
  readonly extras: readonly ExtraStatement[];
  /** Files to run: those with something new or changed, whole. */
  readonly files: readonly DeliveredFile[];
  /** Run after the files: who signed them. */
  readonly signatures: readonly ExtraStatement[];
  readonly review?: SignedReview;
  /** Objects that the register does not know yet. */
  readonly unregistered: readonly MadeObject[];
  readonly deliverables: readonly Deliverable[];
}

/** The names of one cleanup's objects. */
export interface OwnedCleanup {
  readonly names: ObjectNames;
  /** Its backup tables. */
  readonly backups: readonly string[];
}

export interface UninstallRequest {
  readonly prefix: string;
  readonly namespace?: string | undefined;
  /** Names of the cleanups to remove, at least one. */
  readonly remove: readonly ObjectNames[];
  /** Other cleanups; those whose procedure is registered keep the shared tables and their own backups. */
  readonly others?: readonly OwnedCleanup[];
  /** Kept rows stay, with the log that says what they are. */
  readonly keepBackups?: boolean;
}

export interface UninstallPlan {
  /** What is dropped, in this order. */
  readonly drops: readonly StoredObject[];
  readonly kept: readonly StoredObject[];
  /** Rows that are lost with each backup table. */
  readonly backupRows: readonly { readonly table: string; readonly rows: number }[];
  /** Rows of shared tables that go if the tables themselves stay. */
  readonly forget: readonly { readonly title: string; readonly sql: string }[];
  readonly namespace: string | undefined;
}
