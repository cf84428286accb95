import type { config as DriverConfig } from 'mssql';
import { UsageError } from '../../errors.js';

/** Who logs in at Entra, with what is given as user and password elsewhere. */
export interface EntraLogin {
  /** The id of an application or of a managed identity; empty for the one that the machine has. */
  readonly user: string;
  /** The secret of the application, or an access token. */
  readonly password: string;
  readonly tenantId: string | undefined;
}

type Authentication = NonNullable<DriverConfig['authentication']>;

const clientIn = ({ user }: EntraLogin) => (user === '' ? {} : { clientId: user });

/** By the driver's own names. */
const methods: Readonly<Record<string, (login: EntraLogin) => Authentication>> = {
  'azure-active-directory-default': (login) => ({
    type: 'azure-active-directory-default',
    options: clientIn(login),
  }),
  'azure-active-directory-msi-vm': (login) => ({
    type: 'azure-active-directory-msi-vm',
    options: clientIn(login),
  }),
  'azure-active-directory-service-principal-secret': ({ user, password, tenantId }) => {
    if (user !== '' && password !== '' && tenantId !== undefined) {
      const options = { clientId: user, clientSecret: password, tenantId };
      return { type: 'azure-active-directory-service-principal-secret', options };
    }
    throw new UsageError('A service principal of Entra needs a user, a password and a tenantId.', {
      next: "Give the application's id as user, its secret as password, and tenantId in the URL.",
    });
  },
  'azure-active-directory-access-token': ({ password }) => {
    if (password !== '') return { type: 'azure-active-directory-access-token', options: { token: password } };
    throw new UsageError('A login at Entra by access token needs the token.', {
      next: 'Give it as the password, in a file (--password-file) or in DEEPCLEAN_PASSWORD.',
    });
  },
};

/** The vendor's names, without blanks, as connection strings and JDBC URLs have them. */
const vendorNames: Readonly<Record<string, string>> = {
  activedirectorydefault: 'azure-active-directory-default',
  activedirectorymanagedidentity: 'azure-active-directory-msi-vm',
  activedirectorymsi: 'azure-active-directory-msi-vm',
  activedirectoryserviceprincipal: 'azure-active-directory-service-principal-secret',
};

/** How to log in at Entra, or nothing for a user of the server itself. @throws UsageError */
export function readAuthentication(method: string | undefined, login: EntraLogin): Authentication | undefined {
  const name = (method ?? '').toLowerCase().replaceAll(' ', '');
  if (name === '' || name === 'sqlpassword' || name === 'notspecified') return undefined;
  const make = methods[vendorNames[name] ?? name];
  if (make !== undefined) return make(login);
  throw new UsageError(`authentication=${method} is not known.`, {
    next: `Allowed are ${Object.keys(methods).join(', ')}.`,
  });
}
