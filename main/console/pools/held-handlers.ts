/** The call `pool.held`: who waits in a pool for a backend. */
import type { EngineAnswer, EngineQuestion } from '../../../proxy-core/model/control-protocol.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { MethodHandlers } from '../../contract/method-handlers.ts'

export interface HeldEngine {
  ask(question: EngineQuestion): Promise<EngineAnswer>
}

export function heldHandlers(engine: HeldEngine): Pick<MethodHandlers, 'pool.held'> {
  return {
    async 'pool.held'({ pool }) {
      const answer = await engine.ask({ name: 'held', pool })
      if (answer.name === 'held') return { requests: answer.requests }
      throw new SwitchyardError('PROTOCOL_VIOLATION', `The engine answered with "${answer.name}".`)
    }
  }
}
