import { UsageError } from '../errors.js';
import type { FileKind } from './settings.js';

export const productNames = ['apim', 'is'] as const;
export type ProductName = (typeof productNames)[number];

interface Product {
  readonly title: string;
  /** The first version that cleans tokens by itself, in identity.xml. */
  readonly since: readonly number[];
  /** The first version that is configured in deployment.toml. */
  readonly tomlSince: readonly number[];
}

/**
 * API Manager: https://apim.docs.wso2.com/en/3.0.0/administer/product-administration/removing-unused-tokens-from-the-database/
 * Identity Server: https://docs.wso2.com/display/IS570/Removing+Unused+Tokens+from+the+Database and
 * https://is.docs.wso2.com/en/5.11.0/setup/removing-unused-tokens-from-the-database/
 */
const products: Readonly<Record<ProductName, Product>> = {
  apim: { title: 'API Manager', since: [2, 6], tomlSince: [3, 0] },
  is: { title: 'Identity Server', since: [5, 7], tomlSince: [5, 9] },
};

/** The file of an installed product that says what it cleans by itself. */
export interface ProductFile {
  readonly kind: FileKind;
  /** Below the product's home folder. */
  readonly path: string;
}

const files: Readonly<Record<FileKind, ProductFile>> = {
  xml: { kind: 'xml', path: 'repository/conf/identity/identity.xml' },
  toml: { kind: 'toml', path: 'repository/conf/deployment.toml' },
};

/** @throws UsageError for what is no version, and for versions that clean nothing by themselves */
export function fileOfVersion(name: ProductName, version: string): ProductFile {
  const { title, since, tomlSince } = products[name];
  if (!/^\d{1,4}(\.\d{1,4}){0,3}$/.test(version)) {
    throw new UsageError(`--product-version ${version} is no version.`, {
      next: 'Write it in numbers, such as 2.6.0.',
    });
  }
  const numbers = version.split('.').map(Number);
  if (isBefore(numbers, since)) {
    throw new UsageError(
      `${title} ${version} has no regular cleaning, so there is nothing to set: it came with ${title} ${since.join('.')}.0.`,
      { next: 'Leave all of it to deep cleaning: `deepclean install-procs --help`, `deepclean schedule --help`.' },
    );
  }
  return isBefore(numbers, tomlSince) ? files.xml : files.toml;
}

function isBefore(version: readonly number[], first: readonly number[]): boolean {
  for (const [at, number] of first.entries()) {
    const own = version[at] ?? 0;
    if (own !== number) return own < number;
  }
  return false;
}
