import Handlebars from 'handlebars';

/** Text that is HTML already; any other text is escaped where it meets HTML. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | Html | readonly Html[] | undefined;

/** HTML with values in it: each is escaped unless it is HTML itself; a missing one leaves nothing. */
export const html = (words: TemplateStringsArray, ...values: readonly Part[]): Html =>
  new Html(words.map((word, at) => word + partOf(values[at])).join(''));

/** An attribute by its name where there is a value, with the blank before it. */
export const attribute = (name: string, value: string | undefined): Html =>
  value === undefined ? new Html('') : html` ${new Html(name)}="${value}"`;

function partOf(value: Part): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.text;
  return typeof value === 'object'
    ? value.map(({ text }) => text).join('\n')
    : Handlebars.escapeExpression(String(value));
}
