import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SignatureError } from '../errors.js';

/** Keeps signatures of reviews apart from those that the same key makes for something else. */
export const signatureNamespace = 'deepclean-review';

/** Who made a signature, as OpenSSH found out. */
export interface Signer {
  /** The name under which the file of allowed signers lists the key. */
  readonly principal: string;
  /** Kind of the key: ED25519, RSA, ECDSA-SK … */
  readonly keyType: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
}

/** Signs a text with a key: a private one, or a public one whose other half an agent or a token holds. */
export async function sshSign(text: string, key: string, say: (line: string) => void): Promise<string> {
  const { code, stdout, stderr } = await keygen(
    ['-Y', 'sign', '-n', signatureNamespace, '-f', resolve(key)],
    text,
    say,
  );
  if (code === 0 && stdout.startsWith('-----BEGIN SSH SIGNATURE-----')) return stdout;
  throw new SignatureError(`ssh-keygen did not sign with ${key}: ${lastLine(stderr)}`, {
    next: 'Give a private key; or a public one, if an agent or a hardware key holds the other half.',
  });
}

/** What became of a signature: who made it, or why nobody who counts did. */
export type Checked = { readonly signer: Signer } | { readonly problem: string };

/** Asks OpenSSH who signed a text, and whether that key may sign now. */
export async function sshVerify(text: string, signature: string, allowedSigners: string): Promise<Checked> {
  const folder = mkdtempSync(join(tmpdir(), 'deepclean-signature-'));
  try {
    // The signature that was read, and not what may lie in its place by now.
    const file = join(folder, 'signature');
    writeFileSync(file, signature);
    const allowed = ['-f', resolve(allowedSigners)];
    const found = await keygen(['-Y', 'find-principals', '-s', file, ...allowed], '');
    if (found.code !== 0) return { problem: `no allowed signer made it (${firstLine(found.stderr)})` };
    const problems: string[] = [];
    for (const principal of found.stdout.split('\n').filter((line) => line !== '')) {
      const names = ['-I', principal, '-n', signatureNamespace, '-s', file];
      const verified = await keygen(['-Y', 'verify', ...allowed, ...names], text);
      const good = /^Good ".*" signature for .* with (\S+) key (SHA256:\S+)$/m.exec(verified.stdout);
      const [, keyType, fingerprint] = good ?? [];
      if (verified.code === 0 && keyType !== undefined && fingerprint !== undefined) {
        return { signer: { principal, keyType, fingerprint } };
      }
      problems.push(firstLine(verified.stderr || verified.stdout));
    }
    return { problem: `it is not of this text (${[...new Set(problems)].join('; ')})` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs ssh-keygen with a text on its stdin; what it asks for, it asks the terminal. */
function keygen(args: readonly string[], stdin: string, say: (line: string) => void = () => {}): Promise<Ended> {
  return new Promise((done, fail) => {
    // In English: what it says is read.
    const child = spawn('ssh-keygen', args, { env: { ...process.env, LC_ALL: 'C' } });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      said.stdout += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      said.stderr += part;
      // Such as: touch the key.
      for (const line of part.split('\n')) if (line !== '' && !line.startsWith('Signing data')) say(line);
    });
    // It may end before it has read everything.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    child.on('error', (cause) => {
      fail(
        new SignatureError(`ssh-keygen cannot be run: ${cause.message}.`, {
          cause,
          next: 'Install OpenSSH 8.9 or later on this machine; its ssh-keygen makes and checks the signatures.',
        }),
      );
    });
    child.on('close', (code) => done({ code, ...said }));
  });
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';
const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
