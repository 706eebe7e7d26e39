/** Contract: a latch is shown and can be released also while the pool has nothing to switch. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { DEFAULT_FAILOVER } from '../model/default-settings.ts'
import type { EngineEventBody } from '../model/engine-event.ts'
import type { FailoverSettings } from '../model/settings.ts'
import { FailoverControl } from './failover-control.ts'
import type { Levels } from './level-view.ts'

const TWO: Levels = [0, 1].map((level) => ({ level, total: 2, eligible: 2 }))
const ONE: Levels = TWO.slice(0, 1)
const ASKED = { level: null, isForced: false, reason: 'disks' }

function latched(): { control: FailoverControl; events: EngineEventBody[] } {
  const events: EngineEventBody[] = []
  const control = new FailoverControl(DEFAULT_FAILOVER, {
    ...{ pool: 'api', clock: new ManualClock(), moved: () => undefined },
    emit: (event) => events.push(event)
  })
  control.advance(TWO)
  control.activate(ASKED)
  events.length = 0
  return { control, events }
}

test.each<readonly [string, Partial<FailoverSettings>, Levels]>([
  ['one level', {}, ONE],
  ['its failover off', { isEnabled: false }, TWO],
  ['mode spill', { mode: 'spill' }, TWO],
  ['mode progressive', { mode: 'progressive' }, TWO]
])('a pool with %s shows a latch, and releases it for good', (_, changes, levels) => {
  const { control, events } = latched()
  control.configure({ ...DEFAULT_FAILOVER, ...changes })
  control.advance(levels)
  expect(control.status()).toMatchObject({
    ...{ latchedLevel: 1, isLatchForced: false, latchReason: 'disks' }
  })
  events.length = 0
  expect(control.deactivate('done')).toBe(true)
  expect(events).toMatchObject([{ kind: 'failover', isManual: true, fromLevel: 0, toLevel: 0 }])
  expect(control.status()).toMatchObject({ latchedLevel: null, latchReason: null })
  expect(control.status().transitions.at(-1)?.reason).toMatch(/\(done\); level 0 has 2 of 2/)
  expect(control.latch).toBeNull()
  expect(() => control.deactivate('again')).toThrow('cannot be switched by hand')
  control.configure(DEFAULT_FAILOVER)
  control.advance(TWO)
  expect(control.status()).toMatchObject({ activeLevel: 0, latchedLevel: null, phase: 'normal' })
})

test('while requests wait for a lost level nobody is said to serve, and their level is named', () => {
  const settings = { ...DEFAULT_FAILOVER, strategy: 'delayed', delayMs: 5000 } as const
  const clock = new ManualClock()
  const around = { pool: 'api', clock, moved: () => undefined, emit: () => undefined }
  const control = new FailoverControl(settings, around)
  control.advance(TWO)
  const lost: Levels = [{ ...TWO[0]!, eligible: 0 }, TWO[1]!]
  control.advance(lost)
  const { levels, ...status } = control.status()
  expect(status).toMatchObject({
    ...{ phase: 'pending', activeLevel: -1, level: 0, isWaiting: true, obstacle: null }
  })
  expect(levels.map(({ share }) => share)).toEqual([0, 0])
  expect(control.preview(ASKED, [])).toMatchObject({ fromLevel: 0, toLevel: 1 })
  clock.advance(5000)
  expect(control.status()).toMatchObject({ activeLevel: 1, level: 1, isWaiting: false })
})

test('the preview of a repetition says that nothing changes', () => {
  const { control } = latched()
  control.advance([TWO[0]!, { ...TWO[1]!, eligible: 0 }])
  expect(control.preview(ASKED, [])).toMatchObject({
    toLevel: 1,
    steps: ['Nothing changes: an operator has activated level 1 already.'],
    warnings: ['Level 1 has 0 of 2 eligible backends, too few to take over.']
  })
})
