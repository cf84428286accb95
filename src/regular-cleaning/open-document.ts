import type { ConfigFile } from './config-file.js';
import type { Document } from './document.js';
import { openToml } from './toml-document.js';
import { openXml } from './xml-document.js';

/** @throws UsageError with line and column if it is malformed, or is another kind of file */
export const openDocument = (file: ConfigFile): Document => (file.kind === 'xml' ? openXml(file) : openToml(file));
