/** A setting of an earlier release that no procedure reads any more; an installation removes its row, and says so. */
export interface RetiredSetting {
  readonly name: string;
  /** What became of it. */
  readonly why: string;
}

export const retiredSettings: readonly RetiredSetting[] = [
  {
    name: 'judge_by_access_period',
    why: 'access_period_grants replaces it; it found nothing, since the product keeps a refresh token for every grant',
  },
];
