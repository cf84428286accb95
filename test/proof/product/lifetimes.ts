import { and, atMost, less, number, or, plus, type Term, thereIs, times } from '../../../src/policy/prove/term.js';
import type { Product } from './product.js';

const applications = 'IDN_OAUTH_CONSUMER_APPS';

/** Columns of an application that state how long its tokens live, seconds. */
const lifetimes = [
  'USER_ACCESS_TOKEN_EXPIRE_TIME',
  'APP_ACCESS_TOKEN_EXPIRE_TIME',
  'REFRESH_TOKEN_EXPIRE_TIME',
  'ID_TOKEN_EXPIRE_TIME',
];

/** Three thousand million seconds, a hundred years: who sets more means for ever. */
const hundredYears = 100n * 31_557_600n;
const livesForEver = (seconds: Term): Term => or(less(seconds, number(0)), less(number(hundredYears), seconds));

/**
 * A token that was issued at that instant at the latest may live: as long as some application states, or, if none states
 * more, as long as the setting says.
 */
export function mayLiveSince(
  issued: Term,
  { vocabulary, isThere, value, isKnown, settings, now, tolerance }: Product,
): Term {
  const lives = (microseconds: Term): Term => atMost(now, plus(issued, microseconds, tolerance));
  const application = vocabulary.anyRow(applications);
  const states = lifetimes.map((column) => {
    const seconds = value(applications, column, application.name);
    return and(
      isThere(applications, application.name),
      vocabulary.hasColumn(applications, column),
      isKnown(applications, column, application.name),
      or(livesForEver(seconds), lives(times(1_000_000, seconds))),
    );
  });
  return or(lives(settings.length('longest_lifetime_hours')), thereIs(application, or(...states)));
}
