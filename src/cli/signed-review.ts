import type { Config } from '../config/schema.js';
import { UsageError } from '../errors.js';
import { type SignedReview, verifyReview } from '../review/folder.js';
import { type OptionTable, textOption } from './flags.js';

/** What may be installed only as somebody signed it. */
export const signatureOptions: OptionTable = {
  'require-signature': {
    type: 'boolean',
    description: 'Refuse what nobody signed; on if a review is named',
  },
  review: textOption('Folder with the signed review, as `deepclean review` and `deepclean sign` write it'),
  'allowed-signers': textOption('File of the keys that may sign, as ssh-keygen has it (ALLOWED SIGNERS)'),
};

/** Whether a signature is asked for. */
export const requiresSignature = ({ requireSignature, review }: Config): boolean =>
  requireSignature === 'yes' || (review !== undefined && requireSignature !== 'no');

/**
 * The review that everything has to agree with, its signatures checked; undefined if none is asked for.
 *
 * @throws UsageError, SignatureError
 */
export async function signedReview(config: Config): Promise<SignedReview | undefined> {
  if (!requiresSignature(config)) return undefined;
  const { review, allowedSigners } = config;
  if (review === undefined || allowedSigners === undefined) {
    const missing = [
      ...(review === undefined ? ['--review <folder>'] : []),
      ...(allowedSigners === undefined ? ['--allowed-signers <file>'] : []),
    ];
    throw new UsageError('A signature is required, and nothing says of what, or who may sign.', {
      next: `Add ${missing.join(' and ')}, or the same in the configuration file.`,
    });
  }
  return verifyReview(review, allowedSigners);
}
