/**
 * The console's own origin in the desktop window, and the question that every guard asks:
 * is this address a page of ours?
 */

export const SCHEME = 'app'
const HOST = 'console'

export const PAGE_URL = `${SCHEME}://${HOST}/`

/** Parsed and compared by part: `app://console.evil/` begins with our address too. */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address)
  return (
    url !== null &&
    url.protocol === `${SCHEME}:` &&
    url.hostname === HOST &&
    url.port === '' &&
    url.username === '' &&
    url.password === ''
  )
}
