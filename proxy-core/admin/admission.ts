/** Whether a request may be answered at all, by the rules of design section 8. */
import type { IncomingMessage } from 'node:http'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { AdminSettings } from '../model/settings.ts'
import type { AdminAccess } from './admin-route.ts'
import { isLoopback } from '../model/schema/addresses.ts'
import { hostFieldCount, isCrossSite, isHostAllowed } from './request-guard.ts'

/** Throws ADMIN_HOST_REFUSED or ADMIN_CROSS_SITE_REFUSED. */
export function checkOrigin(message: IncomingMessage, settings: AdminSettings): void {
  const { headers, rawHeaders, socket } = message
  const rule = {
    boundHost: settings.address.host,
    localAddress: socket.localAddress ?? '',
    allowedHosts: settings.allowedHosts
  }
  if (hostFieldCount(rawHeaders) !== 1 || !isHostAllowed(headers.host, rule)) {
    throw new SwitchyardError(
      'ADMIN_HOST_REFUSED',
      'The Host field does not name this admin server.'
    )
  }
  if (isCrossSite(headers, settings.tls !== null)) {
    throw new SwitchyardError(
      'ADMIN_CROSS_SITE_REFUSED',
      'A page of another origin may not use the admin API.'
    )
  }
}

export function needsToken(access: AdminAccess, settings: AdminSettings): boolean {
  switch (access) {
    case 'public':
      return false
    case 'metrics':
      return settings.metrics !== 'open'
    case 'failover':
      // Seed 004 controls the failover without a token; never where others can reach it.
      return settings.auth !== 'none' || !isLoopback(settings.address.host)
    case 'token':
      return true
  }
}
