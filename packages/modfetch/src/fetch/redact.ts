/** Addresses as they may be printed. */

/** Hides a password in an address that is about to be printed. */
export function redact(url: string): string {
  return url.replace(/:\/\/([^@/:]*):[^@/]*@/, '://$1:xxxxx@');
}
