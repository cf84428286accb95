// Loaded before the program in a child process whose server is an imitation.
import { adaptDriver } from './mssql-driver.js';

adaptDriver();
