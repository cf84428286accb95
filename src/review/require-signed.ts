import { SignatureError } from '../errors.js';
import type { Deliverable } from '../render/deliverable.js';
import type { SignedReview } from './folder.js';
import { changesBetween, effectInWords } from './meaning.js';
import { checksumsOf, manifestSum, type Statement } from './statement.js';

/**
 * Compares everything that is about to be installed with what was signed.
 *
 * @param now what would be signed now, if that is known: it says what a difference means
 * @throws SignatureError that names each file that is not as it was signed, and says what has changed in meaning
 */
export function requireSigned(
  { folder, statement, signatures }: SignedReview,
  deliverables: readonly Deliverable[],
  now: Statement | undefined,
): void {
  const signed = new Map(Object.entries(statement.files));
  const differing = Object.entries(checksumsOf(deliverables)).filter(([file, sum]) => signed.get(file) !== sum);
  const others = deliverables.flatMap((one) => {
    const known = statement.cleanups.find(({ rules }) => rules.name === one.policy);
    if (known === undefined) return [`- ${one.names.procedure} is not in the signed review`];
    return known.manifest === manifestSum(one)
      ? []
      : [`- what manifest.json says of ${one.names.procedure} is not what was signed`];
  });
  const isSamePlace =
    deliverables.every(({ dialect }) => dialect === statement.dialect) &&
    deliverables.every(({ namespace }) => namespace === statement.namespace);
  if (differing.length + others.length === 0 && isSamePlace) return;
  const first = signatures[0];
  const meaning = now === undefined ? [] : meaningOf(statement, now);
  const place = isSamePlace ? [] : [`- it is for ${placeOf(statement)}, and this is ${placeOf(deliverables[0])}`];
  const files = differing.map(
    ([file]) => `- ${file} ${signed.has(file) ? 'is not the one that was signed' : 'is not in the signed review'}`,
  );
  throw new SignatureError(
    [
      `What would be installed is not what ${first?.name} signed at ${first?.at}; nothing was changed.`,
      ...place,
      ...meaning,
      ...files,
      ...others,
    ].join('\n'),
    {
      next: `Read what is different with \`deepclean review --out ${folder}\`, and have that signed; or put back what was signed.`,
    },
  );
}

function meaningOf(signed: Statement, now: Statement): readonly string[] {
  const asked = new Set(now.cleanups.map(({ rules }) => rules.name));
  // Whoever installs fewer cleanups than were signed takes nothing back.
  const known = { ...signed, cleanups: signed.cleanups.filter(({ rules }) => asked.has(rules.name)) };
  const changes = changesBetween(known, now).map(
    ({ cleanup, words, effect }) => `- ${cleanup}: ${words} (${effectInWords[effect]})`,
  );
  if (changes.length > 0) return changes;
  const versions = signed.deepclean === now.deepclean ? '' : ` (deepclean ${signed.deepclean}, now ${now.deepclean})`;
  const sources = signed.source === now.source ? '' : `; it was made for ${signed.source}, and this is ${now.source}`;
  return [`- the rules and settings are the signed ones, and the SQL is not${versions}${sources}`];
}

const placeOf = (one: { readonly dialect: string; readonly namespace?: string } | undefined): string =>
  `${one?.dialect}${one?.namespace === undefined ? '' : `, schema ${one.namespace}`}`;
