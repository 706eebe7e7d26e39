/** What the newest probes said of each backend. */
import type { ObservedEngine } from '../engine/engine-view.ts'
import { STREAK_LENGTH, type ProbedBackend } from '../model/engine-telemetry.ts'
import type { Backend } from '../pool/backend.ts'
import type { BackendLine } from './backend-line.ts'

/** A tick tells of this many probed backends; the others wait for the next one. */
const MAX_PROBED_PER_TICK = 128

/** Every backend that was ever probed. */
export function probeBoardOf(engine: ObservedEngine): ProbedBackend[] {
  return engine.pools.flatMap(({ backends }) =>
    backends.flatMap((backend) => probedBackendOf(engine, backend) ?? [])
  )
}

export class ProbeNews {
  readonly #engine: ObservedEngine
  /** Where the next look begins, so that the last ones of a large fleet come up too. */
  #next = 0

  constructor(engine: ObservedEngine) {
    this.#engine = engine
  }

  /** The backends that were probed since they were last taken. */
  take(pools: readonly (readonly BackendLine[])[]): ProbedBackend[] {
    const lines = pools.flat()
    const probed: ProbedBackend[] = []
    for (let looked = 0; looked < lines.length; looked++) {
      if (probed.length >= MAX_PROBED_PER_TICK) break
      const line = lines[this.#next++ % lines.length]!
      if (!line.takeProbed()) continue
      const one = probedBackendOf(this.#engine, line.backend)
      if (one !== null) probed.push(one)
    }
    return probed
  }
}

function probedBackendOf(engine: ObservedEngine, backend: Backend): ProbedBackend | null {
  const { probes, pool, address } = backend
  const last = probes.at(-1)
  if (last === undefined) return null
  return {
    pool,
    backend: address,
    last,
    streak: probes.slice(-STREAK_LENGTH).map(({ hasPassed }) => hasPassed),
    progress: engine.watchOf(pool, address).progress
  }
}
