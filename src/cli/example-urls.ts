import { dialects } from '../dialects/registry.js';

const [first, second] = dialects;

/** Names of dialects for the examples of the help texts, which favour no database but the first of the list. */
export const exampleDialect = first?.name ?? '';

export const exampleUrl = `${first?.schemes[0]}://wso2@db/identity`;

export const otherExampleUrl = `${second?.schemes[0]}://wso2@db/apimgt`;
