import type { CutOff } from '../policy/types.js';

/** For stamps of a clock that nobody knows: 24 h cover every zone. */
export const grace: CutOff = {
  name: 'grace_cut_off',
  from: 'utc',
  less: { hours: 24 },
  meaning: 'UTC now, less 24 h: covers every zone a stamp can be in',
};
