import { read } from './oracle/read.js';
import { shape } from './oracle/shape.js';
import { prove } from './proofs.js';

await prove('oracle', read, shape);
