import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SignatureError } from '../errors.js';
import { makeFolder } from '../files.js';
import { sha256 } from '../render/artifact.js';
import {
  claimedSignatures,
  pageFile,
  type Review,
  readReview,
  signedFilesIn,
  statementFile,
  verifyReview,
} from './folder.js';

/** Where a folder keeps the review that was signed last while a new one waits for its signature. */
const kept = 'last-signed';

/** A review that somebody signed, or says so. */
export interface EarlierReview extends Review {
  readonly signatures: readonly { readonly name: string; readonly at: string }[];
}

/**
 * The review that a new one is compared with: the one in the folder if it is signed, else the one that was signed before.
 * Whether the signature counts is looked at if it is known who may sign.
 */
export async function lastSigned(
  folder: string,
  allowedSigners: string | undefined,
): Promise<EarlierReview | undefined> {
  for (const place of [folder, join(folder, kept)]) {
    if (!existsSync(join(place, statementFile)) || signedFilesIn(place).length === 0) continue;
    if (allowedSigners === undefined) {
      const signatures = claimedSignatures(place);
      if (signatures.length > 0) return { ...readReview(place), signatures };
      continue;
    }
    try {
      return await verifyReview(place, allowedSigners);
    } catch (error) {
      if (!(error instanceof SignatureError)) throw error;
    }
  }
  return undefined;
}

/** Puts a signed review aside in its folder, before another is written there. */
export function keepSigned({ folder, statement }: Review): void {
  const aside = join(folder, kept);
  rmSync(aside, { recursive: true, force: true });
  const files = Object.keys(statement.files).map((file) => join(statement.dialect, file));
  const signatures = signedFilesIn(folder).flatMap((file) => [file, `${file}.sig`]);
  makeFolder(join(aside, statement.dialect));
  for (const file of [statementFile, pageFile, ...signatures, ...files]) {
    if (existsSync(join(folder, file))) copyFileSync(join(folder, file), join(aside, file));
  }
}

/** The text of a file of a review, if it still is the one that the review is about. */
export function signedFile({ folder, statement }: Review, file: string): string | undefined {
  const path = join(folder, statement.dialect, file);
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  return sha256(text) === statement.files[file] ? text : undefined;
}
