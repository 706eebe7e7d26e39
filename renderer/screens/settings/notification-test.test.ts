/** Contract: a test is sent once at a time, and its answers stay beside their channels. */
import { beforeEach, expect, test } from 'vitest'
import type { TestOutcomeLine } from '../../../preload/contract/notifications.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { ScriptedBackend } from '../../testing/scripted-backend.ts'
import { NotificationTest } from './notification-test.svelte.ts'

let backend: ScriptedBackend
let trial: NotificationTest

beforeEach(() => {
  backend = new ScriptedBackend()
  trial = new NotificationTest(backend)
})

function outcome(channel: string, sentence: string): TestOutcomeLine {
  return { channel, type: 'log', outcome: 'delivered', sentence }
}

test('a test of all answers for each, and one of a single channel replaces only its answer', async () => {
  backend.answers['notifications.test'] = ({ channel }) => ({
    outcomes:
      channel === null
        ? [outcome('a', 'first'), outcome('b', 'first')]
        : [outcome(channel, 'again')]
  })
  await trial.send(null)
  await trial.send('b')
  expect(trial.outcomeOf('a')?.sentence).toBe('first')
  expect(trial.outcomeOf('b')?.sentence).toBe('again')
  expect(trial.outcomeOf('c')).toBeNull()
  expect(backend.calls.map(({ args }) => args)).toEqual([{ channel: null }, { channel: 'b' }])
})

test('while one runs, another is not begun', async () => {
  const { promise, resolve } = Promise.withResolvers<{ outcomes: TestOutcomeLine[] }>()
  backend.answers['notifications.test'] = () => promise
  const sending = trial.send('a')
  expect([trial.isTrying('a'), trial.isTrying('b')]).toEqual([true, false])
  await trial.send('b')
  resolve({ outcomes: [] })
  await sending
  expect(backend.calls).toHaveLength(1)
  expect(trial.running).toBeNull()
})

test('a refusal is a problem, and the next test clears it', async () => {
  backend.answers['notifications.test'] = () => {
    throw new SwitchyardError('CHANNEL_UNKNOWN', 'The running configuration has none.')
  }
  await trial.send(null)
  expect(trial.problem).toMatchObject({
    what: 'The test message was not sent.',
    code: 'CHANNEL_UNKNOWN'
  })
  backend.answers['notifications.test'] = () => ({ outcomes: [] })
  await trial.send(null)
  expect(trial.problem).toBeNull()
})
