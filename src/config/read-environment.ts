import { didYouMean } from './did-you-mean.js';
import type { Reading } from './entry.js';
import { fields } from './fields.js';

/** Variables that deepclean reads elsewhere, or that its tests use. */
const otherVariables = ['DEEPCLEAN_CONFIG', 'DEEPCLEAN_PASSWORD', 'DEEPCLEAN_ENGINES_DIR'];

/** Reads `DEEPCLEAN_…`; an empty variable counts as not given, since containers cannot unset one. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Reading {
  const entries = fields.flatMap((field) => {
    const value = env[field.environmentName];
    return value ? [{ path: field.path, value, origin: `environment ${field.environmentName}` }] : [];
  });
  const known = [...fields.map((field) => field.environmentName), ...otherVariables];
  const warnings = Object.keys(env)
    .filter((name) => name.startsWith('DEEPCLEAN_') && !name.startsWith('DEEPCLEAN_TEST_') && !known.includes(name))
    .sort()
    .map((name) => {
      const meant = didYouMean(name, known);
      return `environment ${name} is not known and was ignored${meant ? `; did you mean ${meant}?` : ''}`;
    });
  return { entries, problems: [], warnings };
}
