import { copyFileSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ConfigFile } from '../../../src/regular-cleaning/config-file.js';
import type { FileKind } from '../../../src/regular-cleaning/settings.js';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Files of our own, built like those of the product: an identity.xml of 2.6, a deployment.toml of 4.x. */
export const productFiles = { xml: 'identity.xml', toml: 'deployment.toml' } as const;

/** One character per byte, as the product's files are handled. */
export const productText = (kind: FileKind): string => readFileSync(pathOf(productFiles[kind]), 'latin1');

export const copyProductFile = (kind: FileKind, to: string): void => copyFileSync(pathOf(productFiles[kind]), to);

/** A file that is nowhere but in memory. */
export const inMemory = (kind: FileKind, text: string): ConfigFile => ({
  path: `/wso2/${productFiles[kind]}`,
  kind,
  bytes: Buffer.from(text, 'latin1'),
  mark: '',
  text,
});
