/** Cases as `test.each` prints them in full: their title, then themselves. */
export const named = <Case extends { readonly title: string }>(
  cases: readonly Case[],
): readonly (readonly [string, Case])[] => cases.map((one) => [one.title, one]);
