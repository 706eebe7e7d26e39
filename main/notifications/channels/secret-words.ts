/** Keeps secrets out of what is said about a failure: a server may quote them, and so may a library. */
import { isWellKnown } from './well-known-hosts.ts'

const MASK = '••••'
/** A shorter text would be found in innocent words. */
const SHORTEST = 4

/** Every occurrence of a secret, as it is and in the forms in which it travels. */
export function withoutSecrets(text: string, secrets: readonly (string | null)[]): string {
  const forms = secrets
    .flatMap((secret) => (secret === null ? [] : formsOf(secret)))
    .filter((form) => form.length >= SHORTEST)
    .toSorted((one, other) => other.length - one.length)
  return forms.reduce((masked, form) => masked.replaceAll(form, MASK), text)
}

function formsOf(secret: string): readonly string[] {
  const encoded = Buffer.from(secret).toString('base64')
  return [secret, encodeURIComponent(secret), encoded, encoded.replace(/=+$/, '')]
}

/** Of a URL that is a secret: itself, and every part of it that could be one. */
export function secretParts(url: string): readonly string[] {
  const parsed = URL.parse(url)
  if (parsed === null) return [url]
  const { href, pathname, search, username, password, hostname } = parsed
  return [
    url,
    href,
    ...[pathname + search, search.slice(1), username, password],
    ...pathname.split('/'),
    // Some services put the secret into the name of the host.
    ...(isWellKnown(hostname) ? [] : [hostname])
  ].filter((part) => part !== '')
}
