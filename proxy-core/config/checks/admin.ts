/** The admin API can take backends out, so it never listens to strangers by accident. */
import { isLoopback, parseHostPort } from '../../model/schema/addresses.ts'
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'

export function* checkAdmin(root: LooseNode): Generator<Finding> {
  const admin = root.at('admin')
  const address = admin.at('address')
  const parsed = address.text === undefined ? undefined : parseHostPort(address.text)
  if (parsed === undefined || isLoopback(parsed.host)) return
  const missing = [
    ...(admin.has('tls') ? [] : ['`tls`']),
    ...(admin.at('allowed_hosts').items.length > 0 ? [] : ['`allowed_hosts`'])
  ]
  if (missing.length > 0) {
    yield {
      code: 'UNSAFE_ADMIN',
      path: address.path,
      at: 'value',
      message: `The admin API would be reachable from other machines without ${missing.join(' and ')}.`,
      hint: 'Listen on 127.0.0.1, or add what is missing.'
    }
  }
  const auth = admin.at('auth')
  if (auth.value === 'none') {
    yield {
      code: 'UNSAFE_ADMIN',
      path: auth.path,
      at: 'value',
      message: '`auth: none` is for loopback only.',
      hint: 'Use `auth: token`, or listen on 127.0.0.1.'
    }
  }
}
