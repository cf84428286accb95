#!/usr/bin/env node
import { runCommandLine } from './run-command-line.js';

// Whoever reads only the first lines, as `head` does, closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), process.env);
