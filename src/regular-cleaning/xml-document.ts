import {
  parseXml,
  XmlCdata,
  XmlComment,
  type XmlDocument,
  XmlElement,
  XmlError,
  type XmlNode,
  XmlProcessingInstruction,
  XmlText,
} from '@rgrove/parse-xml';
import { UsageError } from '../errors.js';
import { type ConfigFile, fileError, syntaxError } from './config-file.js';
import type { Addition, Document, Fact, Spot } from './document.js';
import { type Edit, indentAt, lineEnd, linesBelow } from './edit.js';
import { lineOf } from './fragment.js';

/** The product looks for elements of this namespace only (IdentityCoreConstants.IDENTITY_DEFAULT_NAMESPACE). */
const namespace = 'http://wso2.org/projects/carbon/carbon.xml';

/** Reads an identity.xml. @throws UsageError where it is malformed or something else */
export function openXml(file: ConfigFile): Document {
  const parsed = parse(file);
  const root = rootOf(file, parsed);
  return {
    find: (path) => {
      const element = descend(file, root, path);
      return element === undefined ? undefined : spotOf(file, element);
    },
    add: (settings) => additions(file, parsed, root, settings),
    facts: factsOf(parsed, ''),
  };
}

function parse(file: ConfigFile): XmlDocument {
  try {
    return parseXml(file.text, {
      includeOffsets: true,
      preserveCdata: true,
      preserveComments: true,
      preserveDocumentType: true,
      preserveXmlDeclaration: true,
    });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    // The rest of the message quotes the file.
    const [what = ''] = error.message.split(' (line ');
    throw syntaxError(file, error.line, error.column, `this is no XML: ${what}.`);
  }
}

/** carbon.xml has the same root, and neither of these sections. */
const sections = ['OAuth', 'JDBCPersistenceManager'];

function rootOf(file: ConfigFile, { root }: XmlDocument): XmlElement {
  const isServer = root?.name === 'Server' && root.attributes.xmlns === namespace;
  if (isServer && elementsIn(root).some((child) => sections.includes(localName(child)))) return root;
  throw new UsageError(
    `${file.path} is no identity.xml: that begins with <Server xmlns="${namespace}"> and has an <OAuth> section.`,
    { next: 'Give repository/conf/identity/identity.xml.' },
  );
}

const elementsIn = (parent: XmlElement): readonly XmlElement[] =>
  parent.children.filter((child): child is XmlElement => child instanceof XmlElement);

const localName = ({ name }: XmlElement): string => name.replace(/^.*:/, '');

/** The element at the end of a path; undefined where a part of it is missing. */
function descend(file: ConfigFile, root: XmlElement, path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((parent, name) => parent && childNamed(file, parent, name), root);
}

function childNamed(file: ConfigFile, parent: XmlElement, name: string): XmlElement | undefined {
  const [first, second] = elementsIn(parent).filter((child) => localName(child) === name);
  if (first === undefined) return undefined;
  if (second !== undefined) {
    throw fileError(
      file,
      second.start,
      `there is more than one <${name}>; the product goes by one of them.`,
      'Keep one.',
    );
  }
  if (first.name !== name || Object.keys(first.attributes).some((one) => /^xmlns(:|$)/.test(one))) {
    throw fileError(
      file,
      first.start,
      `<${first.name}> has a namespace of its own, so the product may not see it.`,
      `Write <${name}> without prefix and without xmlns.`,
    );
  }
  return first;
}

