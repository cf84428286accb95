import { read } from './postgresql/read.js';
import { shape } from './postgresql/shape.js';
import { prove } from './proofs.js';

await prove('postgresql', read, shape);
