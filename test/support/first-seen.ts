import { loadProfile, profileNames } from '../../src/dialects/profiles.js';
import { dialects } from '../../src/dialects/registry.js';

/** Profiles by age, and what people call the version. */
const versions: readonly (readonly [profile: string, version: string])[] = [
  ['apim-2.1', 'API Manager 2.1'],
  ['apim-2.6', 'API Manager 2.6'],
  ['identity-5.14', 'API Manager 3.0'],
  ['apim-4.5', 'API Manager 4.5'],
];

/** Every table of every profile, in upper case, by the profile's name. */
export const tablesOfProfiles: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...new Set(dialects.flatMap(profileNames))].map((name) => [
    name,
    new Set(
      dialects
        .filter((dialect) => profileNames(dialect).includes(name))
        .flatMap((dialect) => loadProfile(name, dialect).tables.map((table) => table.name.toUpperCase())),
    ),
  ]),
);

export const knownVersions: readonly string[] = versions.map(([profile]) => profile);

/** The oldest version whose profile has the table. */
export const firstSeen = (table: string): string | undefined =>
  versions.find(([profile]) => tablesOfProfiles.get(profile)?.has(table) === true)?.[1];
