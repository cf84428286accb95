import { fillTokens } from '../bench/fill-tokens.js';
import type { Deployment } from './deployment.js';

/** So many tokens, and nothing else: no copies of earlier runs, and a walk that begins at the first row. */
export async function refillTokens(deployment: Deployment, tokens: number): Promise<void> {
  const { query, plan } = deployment;
  await query('DELETE FROM IDN_OAUTH2_ACCESS_TOKEN');
  await query('DELETE FROM IDN_OAUTH_CONSUMER_APPS');
  for (const { name } of plan.backups) await query(`DELETE FROM ${name}`);
  await query(`DELETE FROM ${plan.names.position}`);
  await fillTokens(deployment, tokens);
}
