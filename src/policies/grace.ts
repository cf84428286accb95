import type { CutOff } from '../policy/types.js';

/** For timestamps: 24 h after the end that a row states, wherever its writer's clock was. */
export const grace: CutOff = {
  name: 'grace_cut_off',
  clock: 'unknown',
  less: { hours: 24 },
  meaning: 'UTC now, less the uncertainty of timestamps and 24 h',
};

/** The same for whole numbers since 1970, which are in UTC. */
export const epochGrace: CutOff = {
  name: 'epoch_grace_cut_off',
  clock: 'utc',
  less: { hours: 24 },
  meaning: 'UTC now, less 24 h',
};
