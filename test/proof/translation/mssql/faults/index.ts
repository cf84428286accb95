import type { Fault } from '../../plant.js';
import { ofDeletes } from './of-deletes.js';
import { ofLogic } from './of-logic.js';
import { ofHistories, ofLists } from './of-rows.js';
import { ofSettings } from './of-settings.js';
import { ofTexts } from './of-texts.js';
import { ofTime } from './of-time.js';

/** Each makes a claim false. */
export const faults: readonly Fault[] = [
  ...ofTime,
  ...ofSettings,
  ...ofTexts,
  ...ofLogic,
  ...ofHistories,
  ...ofLists,
  ...ofDeletes,
];
