/** A setting of an earlier release that no procedure reads any more; an installation removes its row, and says so. */
export interface RetiredSetting {
  readonly name: string;
  /** What became of it. */
  readonly why: string;
}

const uncertaintyInstead =
  'clock_uncertainty_hours replaces it; several writers may have several clocks, and none can be told from the data';

export const retiredSettings: readonly RetiredSetting[] = [
  { name: 'clock', why: uncertaintyInstead },
  { name: 'time_zone', why: uncertaintyInstead },
  { name: 'server_time_zone', why: 'timestamps are read in no zone any more' },
  {
    name: 'judge_by_access_period',
    why: 'access_period_grants replaces it; it found nothing, since the product keeps a refresh token for every grant',
  },
];
