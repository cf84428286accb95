import { plant } from './plant.js';
import { planted } from './postgresql/faults.js';
import { read } from './postgresql/read.js';
import { shape } from './postgresql/shape.js';
import { prove } from './proofs.js';

await prove('postgresql', read, shape);
plant('postgresql', read, shape, planted);
