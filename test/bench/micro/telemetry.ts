/**
 * `node test/bench/micro/telemetry.ts`: what one tick of an observed engine costs with many
 * backends, all of them with traffic, with the text that goes to the parent.
 */
import { backendSettings } from '../../../proxy-core/metrics/testing/engine-double.ts'
import { TICK_INTERVAL_MS } from '../../../proxy-core/model/engine-telemetry.ts'
import { Telemetry, type TelemetryMessage } from '../../../proxy-core/telemetry/telemetry.ts'
import {
  countExchanges,
  ObservedDouble
} from '../../../proxy-core/telemetry/testing/observed-double.ts'
import { ManualClock } from '../../servers/manual-clock.ts'

const BACKENDS = [10, 100, 1000] as const
const REQUESTS_PER_SECOND = 10_000
const WARM_UP_TICKS = 400
const MEASURED_TICKS = 200

interface TickCost {
  readonly measureMs: number
  readonly textMs: number
  readonly textBytes: number
}

function measureTicks(backendCount: number): TickCost {
  const clock = new ManualClock()
  const engine = new ObservedDouble(clock)
  const listener = engine.addListener('web', '127.0.0.1:8080')
  const pool = engine.addPool(
    'api',
    Array.from({ length: backendCount }, (_, n) => backendSettings(`10.0.${n >> 8}.${n & 255}:80`))
  )
  let messages: TelemetryMessage[] = []
  const telemetry = new Telemetry({
    engine,
    clock,
    random: Math.random,
    send: (message) => messages.push(message)
  })
  telemetry.observe({ isWanted: true, isTrafficWanted: false })
  let [measureMs, textMs, textBytes, ticks] = [0, 0, 0, 0]
  for (let tick = 0; tick < WARM_UP_TICKS + MEASURED_TICKS; tick++) {
    const requests = (REQUESTS_PER_SECOND * TICK_INTERVAL_MS) / 1000
    for (let n = 0; n < requests; n++) {
      const backend = pool.backends[Math.floor(Math.random() * backendCount)]!
      for (const counters of [listener.counters, pool.counters, backend.counters]) {
        countExchanges(counters, 1, 200, 1 + Math.random() * 20)
      }
    }
    messages = []
    const startedMs = performance.now()
    clock.advance(TICK_INTERVAL_MS)
    const measuredMs = performance.now()
    const text = JSON.stringify(messages)
    const textedMs = performance.now()
    for (const message of messages) {
      if (message.kind === 'tick') telemetry.acknowledge(message.tick.seq)
    }
    if (tick < WARM_UP_TICKS) continue
    ticks++
    measureMs += measuredMs - startedMs
    textMs += textedMs - measuredMs
    textBytes += text.length
  }
  telemetry.stop()
  return { measureMs: measureMs / ticks, textMs: textMs / ticks, textBytes: textBytes / ticks }
}

console.log(`One tick at ${REQUESTS_PER_SECOND} requests/s, spread over all backends:`)
for (const count of BACKENDS) {
  const { measureMs, textMs, textBytes } = measureTicks(count)
  console.log(
    `${String(count).padStart(5)} backends: ${measureMs.toFixed(3)} ms to measure, ` +
      `${textMs.toFixed(3)} ms as text of ${(textBytes / 1024).toFixed(1)} KiB`
  )
}
