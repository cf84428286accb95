import { expect, test } from 'vitest';
import { urlOfDatabase } from '../../../src/cli/url-of-database.js';

test.each([
  ['postgresql://u:p@h:5432/one', 'postgresql://u:p@h:5432/other%20one'],
  ['postgresql://u@h', 'postgresql://u@h/other%20one'],
  ['postgresql://u@h/one?sslmode=require', 'postgresql://u@h/other%20one?sslmode=require'],
  ['postgresql://u@/one?host=/run/pg&dbname=one', 'postgresql://u@/other%20one?host=/run/pg'],
  ['postgresql://u@h/?dbname=one&sslmode=disable', 'postgresql://u@h/other%20one?sslmode=disable'],
  ['postgresql://u@h/?dbname=one', 'postgresql://u@h/other%20one'],
  [
    'postgresql://u@a:1,b:2/one?target_session_attrs=primary',
    'postgresql://u@a:1,b:2/other%20one?target_session_attrs=primary',
  ],
  ['postgresql://?service=wso2', 'postgresql:///other%20one?service=wso2'],
])('%s with another database', (url, other) => expect(urlOfDatabase(url, 'other one')).toBe(other));