/** Where the text between the tags begins. */
function contentStart({ text }: ConfigFile, element: XmlElement): number {
  const tag = /^<(?:[^<>"']|"[^"]*"|'[^']*')*>/.exec(text.slice(element.start, element.end));
  return element.start + (tag?.[0].length ?? 0);
}

function spotOf(file: ConfigFile, element: XmlElement): Spot {
  const value = textIn(element).trim();
  const place = { value, from: element.start, to: element.end };
  const start = contentStart(file, element);
  const end = file.text.lastIndexOf('</', element.end);
  const raw = file.text.slice(start, Math.max(start, end));
  // A comment, CDATA or an entity beside it: then the bytes are not the value.
  if (value === '' || raw.trim() !== value || elementsIn(element).length > 0) return place;
  const from = start + raw.indexOf(value);
  return { ...place, valueAt: { from, to: from + value.length } };
}

const textIn = (element: XmlElement): string =>
  element.children
    .filter((child): child is XmlText => child instanceof XmlText || child instanceof XmlCdata)
    .map(({ text }) => text)
    .join('');

function additions(
  file: ConfigFile,
  parsed: XmlDocument,
  root: XmlElement,
  settings: readonly Addition[],
): readonly Edit[] {
  const [first] = settings;
  if (first === undefined) return [];
  const [outer = '', inner = ''] = first.path;
  const lines = settings.map(({ path, value }) => lineOf.xml(path.at(-1) ?? '', value));
  const section = descend(file, root, [outer]);
  if (section === undefined) {
    throw fileError(
      file,
      root.start,
      `there is no <${outer}> to put the settings in.`,
      'Take the <OAuth> section over from the identity.xml that came with the product.',
    );
  }
  const group = childNamed(file, section, inner);
  const added = group === undefined ? [inner] : settings.map(({ path }) => path.at(-1) ?? '');
  for (const name of added) refuseCommentedOut(file, parsed, name);
  if (group !== undefined) return [below(file, group, lines)];
  const { unit } = indentsIn(file, section);
  return [below(file, section, [`<${inner}>`, ...lines.map((line) => unit + line), `</${inner}>`], 'first')];
}

/** What somebody has put in a comment is theirs to bring back: beside it, a second one would be misread. */
function refuseCommentedOut(file: ConfigFile, parent: XmlNode, name: string): void {
  if (parent instanceof XmlComment && new RegExp(`<${name}[\\s/>]`).test(parent.content)) {
    throw fileError(
      file,
      parent.start,
      `<${name}> is commented out here.`,
      'Take it out of the comment, or remove the comment, and run the same command again.',
    );
  }
  for (const child of childrenOf(parent)) refuseCommentedOut(file, child, name);
}

const childrenOf = (node: XmlNode): readonly XmlNode[] =>
  'children' in node ? (node.children as readonly XmlNode[]) : [];

/** Puts lines into an element, as its first ones or below its last child. */
function below(
  file: ConfigFile,
  element: XmlElement,
  lines: readonly string[],
  where: 'first' | 'last' = 'last',
): Edit {
  const { own } = indentsIn(file, element);
  const last = where === 'last' ? elementsIn(element).at(-1) : undefined;
  const at = last?.end ?? contentStart(file, element);
  const isLineEnd = at < element.end && /^[ \t]*$/.test(file.text.slice(at, lineEnd(file.text, at)));
  if (!isLineEnd || file.text.indexOf('\n', at) > element.end) {
    throw fileError(
      file,
      at,
      `there is no room for a line in <${element.name}>, since something else stands on this one.`,
      `Write each element on a line of its own, with </${element.name}> on another, and run the same command again.`,
    );
  }
  return linesBelow(
    file.text,
    at,
    lines.map((line) => own + line),
  );
}

interface Indents {
  /** Of what stands in the element. */
  readonly own: string;
  /** What one step to the right is. */
  readonly unit: string;
}

const usualUnit = '    ';

function indentsIn({ text }: ConfigFile, element: XmlElement): Indents {
  const outer = indentAt(text, element.start) ?? '';
  const own = elementsIn(element)
    .map(({ start }) => indentAt(text, start))
    .find((indent) => indent !== undefined);
  if (own === undefined) return { own: outer + usualUnit, unit: usualUnit };
  const unit = own.startsWith(outer) ? own.slice(outer.length) : '';
  return { own, unit: unit === '' ? usualUnit : unit };
}

/** Everything but the blanks between elements. */
function factsOf(node: XmlNode, path: string): readonly Fact[] {
  if (node instanceof XmlElement) {
    const own = `${path}/${node.name}`;
    return [
      { path: own, value: JSON.stringify(node.attributes) },
      ...node.children.flatMap((one) => factsOf(one, own)),
    ];
  }
  if (node instanceof XmlText || node instanceof XmlCdata) {
    const value = node.text.trim();
    return value === '' ? [] : [{ path: `${path}/${node.type}`, value }];
  }
  if (node instanceof XmlComment) return [{ path: `${path}/comment`, value: node.content }];
  if (node instanceof XmlProcessingInstruction) return [{ path: `${path}/${node.name}`, value: node.content }];
  return childrenOf(node).flatMap((one) => factsOf(one, path));
}
