import type { Policy } from './types.js';

/** Texts go into comments and literals of every dialect, and through clients that look for variables in both. */
const forbidden: readonly (readonly [RegExp, string])[] = [
  [/[\r\n]/, 'a line break'],
  // Clients count quotes even in comments; an apostrophe inside a word is the only one that reads as English.
  [/"|`|(?<![A-Za-z])'|'(?![A-Za-z])/, 'a quote'],
  [/--|\/\*|\*\/|#/, 'a comment marker'],
  [/[&$\\@%]/, 'one of & $ \\ @ %, which some client replaces'],
  [/;\s*$/, 'a semicolon at its end'],
  [/[^\x20-\x7e\r\n]/, 'a character that is not ASCII'],
];

/** Columns of the settings and of the comments of tables hold no more. */
const longestText = 400;

/** Texts that would break out of a comment or a literal, or say nothing. */
export function textMistakes({ title, parameters, cutOffs, steps }: Policy): readonly string[] {
  const texts = [
    ['the title', title],
    ...parameters.map(({ name, description }) => [`the description of parameter "${name}"`, description]),
    ...cutOffs.map(({ name, meaning }) => [`the meaning of cut-off "${name}"`, meaning]),
    ...steps.flatMap(({ reasons, followers = [] }) =>
      [...reasons, ...followers].map(({ name, meaning }) => [`the meaning of reason "${name}"`, meaning]),
    ),
  ] as const;
  return texts.flatMap(([what = '', text = '']) => {
    if (text.trim() === '' || text !== text.trim()) return [`${what} is empty, or has blanks around it`];
    if (text.length > longestText)
      return [`${what} has ${text.length} characters, and at most ${longestText} are possible`];
    return forbidden.flatMap(([form, words]) =>
      form.test(text) ? [`${what} has ${words}: ${JSON.stringify(text)}`] : [],
    );
  });
}
