/** Sticky cookies with every default applied. */
import type { PoolDocument } from '../model/config-schema.ts'
import { DEFAULT_STICKY } from '../model/default-settings.ts'
import type { StickySettings } from '../model/settings.ts'
import { secretText } from './resolve-secrets.ts'

export function resolveSticky(sticky: NonNullable<PoolDocument['sticky']>): StickySettings {
  const sameSite = sticky.same_site ?? DEFAULT_STICKY.sameSite
  // Browsers drop a cookie for other sites that is not secure.
  const isSecure = sameSite === 'none' ? true : DEFAULT_STICKY.isSecure
  return {
    cookie: sticky.cookie,
    key: secretText(sticky.key),
    ttlMs: sticky.ttl ?? DEFAULT_STICKY.ttlMs,
    path: sticky.path ?? DEFAULT_STICKY.path,
    domain: sticky.domain ?? DEFAULT_STICKY.domain,
    isSecure: sticky.secure ?? isSecure,
    isHttpOnly: sticky.http_only ?? DEFAULT_STICKY.isHttpOnly,
    sameSite
  }
}
