// Loaded before the program in a child process whose server is an imitation.
import { adaptDriver } from './ivorysql-driver.js';

adaptDriver();
