import type { Policy } from '../policy/types.js';
import { tokens } from './tokens.js';

/** Every cleanup that deepclean knows; a new one is one file and one line here. */
export const policies: readonly Policy[] = [tokens];
