import { planted } from './oracle/faults.js';
import { read } from './oracle/read.js';
import { shape } from './oracle/shape.js';
import { plant } from './plant.js';
import { prove } from './proofs.js';

await prove('oracle', read, shape);
plant('oracle', read, shape, planted);
