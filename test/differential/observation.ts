/**
 * What a client and the recording backend saw of one attack, told in one word for the
 * documentation and in full for assertions.
 */
import type { RequestMessage } from '../servers/http-message.ts'

export interface Observation {
  /** Statuses of the final responses to the attack itself, in order. */
  readonly statuses: readonly number[]
  /** The proxy closed the client's connection before or instead of serving a second request. */
  readonly isClosed: boolean
  /** The proxy neither answered nor closed: it waits for bytes that will not come. */
  readonly isWaiting: boolean
  /** A request sent afterwards on the same connection was answered with its own response. */
  readonly isFollowUpAnswered: boolean
  /** A request on another connection was answered with its own response. */
  readonly isBystanderServed: boolean
  /** Complete requests at the backend, without the follow-up and the bystander. */
  readonly messages: readonly RequestMessage[]
  /** What the strict judge had against the backend's connections. */
  readonly violations: readonly string[]
  /** Bytes at the backend that belong to no complete request. */
  readonly leftover: string
  /** Connections with such bytes were closed by the proxy. */
  readonly isLeftoverCut: boolean
}

/** How the proxy treated the attack, in a few words. */
export function verdict(seen: Observation): string {
  if (!seen.isBystanderServed) return '**poisons another client**'
  if (seen.violations.length > 0)
    return `**passes it on**: ${[...new Set(seen.violations)].join('; ')}`
  if (seen.messages.length > 1) return `**${seen.messages.length} requests**${framings(seen)}`
  if (seen.messages.length === 1) return `forwards${framings(seen)}${afterwards(seen)}`
  const part =
    seen.leftover === '' ? '' : seen.isLeftoverCut ? ', cut at the backend' : ', half sent'
  if (seen.isWaiting) return `waits${part}`
  if (seen.statuses.length === 0) return `closes${part}`
  return `${seen.statuses.join(', ')}${part}${seen.isClosed ? '' : ', stays open'}`
}

function framings(seen: Observation): string {
  const kinds = seen.messages.map(({ framing, version }) => {
    const name = framing.kind === 'length' ? `length ${framing.length}` : framing.kind
    return [name === 'none' ? '' : name, version === '1.1' ? '' : `HTTP/${version}`]
  })
  const named = kinds.flat().filter((kind) => kind !== '')
  return named.length === 0 ? '' : ` (${named.join(', ')})`
}

function afterwards(seen: Observation): string {
  if (seen.isWaiting) return ', waits'
  const status = seen.statuses[0]
  if (status === undefined) return ', closes'
  return status >= 400 ? `, answers ${status}` : ''
}
