import { userInfo } from 'node:os';
import { exitCodes, UsageError } from '../../errors.js';
import { reportSignature } from '../../report/report-review.js';
import { readReview, signReview } from '../../review/folder.js';
import { isName } from '../../review/signed-text.js';
import type { Command } from '../command.js';
import { textFlag, textOption } from '../flags.js';
import { jsonOption } from '../shared-options.js';

/** Binds a name and a key to what was reviewed. */
export const sign: Command = {
  usage: 'sign <folder>',
  summary: 'Sign a review with an SSH key: its page, its rules, and the checksum of every file that gets installed',
  positionals: {
    folder: { type: 'string', describe: 'Folder with the review, as `deepclean review` writes it' },
  },
  options: {
    key: textOption('An SSH key: a private one, or a public one if an agent or a hardware key holds the other half'),
    name: textOption('The name that stands in the signature; else that of the account on this machine'),
    ...jsonOption,
  },
  examples: [
    ['sign review --key ~/.ssh/id_ed25519 --name "Jane Doe"', 'after reading review/review.html'],
    ['sign review --key ~/.ssh/id_ed25519_sk.pub', 'with a hardware key that an agent holds'],
  ],
  run: async (flags, output) => {
    const [folder = '', key, name = userInfo().username] = ['folder', 'key', 'name'].map((one) => textFlag(flags, one));
    if (key === undefined) throw new UsageError('No key is given.', { next: 'Add --key <file> with an SSH key.' });
    if (!isName(name)) {
      throw new UsageError('This name cannot be signed.', {
        next: 'Give --name with up to 100 visible characters on one line.',
      });
    }
    const review = readReview(folder);
    const signed = await signReview(review, { key, name, now: new Date(), say: output.note });
    output.report(reportSignature(review, signed));
    return exitCodes.ok;
  },
};
