/** Contract: the status words are HAProxy's, worked out from the probes that are kept. */
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { backendSettings, EngineDouble, HTTP_CHECK } from '../metrics/testing/engine-double.ts'
import type { HealthState } from '../model/states.ts'
import type { Backend } from '../pool/backend.ts'
import { healthFraction, statusText } from './health-fraction.ts'

/** rise 2, fall 3; `probes` reads "+" for a pass and "-" for a failure, oldest first. */
function backend(health: HealthState, probes: string, hasCheck = true): Backend {
  const settings = backendSettings('10.0.0.1:80', { healthCheck: hasCheck ? HTTP_CHECK : null })
  const [made] = new EngineDouble(new ManualClock()).addPool('api', [settings]).backends
  for (const sign of probes) {
    const hasPassed = sign === '+'
    made!.recordProbe({
      atMs: 0,
      durationMs: 1,
      hasPassed,
      code: hasPassed ? 'L7OK' : 'L7STS',
      status: null,
      detail: ''
    })
  }
  if (hasCheck) made!.setHealth(health, 'test')
  return made!
}

describe('statusText', () => {
  it.each([
    ['up', '++', 'UP', 4],
    ['up', '+-', 'UP 2/3', 3],
    ['up', '+--', 'UP 1/3', 2],
    ['up', '-+-+', 'UP', 4],
    ['up', '', 'UP', 4],
    // Probes of another time (before a reload or maint) may all speak against the state.
    ['up', '-----', 'UP 1/3', 2],
    ['slow_start', '++', 'UP', 4],
    ['down', '---', 'DOWN', 0],
    ['down', '---+', 'DOWN 1/2', 1],
    ['down', '++++', 'DOWN 1/2', 1],
    ['unknown', '', 'DOWN', 0],
    ['unknown', '+', 'DOWN 1/2', 1]
  ] as const)('%s after probes %j is %s with a counter of %i', (health, probes, text, value) => {
    const subject = backend(health, probes)
    expect(statusText(subject)).toBe(text)
    expect(healthFraction(subject)).toEqual({ value, rise: 2, fall: 3 })
  })

  it('is "no check" without a health check, and has no counter', () => {
    expect(statusText(backend('up', '', false))).toBe('no check')
    expect(healthFraction(backend('up', '', false))).toBeNull()
  })

  it.each([
    ['up', '++', true, 'DRAIN'],
    ['up', '+-', true, 'DRAIN 2/3'],
    ['down', '---', true, 'DOWN'],
    ['up', '', false, 'DRAIN']
  ] as const)(
    'tells drain of a backend that is %s after %j (check: %s) as %s',
    (health, probes, hasCheck, text) => {
      const subject = backend(health, probes, hasCheck)
      subject.setAdminState('drain', 'test')
      expect(statusText(subject)).toBe(text)
    }
  )

  it('is MAINT in maintenance, whatever the probes said', () => {
    const subject = backend('down', '---')
    subject.setAdminState('maint', 'test')
    expect(statusText(subject)).toBe('MAINT')
  })
})
