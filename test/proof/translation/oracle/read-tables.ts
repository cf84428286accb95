import type { OwnColumn, OwnTables } from '../procedure.js';
import { nameIn } from './names.js';
import { isNode, type Node, parse, wordsOf } from './tree.js';

/** The tables that a generated file creates, each by a statement in quotes whose lines are columns and constraints. */
export function readTables(text: string): OwnTables {
  const created = text.matchAll(
    /EXECUTE IMMEDIATE q'\{\s*CREATE (?:GLOBAL TEMPORARY )?TABLE (\S+) \(\n(.*?)\n\s*\)(?:\s*ON COMMIT PRESERVE ROWS)?\s*\}'/gs,
  );
  return new Map(
    [...created].map(([, name = '', lines = '']) => {
      const columns = lines.split(/,\n/).filter((line) => !/^\s*(CONSTRAINT|PRIMARY KEY) /.test(line));
      return [nameIn(name), new Map(columns.map((line) => columnOf(parse('column_definition', line.trim()))))];
    }),
  );
}

function columnOf(definition: Node): [string, OwnColumn] {
  const named = definition.parts.filter(isNode);
  const words = (rule: string): string =>
    named
      .filter((part) => part.rule === rule)
      .map(wordsOf)
      .join(' ');
  return [
    nameIn(words('column_name')),
    {
      type: (words('datatype') || words('type_name')).replace(/ ?([(),]) ?/g, '$1').replace(/ (BYTE|CHAR)\)/, ')'),
      nullable: !/NOT NULL/i.test(words('inline_constraint')),
    },
  ];
}
