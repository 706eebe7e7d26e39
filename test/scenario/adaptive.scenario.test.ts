/**
 * `adaptive` on real sockets and a real clock: a backend that becomes slow, or answers with errors,
 * has less than 5 % of the requests two seconds later, without any health check, and its share
 * again some time after it is well.
 */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, startBackends } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { answerWithTarget } from '../servers/recording-backend.ts'
import { IdentifiedLoad } from './identified-load.ts'
import { pause } from './stage.ts'

const CONNECTIONS = 16
const HEALTHY_MS = 5
const SLOW_MS = 400
/** What the issue promises. */
const WITHIN_MS = 2000
const WINDOW_MS = 2000
/** 10 s × ln(400 / 5) is 44 s; a minute is enough for a busy machine. */
const RECOVERY_DEADLINE_MS = 60_000

test('adaptive leaves a slow and a failing backend within two seconds, and comes back', async () => {
  const backends = await startBackends('a', 'b', 'c')
  const bad = { latencyMs: HEALTHY_MS, isFailing: false }
  for (const backend of backends) {
    const answer = answerWithTarget(backend.name)
    backend.script = async (exchange) => {
      if (backend.name === 'b' && bad.isFailing) return exchange.respond({ status: 500 })
      await pause(backend.name === 'b' ? bad.latencyMs : HEALTHY_MS)
      return answer(exchange)
    }
  }
  const fixture = await EngineFixture.start(
    configuration({ backends, pool: { algorithm: 'adaptive' } })
  )
  const load = new IdentifiedLoad({
    connections: CONNECTIONS,
    thinkMs: HEALTHY_MS,
    port: () => fixture.port()
  })
  const counts = (): number[] => fixture.pool().backends.map(({ counters }) => counters.requests)
  /** Of the requests of the next two seconds. */
  const shareOfBad = async (): Promise<number> => {
    const before = counts()
    await pause(WINDOW_MS)
    const [a = 0, b = 0, c = 0] = counts().map((count, index) => count - before[index]!)
    return b / (a + b + c)
  }
  const hasItsShare = async (): Promise<boolean> => (await shareOfBad()) > 0.2
  try {
    await eventually('all have their share', hasItsShare, RECOVERY_DEADLINE_MS)
    bad.latencyMs = SLOW_MS
    await pause(WITHIN_MS)
    expect(await shareOfBad(), 'while it is slow').toBeLessThan(0.05)
    bad.latencyMs = HEALTHY_MS
    await eventually('the slow one is back', hasItsShare, RECOVERY_DEADLINE_MS)
    bad.isFailing = true
    await pause(WITHIN_MS)
    expect(await shareOfBad(), 'while it fails').toBeLessThan(0.05)
    bad.isFailing = false
    await eventually('the failing one is back', hasItsShare, RECOVERY_DEADLINE_MS)
  } finally {
    await load.stop()
  }
  expect(load.mixUps).toEqual([])
})
