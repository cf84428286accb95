import { all, isNotNull, noRow, sighted } from '../policy/build.js';
import type { Policy } from '../policy/types.js';

/**
 * What API Manager keeps beside a revision: the tier that its API had. It stays if the API or the revision is deleted, unless
 * the schema has a foreign key for it (since 4.x, where a migration could add it).
 *
 * The product makes the revision first and this row last, in one transaction, and each revision has a new id. So a row without
 * its revision is never newborn, and no revision comes back to it; two sightings a day apart are for tables that somebody
 * copies or restores one after the other.
 *
 * Source: ApiMgtDAO.addAPIRevision (addAPIRevisionMetaData is its last statement before the commit) and
 * SQLConstants.APIRevisionSqlConstants, https://github.com/wso2/carbon-apimgt
 */
export const revisionMetadata: Policy = {
  name: 'revision_metadata',
  title: 'metadata of API revisions that are gone',
  parameters: [],
  cutOffs: [
    {
      name: 'sighting_cut_off',
      clock: 'utc',
      less: { hours: 24 },
      meaning: 'UTC now, less 24 h: an earlier sighting counts',
    },
  ],
  steps: [
    {
      table: 'AM_API_REVISION_METADATA',
      guard: all(isNotNull('REVISION_UUID'), noRow('AM_REVISION', { REVISION_UUID: 'REVISION_UUID' })),
      reasons: [
        {
          name: 'orphaned',
          meaning: 'a run over 24 h ago found it without its revision, and so does this one',
          when: sighted(['API_UUID', 'REVISION_UUID'], 'sighting_cut_off'),
        },
      ],
    },
  ],
};
