import { describeVariants } from '../support/scenario/describe-variants.js';

describeVariants('mssql');
