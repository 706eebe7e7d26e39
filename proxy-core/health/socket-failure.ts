/** What an error of a probe's socket means: in words, and whether the backend is to blame. */

/** Shortages of this process or machine; they say nothing about the backend. */
const SHORTAGES: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL'
])

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'reset the connection',
  EPIPE: 'closed the connection',
  EHOSTUNREACH: 'cannot be reached: there is no route to the host',
  ENETUNREACH: 'cannot be reached: there is no route to its network',
  EHOSTDOWN: 'cannot be reached: the host is down',
  ETIMEDOUT: 'did not answer the connection attempt',
  EACCES: 'may not be connected to: the system forbids it',
  EPERM: 'may not be connected to: the system forbids it'
}

/** True when the error is a shortage on this side. */
export function isLocalShortage(error: unknown): boolean {
  return SHORTAGES.has(errorCode(error))
}

/** "10.0.0.1:80 refused the connection." */
export function describeSocketFailure(peer: string, error: unknown): string {
  const code = errorCode(error)
  if (SHORTAGES.has(code)) {
    return `This machine could not open a connection to ${peer}: ${code}.`
  }
  const words = WORDS[code]
  return words === undefined ? `${peer} failed: ${messageOf(error)}` : `${peer} ${words}.`
}

/** The system's or Node's code, or "" when the error has none. */
export function errorCode(error: unknown): string {
  const code: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : ''
}

/** The error's own words as a sentence. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.endsWith('.') ? text : `${text}.`
}
