/** Names of settings whose whole value is a secret. */
const SECRET_NAME = /PASS|SECRET|TOKEN|CREDENTIAL|(?:^|_)KEY/i;

/**
 * The value as it may be shown: what stands before an `@` (a user and password, also in a URL too broken to parse) and the value of a
 * password parameter become `***`; the whole value when its name says that it is a secret.
 */
export function redact(value: string, name = ''): string {
  if (SECRET_NAME.test(name)) return '***';
  return value
    .replaceAll(/(^|,|\/\/)([^,]*)@/g, (_, start: string, credentials: string) => {
      // The last `//` before the `@` opens the credentials: a password may hold slashes, a scheme may be missing.
      const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(credentials)?.[0] ?? '';
      return `${start}${scheme}***@`;
    })
    .replaceAll(/((?:password|pass|secret|token)=)[^&#\s]*/gi, '$1***');
}
