import { NotUnderstood } from '../only.js';
import { isNode, type Node, type Part, wordsOf } from './tree.js';

type Name<Wish extends string> = Wish extends `${infer Rule},*` | `${infer Rule}*` | `${infer Rule}?` ? Rule : Wish;
type Taken<Wish extends string> = Wish extends `${string}*`
  ? readonly Node[]
  : Wish extends `${string}?`
    ? Node | undefined
    : Node;

export type Found<Wishes extends readonly string[]> = {
  readonly [Wish in Wishes[number] as Name<Wish>]: Taken<Wish>;
};

/**
 * The parts of a node, which has exactly these in this order: rules by name, words and signs in upper case. Behind a name:
 * `?` for one that may be missing, `*` for any number of them, `,*` for any number with commas between.
 */
export function take<const Wishes extends readonly string[]>(node: Node, ...wishes: Wishes): Found<Wishes> {
  let rest = node.parts;
  const found: Record<string, Node | readonly Node[] | undefined> = {};
  for (const wish of wishes) {
    const [, name = '', how = ''] = /^(.+?)(\?|,\*|\*)?$/.exec(wish) ?? [];
    const items: Node[] = [];
    while (is(rest[0], name) && (how.endsWith('*') || items.length === 0)) {
      items.push(asNode(rest[0]));
      rest = rest.slice(1);
      if (how === ',*' && rest[0] === ',') rest = rest.slice(1);
    }
    if (how === '' && items.length === 0) throw notTaken(node, wish);
    found[name] = how.endsWith('*') ? items : items[0];
  }
  if (rest.length > 0) throw notTaken(node, wordsOf(rest[0] ?? ''));
  return found as Found<Wishes>;
}

const notTaken = (node: Node, wish: string): NotUnderstood =>
  new NotUnderstood(`${node.rule}, by "${wish}",`, wordsOf(node));

const is = (part: Part | undefined, name: string): boolean =>
  part !== undefined && (isNode(part) ? part.rule === name : part.toUpperCase() === name);

/** A word is a node without parts of its own. */
const asNode = (part: Part | undefined): Node => (isNode(part) ? part : { rule: part ?? '', parts: [] });

/** The only part of a node, as long as there is only one, and it is a rule. */
export function innermost(node: Node): Node {
  const [only, ...more] = node.parts;
  return isNode(only) && more.length === 0 ? innermost(only) : node;
}

/** Parts with commas between. */
export function separated(parts: readonly Part[], node: Node): readonly Node[] {
  return parts.flatMap((part, at): readonly Node[] => {
    if (at % 2 === 1) {
      if (part !== ',') throw new NotUnderstood('what is between two commas', wordsOf(node));
      return [];
    }
    if (!isNode(part)) throw new NotUnderstood('a word between commas', wordsOf(node));
    return [part];
  });
}
