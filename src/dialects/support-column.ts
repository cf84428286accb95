import type { Dialect } from './dialect.js';

/** A support table's column as it stands in SQL, spelled as the table was made: some databases tell upper from lower case. */
export const supportColumn = ({ capabilities, expressions }: Dialect, name: string): string =>
  expressions.identifier(capabilities.nameCase === 'upper' ? name.toUpperCase() : name);
