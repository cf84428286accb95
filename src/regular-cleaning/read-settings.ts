import { type ConfigFile, lineAt } from './config-file.js';
import type { Document, Spot } from './document.js';
import { openDocument } from './open-document.js';
import { measures, type Place, pathIn, type SwitchName, switches } from './settings.js';

/**
 * `unclear`: the value is filled in when the product starts. `varies`: it is not set, and the product's default has
 * changed over its releases.
 */
export type State = 'on' | 'off' | 'varies' | 'unclear';

/** What a file says about a switch. */
export interface SwitchNow {
  readonly state: State;
  /** As it is written; absent where the product's default counts. */
  readonly value?: string;
  readonly line?: number;
}

/** What a file says about how a task works. */
export interface MeasureNow {
  readonly value: string;
  readonly line: number;
}

export type MeasureName = keyof typeof measures;

/** What the product does by itself, as far as this file says. */
export interface SettingsNow {
  readonly file: ConfigFile;
  readonly switches: Readonly<Record<SwitchName, SwitchNow>>;
  /** Those that are set. */
  readonly measures: Readonly<Partial<Record<MeasureName, MeasureNow>>>;
}

/** @throws UsageError where the file is malformed, or says a thing twice */
export function readSettings(file: ConfigFile): SettingsNow {
  const document = openDocument(file);
  const names = Object.keys(switches) as SwitchName[];
  return {
    file,
    switches: Object.fromEntries(
      names.map((name) => [name, switchNow(file, document, name)]),
    ) as SettingsNow['switches'],
    measures: Object.fromEntries(
      Object.entries(measures).flatMap(([name, place]) => {
        const spot = spotOf(file, document, place);
        return spot === undefined ? [] : [[name, { value: spot.value, line: lineAt(file.text, spot.from) }]];
      }),
    ),
  };
}

const spotOf = (file: ConfigFile, document: Document, place: Place): Spot | undefined =>
  document.find(pathIn(place, file.kind));

function switchNow(file: ConfigFile, document: Document, name: SwitchName): SwitchNow {
  const spot = spotOf(file, document, switches[name]);
  // An empty value counts as none: OAuthServerConfiguration and SessionDataStore both look whether there is a text.
  if (spot === undefined || spot.value === '') return { state: switches[name].absent[file.kind] };
  return { state: stateOf(spot.value), value: spot.value, line: lineAt(file.text, spot.from) };
}

/** `$env{…}`, `$sys{…}`, `$ref{…}`, `$secret{…}`, `${…}`, and the templates that identity.xml is made from. */
export const isPlaceholder = (value: string): boolean => /\$\w*\{|\{\{|\{%/.test(value);

/** The product compares with "true", whatever the case; every other text is false. */
function stateOf(value: string): State {
  if (isPlaceholder(value)) return 'unclear';
  return value.toLowerCase() === 'true' ? 'on' : 'off';
}
