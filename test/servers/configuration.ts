/**
 * A configuration document with one listener, one route and one pool, of which a test states
 * only what matters to it. JSON is YAML, so the text goes through the product's own loader.
 */
import type { RecordingBackend } from './recording-backend.ts'

type Section = Readonly<Record<string, unknown>>

export interface ConfigurationParts {
  /** Addresses, or objects with further keys of a backend. */
  readonly backends?: readonly (string | RecordingBackend | Section)[]
  readonly listener?: Section
  /** Listeners beside `web`. */
  readonly listeners?: readonly Section[]
  readonly route?: Section
  /** In place of the one route to `main`. */
  readonly routes?: readonly Section[]
  readonly pool?: Section
  /** Pools beside `main`. */
  readonly pools?: readonly Section[]
  readonly admin?: Section
  /** Further keys of the top level. */
  readonly top?: Section
}

export function configuration(parts: ConfigurationParts): string {
  const document = {
    version: 1,
    admin: { address: '127.0.0.1:0', ...parts.admin },
    listeners: [
      { name: 'web', address: '127.0.0.1:0', ...parts.listener },
      ...(parts.listeners ?? [])
    ],
    routes: parts.routes ?? [{ pool: 'main', ...parts.route }],
    pools: [
      { name: 'main', ...parts.pool, backends: (parts.backends ?? []).map(backendSection) },
      ...(parts.pools ?? [])
    ],
    ...parts.top
  }
  return JSON.stringify(document, null, 2)
}

function backendSection(backend: string | RecordingBackend | Section): Section {
  if (typeof backend === 'string') return { address: backend }
  if ('acceptedCount' in backend) return { address: (backend as RecordingBackend).address }
  return backend as Section
}
