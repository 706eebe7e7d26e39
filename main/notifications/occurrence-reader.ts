/**
 * Turns what the engine and its host report into occurrences, with the sentences of the log. Knows
 * what is wrong at the moment, so that an end without a beginning is no news, and what an engine
 * that died had left wrong is settled by its successor.
 */
import { entryOf } from '../cli/run/event-entry.ts'
import type { EngineEvent } from '../../proxy-core/model/engine-event.ts'
import type { AdminState, HealthState } from '../../proxy-core/model/states.ts'
import type { HostEvent } from '../engine-host/engine-host.ts'
import { draftOf, type Draft } from './occurrence-draft.ts'
import type { Occurrence } from './occurrence.ts'
import { TroubleBook } from './trouble-book.ts'

type BackendEvent = Extract<EngineEvent, { kind: 'backend_health' | 'backend_admin' }>

interface KnownBackend {
  readonly health: HealthState
  readonly admin: AdminState
}

const UNSEEN: KnownBackend = { health: 'unknown', admin: 'ready' }
const ENGINE = { occasion: 'engine', pool: null, backend: null } as const

/** The addresses of the backends of each pool. */
export type KnownPools = ReadonlyMap<string, ReadonlySet<string>>

export class OccurrenceReader {
  readonly #troubles = new TroubleBook()
  readonly #backends = new Map<string, KnownBackend>()

  /** Empty: nothing that anybody could want to be told. `nowMs` is wall-clock time. */
  read(event: HostEvent, nowMs: number): readonly Occurrence[] {
    switch (event.kind) {
      case 'engine_event':
        return this.#fromEngine(event.event)
      case 'engine_died':
        return this.#engineDied(textOf(event), nowMs)
      case 'engine_restarted':
        return [...this.#engineBack(textOf(event), nowMs), ...this.#settleDoubts(nowMs)]
      case 'engine_fault':
      case 'protocol_violation':
        return this.#taken(nowMs, textOf(event), draftOf({ kind: 'fault' }))
      default:
        return []
    }
  }

  /** Another configuration is in force: what it does not have any more is not wrong any more. */
  keepOnly(pools: KnownPools, nowMs: number): readonly Occurrence[] {
    for (const key of this.#backends.keys()) {
      const [pool, backend] = JSON.parse(key) as [string, string]
      if (!pools.get(pool)?.has(backend)) this.#backends.delete(key)
    }
    const gone = this.#troubles.withdraw(({ pool, backend }) => {
      if (pool === null) return false
      return backend === null ? !pools.has(pool) : !pools.get(pool)?.has(backend)
    })
    return gone.map(({ pool, backend, key }) => ({
      ...{ atMs: nowMs, occasion: 'config', severity: 'notice', pool, backend },
      ...{ text: goneText(pool ?? '', backend), headline: 'removed from the configuration' },
      ...{ begins: null, ends: [key] }
    }))
  }

  #fromEngine(event: EngineEvent): readonly Occurrence[] {
    const draft = isOfBackend(event) ? this.#backendDraft(event) : draftOf(event)
    return this.#taken(event.atMs, textOf({ kind: 'engine_event', event }), draft)
  }

  /** null: an engine that starts anew reports the states that it has kept. */
  #backendDraft(event: BackendEvent): Draft | null {
    const key = JSON.stringify([event.pool, event.backend])
    const before = this.#backends.get(key) ?? UNSEEN
    const news = event.kind === 'backend_health' ? { health: event.to } : { admin: event.to }
    const known = { ...before, ...news }
    this.#backends.set(key, known)
    if (event.kind === 'backend_admin' && before.admin === known.admin) return null
    // What the operator has taken out serves nobody: its end takes nothing away.
    const isMissed = known.health === 'down' && known.admin === 'ready'
    return draftOf(event, isMissed)
  }

  #engineDied(text: string, nowMs: number): readonly Occurrence[] {
    this.#troubles.doubtAll()
    this.#backends.clear()
    return this.#taken(nowMs, text, {
      ...{ ...ENGINE, severity: 'critical', headline: 'the engine died, no traffic is served' },
      ...{ begins: { key: 'engine', occasion: 'engine' }, ends: [] }
    })
  }

  #engineBack(text: string, nowMs: number): readonly Occurrence[] {
    return this.#taken(nowMs, text, {
      ...{ ...ENGINE, severity: 'notice', headline: 'the engine serves again' },
      ...{ begins: null, ends: ['engine'] }
    })
  }

  /** What is only the end of something is news where that something was. */
  #taken(atMs: number, text: string, draft: Draft | null): readonly Occurrence[] {
    if (draft === null) return []
    const { isOnlyEnd = false, ...occurrence } = draft
    const ends = this.#troubles.end(draft, draft.ends)
    if (isOnlyEnd && ends.length === 0) return []
    if (draft.begins !== null) this.#troubles.begin(draft, draft.begins)
    return [{ ...occurrence, atMs, text, ends }]
  }

  #settleDoubts(atMs: number): readonly Occurrence[] {
    return this.#troubles.settleDoubts().map(({ pool, keys }) => {
      const whose = pool === null ? 'The' : `Pool ${pool}: the`
      return {
        ...{ atMs, occasion: 'engine', pool, backend: null, severity: 'notice' },
        text: `${whose} engine serves again, without what was wrong before.`,
        ...{ headline: 'the engine serves again', begins: null, ends: keys }
      }
    })
  }
}

function isOfBackend(event: EngineEvent): event is BackendEvent {
  return event.kind === 'backend_health' || event.kind === 'backend_admin'
}

function goneText(pool: string, backend: string | null): string {
  const what = backend === null ? `Pool ${pool}` : `Pool ${pool}: ${backend}`
  return `${what} is not in the configuration any more.`
}

/** The log says nothing of a refused file here: `run` says it with the lines. */
function textOf(event: HostEvent): string {
  const entry = entryOf(event)
  if (entry !== null) return entry.message
  if (event.kind !== 'engine_event') return event.kind
  const { event: inner } = event
  if (inner.kind === 'configuration') {
    return `The configuration was refused, what ran before stays: ${inner.reason}`
  }
  return inner.kind === 'listener' ? `Listener ${inner.listener} is open.` : inner.kind
}
