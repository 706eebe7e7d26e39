/** Telemetry of an engine that a test moves, and what an observer of it was told. */
import { expect } from 'vitest'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { backendSettings, HTTP_CHECK } from '../../metrics/testing/engine-double.ts'
import { fromEngineSchema } from '../../model/control-protocol.ts'
import type { Fleet, Tick } from '../../model/engine-telemetry.ts'
import { readTrafficRow, type TrafficRates, type TrafficRow } from '../../model/traffic-row.ts'
import type { Backend } from '../../pool/backend.ts'
import { Telemetry, type TelemetryMessage } from '../telemetry.ts'
import { ObservedDouble } from './observed-double.ts'

export const NUMBERS = { isWanted: true, isTrafficWanted: false }
export const NOTHING = { isWanted: false, isTrafficWanted: false }
export const TICK_MS = 250

export class Observation {
  readonly clock = new ManualClock()
  readonly engine = new ObservedDouble(this.clock)
  readonly telemetry: Telemetry
  messages: TelemetryMessage[] = []
  /** Whether ticks are acknowledged as they come. */
  isParentAwake = true

  constructor() {
    this.engine.addListener('web', '127.0.0.1:8080')
    this.engine.addPool('api', [
      backendSettings('10.0.0.1:80', { healthCheck: HTTP_CHECK }),
      backendSettings('10.0.0.2:80', { region: 'north', level: 1, weight: 50 })
    ])
    this.telemetry = new Telemetry({
      engine: this.engine,
      clock: this.clock,
      random: () => 0.5,
      send: (message) => {
        expect(fromEngineSchema.safeParse(message).error).toBeUndefined()
        this.messages.push(message)
        if (message.kind !== 'tick' || !this.isParentAwake) return
        this.telemetry.acknowledge(message.tick.seq)
      }
    })
  }

  get backends(): readonly Backend[] {
    return this.engine.pools[0]!.backends
  }

  get ticks(): readonly Tick[] {
    return this.messages.flatMap((message) => (message.kind === 'tick' ? [message.tick] : []))
  }

  get fleets(): readonly Fleet[] {
    return this.messages.flatMap((message) => (message.kind === 'fleet' ? [message.fleet] : []))
  }

  get lastTick(): Tick {
    return this.ticks.at(-1)!
  }
}

export function rates(row: TrafficRow | null | undefined): TrafficRates {
  return readTrafficRow(row!)
}
