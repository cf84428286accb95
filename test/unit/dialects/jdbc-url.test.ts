import { describe, expect, test } from 'vitest';
import { readJdbcUrl } from '../../../src/dialects/jdbc-url.js';
import { driverOptions } from '../../../src/dialects/mysql/connection.js';
import { driverAttributes } from '../../../src/dialects/oracle/connection.js';
import { UsageError } from '../../../src/errors.js';

const sid = (host: string, port: number, name: string) =>
  `(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=${host})(PORT=${port}))(CONNECT_DATA=(SID=${name})))`;

describe('a JDBC URL of', () => {
  test.each([
    [
      'jdbc:mysql://db.example.org:3306/shared_db?autoReconnect=true&amp;useSSL=false&amp;allowPublicKeyRetrieval=true',
      'mysql://db.example.org:3306/shared_db?ssl-mode=DISABLED',
    ],
    ['jdbc:mysql://db/apim_db', 'mysql://db/apim_db'],
    ['jdbc:mysql:///apim_db', 'mysql:///apim_db'],
    ['jdbc:mysql://u:p%2Fw@db:3306/d?useUnicode=true', 'mysql://u:p%2Fw@db:3306/d'],
    ['jdbc:mysql://db/d?user=u&password=a%26b', 'mysql://u:a%26b@db/d'],
    ['jdbc:mysql://[fd00::1]:3306/d', 'mysql://[fd00::1]:3306/d'],
    ['jdbc:mysql://db/d?sslMode=VERIFY_CA', 'mysql://db/d?ssl-mode=VERIFY_CA'],
    ['jdbc:mysql://db/d?useSSL=true', 'mysql://db/d'],
    ['jdbc:mysql://localhost/d?useSSL=true&requireSSL=true', 'mysql://localhost/d?ssl-mode=REQUIRED'],
    ['jdbc:mysql:///d?useSSL=true', 'mysql:///d?ssl-mode=REQUIRED'],
    ['jdbc:mysql://db/d?useSSL=true&verifyServerCertificate=false', 'mysql://db/d?ssl-mode=REQUIRED'],
    ['jdbc:mysql://db/d?useSSL=true&verifyServerCertificate=true', 'mysql://db/d?ssl-mode=VERIFY_CA'],
    ['jdbc:mariadb://db:3306/d?sslMode=trust', 'mariadb://db:3306/d?ssl-mode=REQUIRED'],
    [
      'jdbc:mariadb://db/d?sslMode=verify-full&serverSslCert=/etc/ca.pem',
      'mariadb://db/d?ssl-mode=VERIFY_IDENTITY&ssl-ca=%2Fetc%2Fca.pem',
    ],
    ['JDBC:MariaDB://db/d?useSsl=true&trustServerCertificate=true', 'mariadb://db/d?ssl-mode=REQUIRED'],
  ])('MySQL or MariaDB: %s', (jdbc, own) => expect(readJdbcUrl(jdbc)).toBe(own));

  test.each([
    ['jdbc:postgresql://db:5432/d', 'postgresql://db:5432/d'],
    ['jdbc:postgresql://db:5432/', 'postgresql://db:5432/'],
    ['jdbc:postgresql:d', 'postgresql:///d'],
    ['jdbc:postgresql://db/d?user=u&password=a+b&prepareThreshold=0', 'postgresql://u:a%20b@db/d'],
    ['jdbc:postgresql://db/d?ssl=true', 'postgresql://db/d?sslmode=verify-full'],
    [
      'jdbc:postgresql://db/d?ssl=true&amp;sslfactory=org.postgresql.ssl.NonValidatingFactory',
      'postgresql://db/d?sslmode=require',
    ],
    ['jdbc:postgresql://db/d?ssl=false', 'postgresql://db/d?sslmode=disable'],
    [
      'jdbc:postgresql://db/d?sslmode=verify-ca&sslrootcert=/ca.pem',
      'postgresql://db/d?sslmode=verify-ca&sslrootcert=%2Fca.pem',
    ],
    ['jdbc:postgresql://db/d?currentSchema=wso2', 'postgresql://db/d?options=-c+search_path%3Dwso2'],
    [
      'jdbc:postgresql://a:5432,b:5433/d?targetServerType=primary',
      'postgresql://a:5432,b:5433/d?target_session_attrs=primary',
    ],
  ])('PostgreSQL: %s', (jdbc, own) => expect(readJdbcUrl(jdbc)).toBe(own));

  test.each([
    [
      'jdbc:sqlserver://db.example.org:1433;databaseName=shared_db;SendStringParametersAsUnicode=false',
      'mssql://db.example.org:1433/shared_db',
    ],
    [
      'jdbc:sqlserver://db:1433;databaseName=d;encrypt=true;trustServerCertificate=true;',
      'mssql://db:1433/d?encrypt=true&trustServerCertificate=true',
    ],
    [
      'jdbc:sqlserver://db\\WSO2;database=d;user=u;password={a;b}}c d}',
      'mssql://u:a%3Bb%7Dc%20d@db/d?instanceName=WSO2',
    ],
    ['jdbc:sqlserver://db\\WSO2:1433;databaseName=d', 'mssql://db:1433/d'],
    ['jdbc:sqlserver://;serverName=db;portNumber=1444;databaseName=d', 'mssql://db:1444/d'],
    [
      'jdbc:sqlserver://listener;databaseName=d;multiSubnetFailover=true;encrypt=strict',
      'mssql://listener/d?encrypt=strict&multiSubnetFailover=true',
    ],
    ['jdbc:jtds:sqlserver://db:1433/d;instance=x', 'mssql://db:1433/d'],
  ])('SQL Server: %s', (jdbc, own) => expect(readJdbcUrl(jdbc)).toBe(own));

  test.each([
    ['jdbc:oracle:thin:@db:1521/XEPDB1', 'tcp://db:1521/XEPDB1', ''],
    ['jdbc:oracle:thin:@//db.example.org:1521/XEPDB1', 'tcp://db.example.org:1521/XEPDB1', ''],
    ['jdbc:oracle:thin:@tcps://db/XEPDB1', 'tcps://db:2484/XEPDB1', ''],
    ['jdbc:oracle:thin:@db:1522:ORCL', sid('db', 1522, 'ORCL'), ''],
    ['jdbc:oracle:thin:u/p@x@db:1521:ORCL', sid('db', 1521, 'ORCL'), 'u'],
    ['jdbc:oracle:thin:"u"/"p/w"@//db:1521/s', 'tcp://db:1521/s', 'u'],
    ['jdbc:oracle:thin:@prod?TNS_ADMIN=/etc/oracle', 'prod', ''],
    [`jdbc:oracle:thin:@${sid('a', 1, 'x')}`, sid('a', 1, 'x'), ''],
  ])('Oracle: %s', (jdbc, connectString, user) => {
    const target = { url: readJdbcUrl(jdbc), connectTimeoutMs: 1000 };
    expect(driverAttributes(target)).toMatchObject({ connectString, user });
  });

  test('Oracle may have a password with an @ or a slash', () => {
    const passwordOf = (url: string) => driverAttributes({ url: readJdbcUrl(url), connectTimeoutMs: 1 }).password;
    expect(passwordOf('jdbc:oracle:thin:u/p@x@db:1521:ORCL')).toBe('p@x');
    expect(passwordOf('jdbc:oracle:thin:"u"/"p/w"@//db:1521/s')).toBe('p/w');
  });
});

