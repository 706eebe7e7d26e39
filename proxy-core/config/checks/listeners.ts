/** No two of the addresses on which this process listens may claim the same port. */
import { formatPath, type ConfigPath } from '../../model/config-problem.ts'
import { DEFAULT_ADMIN, DEFAULT_LISTENER_ADDRESS } from '../../model/default-settings.ts'
import { parseHostPort } from '../../model/schema/addresses.ts'
import type { HostPort } from '../../model/settings.ts'
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'

interface Claim extends HostPort {
  /** null: a default that nobody wrote. */
  readonly path: ConfigPath | null
  readonly owner: string
}

const EVERY_IPV4 = '0.0.0.0'
const EVERY = '::'

export function* checkListeners(root: LooseNode): Generator<Finding> {
  const bindAddress = root.at('global').at('bind_address')
  if (bindAddress.value !== undefined && root.has('listeners')) {
    const message = '`global.bind_address` and `listeners` both say where to listen.'
    const hint = 'Keep `listeners`.'
    yield { code: 'CONFLICT', path: bindAddress.path, at: 'key', message, hint }
  }
  const claims = claimsOf(root)
  for (const [index, claim] of claims.entries()) {
    const other = claims.slice(0, index).find((earlier) => overlap(earlier, claim))
    if (other === undefined) continue
    const blamed = claim.path ?? other.path
    if (blamed === null) continue
    const rival = claim.path === null ? claim : other
    const place = rival.path === null ? 'its default' : formatPath(rival.path)
    const address = `${rival.host}:${String(rival.port)}`
    yield {
      code: 'CONFLICT',
      path: blamed,
      at: 'value',
      message: `${rival.owner} (${place}) listens on ${address} already.`,
      hint: 'Give one of them another port.'
    }
  }
}

function claimsOf(root: LooseNode): readonly Claim[] {
  const listeners = root.at('listeners').items.map((item) => item.at('address'))
  const bindAddress = root.at('global').at('bind_address')
  const admin = root.at('admin').at('address')
  const claims: Claim[] = []
  for (const listener of [...listeners, bindAddress]) claims.push(...claim(listener, 'A listener'))
  if (!root.has('listeners') && bindAddress.value === undefined) {
    claims.push({ ...DEFAULT_LISTENER_ADDRESS, path: null, owner: 'The listener' })
  }
  if (admin.value === undefined) {
    claims.push({ ...DEFAULT_ADMIN.address, path: null, owner: 'The admin API' })
  } else claims.push(...claim(admin, 'The admin API'))
  return claims
}

function claim(node: LooseNode, owner: string): readonly Claim[] {
  const address = node.text === undefined ? undefined : parseHostPort(node.text)
  return address === undefined ? [] : [{ ...address, path: node.path, owner }]
}

function overlap(a: HostPort, b: HostPort): boolean {
  // Port 0 is a different free port each time.
  if (a.port !== b.port || a.port === 0) return false
  const [one, other] = [plain(a.host), plain(b.host)]
  if (one === other || one === EVERY || other === EVERY) return true
  return (
    (one === EVERY_IPV4 && !other.includes(':')) || (other === EVERY_IPV4 && !one.includes(':'))
  )
}

function plain(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host
}
