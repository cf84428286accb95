import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram } from '../../src/programs/find.js';
import { enginesFolder } from './engines/programs.js';
import { buildOnce, runFolder } from './engines/run-folder.js';

// Programs of our own for what only .NET has, in test/tools/. They are built where git looks away, once per source.

const sources = fileURLToPath(new URL('../tools/', import.meta.url));

/** Where REQUIRE_ENGINES is about servers, REQUIRE_DOTNET=1 makes a machine without .NET an error. */
export function findDotnet(): string | undefined {
  const dotnet = findProgram('dotnet');
  if (dotnet === undefined && process.env.REQUIRE_DOTNET)
    throw new Error(
      'REQUIRE_DOTNET asks for .NET, which is not available on this machine. Install its SDK, 10 or newer.',
    );
  return dotnet;
}

/** The program, built if there is none of the same source. */
export function programOf(name: string, dotnet: string): Promise<string> {
  const folder = join(enginesFolder, 'dotnet', `${name}-${fingerprint(join(sources, name))}`);
  const program = join(folder, `${name}.dll`);
  return buildOnce(join(runFolder(), name), async () => {
    if (!existsSync(program)) await build(name, dotnet, folder);
    return program;
  });
}

function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder)
    .filter((name) => /\.(cs|csproj|sql)$/.test(name))
    .sort())
    hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}

/** Renamed into place, so that another run never sees half of it. */
async function build(name: string, dotnet: string, folder: string): Promise<void> {
  mkdirSync(join(folder, '..'), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  const between = `-p:BaseIntermediateOutputPath=${join(work, 'obj')}/`;
  const project = join(sources, name, `${name}.csproj`);
  try {
    await promisify(execFile)(
      dotnet,
      ['build', project, '-c', 'Release', '-o', join(work, 'out'), between, '--nologo'],
      {
        env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
      },
    );
    if (!existsSync(folder)) renameSync(join(work, 'out'), folder);
  } catch (error) {
    const { stdout } = error as { readonly stdout?: string };
    throw new Error(`${name} could not be built: ${stdout ?? String(error)}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
