import { before } from '../policy/build.js';
import type { Policy } from '../policy/types.js';
import { grace } from './grace.js';

/**
 * SAML 2.0 artifacts that nobody resolved. The product looks one up once, by SOURCE_ID and MESSAGE_HANDLER, and deletes it as
 * it does so; one that has ended it refuses. No assertion hangs on it: those are kept in a table of their own. It writes
 * EXP_TIMESTAMP, five minutes ahead by default, in the zone of its JVM.
 *
 * Sources: SAML2ArtifactInfoDAOImpl (storeArtifactInfo, getSAMLArtifactInfo) and
 * SAMLSSOArtifactResolver.validateArtifactResolve, https://github.com/wso2-extensions/identity-inbound-auth-saml
 */
export const samlArtifacts: Policy = {
  name: 'saml_artifacts',
  title: 'SAML artifacts that were never resolved and have expired',
  parameters: [],
  cutOffs: [grace],
  steps: [
    {
      table: 'IDN_SAML2_ARTIFACT_STORE',
      stamp: 'EXP_TIMESTAMP',
      reasons: [
        {
          name: 'expired',
          meaning: 'its EXP_TIMESTAMP is over 24 h ago',
          when: before('EXP_TIMESTAMP', 'grace_cut_off'),
        },
      ],
    },
  ],
};
