import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignatureError, UsageError } from '../errors.js';
import { makeFolder, readTextFile } from '../files.js';
import { sha256 } from '../render/artifact.js';
import { parseSignedText, type Signing, signedText } from './signed-text.js';
import { type Signer, sshSign, sshVerify } from './ssh.js';
import { parseStatement, type Statement, statementText } from './statement.js';

/** Files of a folder that holds a review. */
export const statementFile = 'review.json';
export const pageFile = 'review.html';
const signedFile = /^signed-by-.+\.txt$/;

/** A review, and the folder that it lies in. */
export interface Review {
  readonly folder: string;
  readonly statement: Statement;
  /** SHA-256 of the statement's text: what names the review. */
  readonly sha256: string;
}

/** A signature that counts. */
export interface Signature extends Signer, Pick<Signing, 'name' | 'at'> {}

export interface SignedReview extends Review {
  /** At least one. */
  readonly signatures: readonly Signature[];
}

/** A signature as it lies beside a review, whoever made it. */
export interface ClaimedSignature extends Pick<Signing, 'name' | 'at'> {
  readonly file: string;
}

/** @throws UsageError where there is none, ChecksumError where it cannot be understood */
export function readReview(folder: string): Review {
  const path = join(folder, statementFile);
  if (!existsSync(path)) {
    throw new UsageError(`${folder} holds no review: there is no ${statementFile}.`, {
      next: `Make one with \`deepclean review --out ${folder}\`.`,
    });
  }
  const text = readTextFile(path);
  return { folder, statement: parseStatement(text, path), sha256: sha256(text) };
}

/** What is to be written, as it would be named. */
export const newReview = (folder: string, statement: Statement): Review => ({
  folder,
  statement,
  sha256: sha256(statementText(statement)),
});

/** Writes what is to be read and signed. Signatures of an earlier one go: they say nothing about this one. */
export function writeReview({ folder, statement }: Review, page: string): void {
  makeFolder(folder);
  removeSignatures(folder);
  writeFileSync(join(folder, statementFile), statementText(statement));
  writeFileSync(join(folder, pageFile), page);
}

function removeSignatures(folder: string): void {
  for (const file of signedFilesIn(folder)) {
    for (const one of [file, `${file}.sig`]) rmSync(join(folder, one), { force: true });
  }
}

/** Signs a review, and puts the signature beside it. */
export async function signReview(
  review: Review,
  { key, name, now, say }: { key: string; name: string; now: Date; say: (line: string) => void },
): Promise<{ readonly signing: Signing; readonly file: string }> {
  const { folder } = review;
  const page = readTextFile(join(folder, pageFile));
  const at = `${now.toISOString().slice(0, 19)}Z`;
  const signing = { review: review.sha256, page: sha256(page), name, at };
  const text = signedText(signing);
  const signature = await sshSign(text, key, say);
  const file = `signed-by-${slugOf(name)}.txt`;
  writeFileSync(join(folder, file), text);
  writeFileSync(join(folder, `${file}.sig`), signature);
  return { signing, file };
}

/** A name as a part of a file's name; two names that are spelled alike are kept apart by their hash. */
function slugOf(name: string): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return /^[a-z0-9 ]+$/i.test(name) ? slug : `${slug}-${sha256(name).slice(0, 8)}`;
}

/** Who says that they signed a review; whether they may, nobody has checked. */
export const claimedSignatures = (folder: string): readonly ClaimedSignature[] =>
  signedFilesIn(folder).flatMap((file) => {
    const signing = parseSignedText(readFileSync(join(folder, file), 'utf8'));
    return signing === undefined ? [] : [{ file, name: signing.name, at: signing.at }];
  });

/**
 * The review in a folder, with the signatures that count: made by a key that may sign, of just this statement and page.
 *
 * @throws SignatureError unless there is one
 */
export async function verifyReview(folder: string, allowedSigners: string): Promise<SignedReview> {
  // Said by name, and not by what ssh-keygen says without it.
  readTextFile(allowedSigners);
  const review = readReview(folder);
  const checked = await Promise.all(signedFilesIn(folder).map((file) => checkSignature(review, file, allowedSigners)));
  const signatures = checked.flatMap((one) => ('signature' in one ? [one.signature] : []));
  if (signatures.length > 0) return { ...review, signatures };
  const problems = checked.flatMap((one) => ('problem' in one ? [`\n- ${one.problem}`] : []));
  throw new SignatureError(
    problems.length === 0
      ? `The review in ${folder} is not signed; nothing was changed.`
      : `The review in ${folder} has no signature that counts; nothing was changed.${problems.join('')}`,
    {
      next: `Have it read and signed with \`deepclean sign ${folder} --key <file>\` by somebody whom ${allowedSigners} lists.`,
    },
  );
}

async function checkSignature(
  { folder, sha256: wanted }: Review,
  file: string,
  allowedSigners: string,
): Promise<{ readonly signature: Signature } | { readonly problem: string }> {
  const text = readFileSync(join(folder, file), 'utf8');
  const signing = parseSignedText(text);
  if (signing === undefined) return { problem: `${file} is not as \`deepclean sign\` writes it` };
  if (signing.review !== wanted) return { problem: `${file} is of another ${statementFile}, which was changed since` };
  const page = join(folder, pageFile);
  if (existsSync(page) && sha256(readFileSync(page, 'utf8')) !== signing.page) {
    return { problem: `${file} is of another ${pageFile}, which was changed since` };
  }
  const signatureFile = join(folder, `${file}.sig`);
  if (!existsSync(signatureFile)) return { problem: `${file}.sig is missing` };
  const checked = await sshVerify(text, readFileSync(signatureFile, 'utf8'), allowedSigners);
  if ('problem' in checked) return { problem: `${file}.sig: ${checked.problem}` };
  return { signature: { ...checked.signer, name: signing.name, at: signing.at } };
}

export const signedFilesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => signedFile.test(file))
        .sort()
    : [];
