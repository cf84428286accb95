/** Settings of a cleanup that are compared. */
export interface Setting {
  readonly duty_percent: number;
  readonly batch_target_ms: number;
}

/** `25x50` is a duty of 25 % with batches of 50 ms. */
export function readSetting(text: string): Setting {
  const [, duty, target] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (duty === undefined || target === undefined) throw new Error(`${text} is no setting such as 25x50`);
  return { duty_percent: Number(duty), batch_target_ms: Number(target) };
}

export const nameOf = ({ duty_percent, batch_target_ms }: Setting): string => `${duty_percent}x${batch_target_ms}`;
