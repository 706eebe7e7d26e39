/** Where Vector's `http` sink sends to: a backend, with or without TLS, and the front of the path. */
import { parseHostPort, pathPrefix } from '../../../proxy-core/model/schema/addresses.ts'
import type { TomlEntry } from '../toml/toml-document.ts'
import { find, textOf, type Component } from './component.ts'

export interface SinkTarget {
  /** `host:port`. */
  readonly address: string
  readonly isTls: boolean
  /** null: the path goes out as it came in. */
  readonly path: string | null
  readonly entry: TomlEntry
  /** What of the URI has no counterpart; null: nothing. */
  readonly lost: string | null
}

export interface NoTarget {
  readonly why: string
  readonly instead: string
}

const DEFAULT_PORTS = { 'http:': '80', 'https:': '443' } as const

export function targetOf(sink: Component): SinkTarget | NoTarget {
  const entry = find(sink.table, 'uri')
  const text = textOf(entry)
  if (entry === undefined || text === undefined) {
    return { why: 'It has no `uri`, so it is not known where to.', instead: 'Name the backend.' }
  }
  if (text.includes('{{')) {
    return {
      why: 'Its `uri` is made of the event, and a backend has a fixed address.',
      instead: 'Write a pool for each address, and routes that tell their requests apart.'
    }
  }
  if (text.includes('$')) {
    return {
      why: 'Its `uri` holds a variable; variables are read for secrets only.',
      instead: 'Put the address in, then import the file again.'
    }
  }
  return (
    targetIn(text, entry) ?? {
      why: 'Its `uri` is none of http or https with a host.',
      instead: 'Mend it, then import the file again.'
    }
  )
}

function targetIn(text: string, entry: TomlEntry): SinkTarget | undefined {
  // Vector puts http in front of a URI that has no scheme.
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return undefined
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : url.port
  const address = `${url.hostname}:${port}`
  if (parseHostPort(address) === undefined) return undefined
  const path = pathPrefix().safeParse(url.pathname)
  const lost = [
    ...(url.username !== '' || url.password !== '' ? ['its credentials'] : []),
    ...(url.search !== '' ? ['its query'] : []),
    ...(path.success ? [] : ['its path'])
  ]
  return {
    address,
    isTls: url.protocol === 'https:',
    path: path.success && path.data !== '/' ? path.data : null,
    entry,
    lost: lost.length === 0 ? null : lost.join(' and ')
  }
}