test('a URL of our own is left as it is', () => {
  for (const url of ['mysql://u:a&amp;b@h/d', 'postgresql://h/d?sslmode=require']) expect(readJdbcUrl(url)).toBe(url);
});

test('a user and a password that are given beside the URL count', () => {
  const target = { url: readJdbcUrl('jdbc:mysql://127.0.0.1/d'), user: 'wso2', password: 'p', connectTimeoutMs: 1 };
  expect(driverOptions(target).options).toMatchObject({ user: 'wso2', password: 'p' });
});

test.each([
  ['jdbc:h2:./repository/database/WSO2SHARED_DB;DB_CLOSE_ON_EXIT=FALSE', /"h2"/],
  ['jdbc:mysql:replication://u:topsecret@a,b/d', /"mysql"/],
  ['jdbc:mysql://u:topsecret@a:3306,b:3306/d', /cannot be read/],
  ['jdbc:sqlserver://a:b:c;password=topsecret', /cannot be read/],
  ['jdbc:oracle:thin:u/topsecret', /cannot be read/],
  ['jdbc:oracle:thin:u/topsecret@prod', /cannot be read/],
  ['jdbc:', /not supported/],
])('%s is refused, without its password', (jdbc, message) => {
  const error = (() => {
    try {
      return readJdbcUrl(jdbc);
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).message).toMatch(message);
  expect((error as UsageError).next).toMatch(/^[A-Z].+\.$/);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
});
