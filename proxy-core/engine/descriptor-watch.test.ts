/** Contract: a shortage that nobody else notices becomes one event, and a healthy process none. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { EngineEventBody } from '../model/engine-event.ts'
import { DescriptorWatch } from './descriptor-watch.ts'
import { EngineContext } from './engine-context.ts'

function watched(trial: () => Promise<void>): {
  readonly clock: ManualClock
  readonly events: EngineEventBody[]
  readonly watch: DescriptorWatch
} {
  const clock = new ManualClock()
  const events: EngineEventBody[] = []
  const context = new EngineContext(clock, Math.random, (event) => events.push(event))
  return { clock, events, watch: new DescriptorWatch(context, trial) }
}

test('a failed trial is reported with its code, once while it lasts', async () => {
  const failure = Object.assign(new Error('open EMFILE'), { code: 'EMFILE' })
  const { clock, events, watch } = watched(() => Promise.reject(failure))
  watch.start()
  await clock.advanceAsync(5000)
  expect(events).toHaveLength(1)
  expect(events[0]).toMatchObject({ code: 'FILE_DESCRIPTORS_EXHAUSTED' })
  watch.stop()
  expect(clock.pendingCount).toBe(0)
})

test('a trial that succeeds says nothing, and one that hangs is not joined by others', async () => {
  let trials = 0
  const { clock, events, watch } = watched(() => {
    trials++
    return trials === 1 ? Promise.resolve() : new Promise(() => undefined)
  })
  watch.start()
  await clock.advanceAsync(5000)
  expect(events).toEqual([])
  expect(trials).toBe(2)
  watch.stop()
})
