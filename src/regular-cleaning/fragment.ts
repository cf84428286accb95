import { fileOfVersion, type ProductFile, type ProductName } from './products.js';
import { changeable, pathIn, switches } from './settings.js';

export interface FragmentRequest {
  readonly product: ProductName;
  readonly version: string;
  readonly cleaning: boolean;
  readonly audit: boolean;
}

export interface Fragment {
  readonly file: ProductFile;
  /** The values, by the name that the file gives them. */
  readonly settings: Readonly<Record<string, boolean>>;
  /** What has to stand in the file. */
  readonly text: string;
}

/** The settings of regular cleaning, as a version of the product wants them. @throws UsageError where it has none */
export function renderFragment({ product, version, ...values }: FragmentRequest): Fragment {
  const file = fileOfVersion(product, version);
  const settings = Object.fromEntries(
    changeable.map((name) => [lastOf(pathIn(switches[name], file.kind)), values[name]]),
  );
  const lines = Object.entries(settings).map(([name, value]) => lineOf[file.kind](name, value));
  return { file, settings, text: wrap[file.kind](lines) };
}

/** One setting, as it is written in a file of this kind. */
export const lineOf = {
  xml: (name: string, value: boolean): string => `<${name}>${value}</${name}>`,
  toml: (name: string, value: boolean): string => `${name} = ${value}`,
} as const;

const wrap = {
  xml: (lines: readonly string[]): string =>
    [
      '<OAuth>',
      '    <TokenCleanup>',
      ...lines.map((line) => `        ${line}`),
      '    </TokenCleanup>',
      '</OAuth>',
      '',
    ].join('\n'),
  toml: (lines: readonly string[]): string => ['[oauth.token_cleanup]', ...lines, ''].join('\n'),
} as const;

const lastOf = (path: readonly string[]): string => path.at(-1) ?? '';
