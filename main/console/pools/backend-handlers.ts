/** The calls `backend.evidence` and `backend.probe`. */
import type { BackendEvidence } from '../../../proxy-core/model/backend-evidence.ts'
import type {
  EngineAnswer,
  EngineCommand,
  EngineQuestion
} from '../../../proxy-core/model/control-protocol.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import { sentence, type LocalTime } from '../live/wording.ts'
import { backendInFleet } from '../plans/backend-in-fleet.ts'
import type { LiveView } from '../plans/plan-services.ts'
import { explainBackend } from './explain-backend.ts'

export interface BackendEngine {
  ask(question: EngineQuestion): Promise<EngineAnswer>
  command(command: EngineCommand): Promise<void>
}

export interface BackendParts {
  readonly engine: BackendEngine
  readonly live: LiveView
  readonly clock: Clock
  readonly time: LocalTime
}

interface Place {
  readonly pool: string
  readonly backend: string
}

export function backendHandlers(
  parts: BackendParts
): Pick<MethodHandlers, 'backend.evidence' | 'backend.probe'> {
  const { engine, live, clock, time } = parts
  return {
    async 'backend.evidence'(place) {
      const { backend } = backendInFleet(live, place.pool, place.backend)
      const evidence = await evidenceOf(engine, place)
      const nowMs = clock.wallNow()
      return { evidence, explanation: explainBackend({ backend, evidence, nowMs, time }) }
    },
    async 'backend.probe'(place) {
      backendInFleet(live, place.pool, place.backend)
      await engine.command({ name: 'probe_now', ...place })
      const last = (await evidenceOf(engine, place)).probes.at(-1)
      if (!last) {
        throw new SwitchyardError('INTERNAL', `The probe of ${place.backend} left no result.`)
      }
      const verb = last.hasPassed ? 'passed' : 'failed'
      const took = `${Math.round(last.durationMs)} ms`
      const text = `${place.backend} ${verb} its probe in ${took}: ${sentence(last.detail)}`
      return { sentence: text, hasPassed: last.hasPassed }
    }
  }
}

async function evidenceOf(engine: BackendEngine, place: Place): Promise<BackendEvidence> {
  const answer = await engine.ask({ name: 'evidence', ...place })
  if (answer.name === 'evidence') return answer.evidence
  throw new SwitchyardError('PROTOCOL_VIOLATION', `The engine answered with "${answer.name}".`)
}
