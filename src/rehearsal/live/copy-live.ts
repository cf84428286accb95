import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Connection, ConnectionTarget, Dialect } from '../../dialects/dialect.js';
import { readSchema } from '../../dialects/read-schema.js';
import type { Dump, Scratch, ScratchServer } from '../../dialects/scratch.js';
import { PreflightError } from '../../errors.js';
import type { PolicyChoice } from '../../install/types.js';
import { ask } from '../../operate/place.js';
import { planAll } from '../../plan/plan-all.js';
import type { Sample } from '../types.js';
import { copySample } from './copy-sample.js';
import { standIns } from './stand-ins.js';

/** How much of a program's text tells what it is. */
const beginningLength = 4096;

export interface LiveRequest {
  readonly dialect: Dialect;
  readonly scratch: Scratch;
  /** The live database. */
  readonly target: ConnectionTarget;
  readonly namespace?: string | undefined;
  readonly policies: readonly PolicyChoice[];
  /** Rows of a table. */
  readonly rows: number;
  readonly withSecrets: boolean;
  readonly programs?: string | undefined;
  /** Where it goes to, and how that is reached. */
  readonly start: () => Promise<ScratchServer>;
  readonly connectTo: (server: ScratchServer) => Promise<Connection>;
  readonly onProgress: (words: string) => void;
}

/** What was copied, and where in the new database it stands. */
export interface CopiedLive {
  readonly sample: Sample;
  readonly namespace: string | undefined;
  readonly passedOver: readonly string[];
}

/**
 * Copies the schema of a live database, and a sample of its rows, to a server of our own. The live database is read in one
 * transaction, in which the server itself lets nobody write.
 *
 * @throws PreflightError if nothing could be rehearsed on that schema, DeepcleanError if the database refuses
 */
export async function copyLive(request: LiveRequest): Promise<CopiedLive> {
  const { dialect, scratch, target } = request;
  const source = await dialect.connect(target);
  try {
    for (const statement of scratch.copying.beginReading) await ask(source, { dialect }, statement);
    return await copyFrom(request, source);
  } finally {
    await source.query('ROLLBACK').catch(() => undefined);
    await source.close();
  }
}

async function copyFrom(request: LiveRequest, source: Connection): Promise<CopiedLive> {
  const { dialect, scratch, target, policies, programs, onProgress } = request;
  onProgress('Reading the schema of the live database …');
  const schema = await readSchema(source, dialect, request.namespace);
  const { planned, problems } = planAll(policies, schema, dialect);
  if (problems.length > 0) throw new PreflightError('Nothing can be rehearsed on this schema.', problems);
  const text = await scratch.readSchema({ target, connection: source, schema }, programs);
  onProgress(`Starting ${dialect.title} …`);
  const server = await request.start();
  const before = await scratch.load(server, asDump(text.before), programs);
  const plans = planned.map(({ plan }) => plan);
  const copy = await request.connectTo(server);
  try {
    for (const statement of scratch.copying.beginWriting) await ask(copy, { dialect }, statement);
    const sample = await copySample({
      source,
      place: { dialect, ...(schema.namespace !== undefined && { namespace: schema.namespace }) },
      target: copy,
      copying: scratch.copying,
      schema,
      plans,
      rows: request.rows,
      standIns: request.withSecrets ? undefined : standIns(plans, schema, randomBytes(32)),
      onProgress,
    });
    // The snapshot holds back what the live server would tidy up.
    await ask(source, { dialect }, 'ROLLBACK');
    const after = await scratch.load(server, asDump(text.after), programs);
    return { sample, namespace: schema.namespace, passedOver: [...before.passedOver, ...after.passedOver] };
  } finally {
    await copy.close();
  }
}

const asDump = (text: string): Dump => ({
  name: 'The schema of the live database',
  beginning: text.slice(0, beginningLength),
  content: () => Readable.from([text]),
});
