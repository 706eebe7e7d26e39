/** Contract: a shortage of file descriptors is one event in ten seconds, other errors are none. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { EngineEventBody } from '../model/engine-event.ts'
import { EngineContext } from './engine-context.ts'

const shortage = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' })

test('a storm of shortages is reported once, and again when it lasts', () => {
  const clock = new ManualClock()
  const events: EngineEventBody[] = []
  const context = new EngineContext(clock, Math.random, (event) => events.push(event))
  for (let index = 0; index < 1000; index++) context.reportShortage(shortage, 'No connection')
  expect(events).toHaveLength(1)
  expect(events[0]).toMatchObject({ kind: 'fault', code: 'FILE_DESCRIPTORS_EXHAUSTED' })
  clock.advance(10_001)
  context.tick()
  expect(context.reportShortage(shortage, 'No connection')).toBe(true)
  expect(events).toHaveLength(2)
})

test('another error is not a shortage', () => {
  const events: EngineEventBody[] = []
  const context = new EngineContext(new ManualClock(), Math.random, (event) => events.push(event))
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  expect(context.reportShortage(refused, 'No connection')).toBe(false)
  expect(events).toEqual([])
})
