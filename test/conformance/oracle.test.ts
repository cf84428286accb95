import { describeScenarios } from '../support/scenario/describe-scenarios.js';

// A file for each engine, so that they are tested side by side.
describeScenarios('oracle');
