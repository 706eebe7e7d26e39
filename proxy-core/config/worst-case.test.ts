/** Contract: the computed times hold what real probes measure, and follow every setting. */
import { describe, expect, test } from 'vitest'
import { DEFAULT_HEALTH_CHECK } from '../model/default-settings.ts'
import type { HealthCheckSettings } from '../model/settings.ts'
import { checkOf, settingsOf } from './fixtures/load.ts'
import { worstCase, worstCases } from './worst-case.ts'

/** HAProxy 2.6 with `inter 3s fall 3 rise 2`: the check timeout is `inter`, there is no jitter. */
const SEED_003: HealthCheckSettings = {
  ...DEFAULT_HEALTH_CHECK,
  intervalMs: 3000,
  fastIntervalMs: 3000,
  downIntervalMs: 3000,
  timeoutMs: 3000,
  jitter: 0,
  unhealthyThreshold: 3,
  healthyThreshold: 2
}

describe("seed 003's line", () => {
  test('the 6.5 to 8.3 s that HAProxy was measured to take for a killed server lie within', () => {
    const { detection } = worstCase(SEED_003).killed
    expect(detection).toEqual({ bestMs: 6000, worstMs: 9000 })
    expect(detection.bestMs).toBeLessThanOrEqual(6500)
    expect(detection.worstMs).toBeGreaterThanOrEqual(8300)
  })

  test('the 15.5 to 17.3 s that HAProxy was measured to take for a frozen server lie within', () => {
    const { detection } = worstCase(SEED_003).frozen
    expect(detection).toEqual({ bestMs: 15_000, worstMs: 18_000 })
    expect(detection.bestMs).toBeLessThanOrEqual(15_500)
    expect(detection.worstMs).toBeGreaterThanOrEqual(17_300)
  })

  test('it recovers within two intervals, and one timeout more after a freeze', () => {
    expect(worstCase(SEED_003).killed.recovery).toEqual({ bestMs: 3000, worstMs: 6000 })
    expect(worstCase(SEED_003).frozen.recovery).toEqual({ bestMs: 3000, worstMs: 9000 })
  })

  test('written as YAML it gives the same times', () => {
    const check = checkOf(`
pools:
  - name: gateway
    health_check: { interval: 3s, timeout: 3s, jitter: 0, unhealthy_threshold: 3, healthy_threshold: 2 }
    backends: [{ address: "gateway-1:8083" }]
`)
    expect(check && worstCase(check)).toEqual(worstCase(SEED_003))
  })
})

test('the defaults notice a killed backend within 3.3 s and a frozen one within 6.3 s', () => {
  const times = worstCase(DEFAULT_HEALTH_CHECK)
  expect(times.killed.detection).toEqual({ bestMs: 900, worstMs: 3300 })
  expect(times.frozen.detection).toEqual({ bestMs: 3900, worstMs: 6300 })
  expect(times.killed.recovery).toEqual({ bestMs: 450, worstMs: 2750 })
})

test('with thresholds of one only the first wait counts, so the fast interval does not', () => {
  const check = { ...SEED_003, unhealthyThreshold: 1, healthyThreshold: 1, fastIntervalMs: 60_000 }
  expect(worstCase(check).killed).toEqual({
    detection: { bestMs: 0, worstMs: 3000 },
    recovery: { bestMs: 0, worstMs: 3000 }
  })
})

test('backends of one pool with equal timing are one entry, others are their own', () => {
  const settings = settingsOf(`
pools:
  - name: api
    health_check: { interval: 3s }
    backends:
      - { address: "a:80" }
      - { address: "b:80", health_check: { path: /other } }
      - { address: "c:80", health_check: { interval: 9s } }
      - { address: "d:80", health_check: false }
  - name: unprobed
    backends: [{ address: "e:80" }]
`)
  const entries = worstCases(settings).map(({ pool, backends }) => [pool, backends])
  expect(entries).toEqual([
    ['api', ['a:80', 'b:80']],
    ['api', ['c:80']]
  ])
})
