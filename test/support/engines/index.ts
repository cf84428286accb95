export { acquireEngine } from './acquire.js';
export { describeEngines } from './describe-engines.js';
export { engineOrSkip, missingEngineTitle, needsHints, needsOriginal } from './missing-engine.js';
export { runNativeClient } from './native-client.js';
export type {
  DatabaseOptions,
  Engine,
  EngineDialect,
  EngineName,
  EngineOptions,
  NativeClient,
  Row,
  TestDatabase,
  TestSession,
} from './types.js';
