import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { runFolderVariable } from './adapted-notes.js';

// Processes that a test starts must speak to an imitation as the test itself does.

const preloads: string[] = [];

/** From here on, child processes load this module before their program. */
export function preloadInChildren(module: URL): void {
  preloads.push(module.href);
}

/** What a child process needs in its environment; empty where no server is an imitation. */
export function childEnvironment(): Readonly<Record<string, string>> {
  if (preloads.length === 0) return {};
  const typescript = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href;
  const folder = process.env[runFolderVariable];
  return {
    NODE_OPTIONS: [typescript, ...preloads].map((module) => `--import ${module}`).join(' '),
    ...(folder !== undefined && { [runFolderVariable]: folder }),
  };
}
