/** Signals of this very process: the first ends, the second cuts, and an echo is neither. */
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { OperatorLog } from '../run/operator-log.ts'
import { CapturedTerminal } from '../testing/captured-terminal.ts'
import { untilSignalled, type Endings } from './until-signalled.ts'

let clock: ManualClock
let terminal: CapturedTerminal

beforeEach(() => {
  clock = new ManualClock()
  terminal = new CapturedTerminal()
})

/** Runs until the test has done with it. */
async function during(act: (endings: Endings) => void): Promise<number> {
  const log = new OperatorLog(terminal, clock, 'text')
  return untilSignalled(log, clock, (endings) => {
    act(endings)
    return Promise.resolve(0)
  })
}

/** As the system would, without a detour through it. */
function raise(signal: NodeJS.Signals): void {
  process.emit(signal, signal)
}

describe('untilSignalled', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('asks to stop at %s', async (signal) => {
    await during(({ stop, cut }) => {
      expect(stop.aborted).toBe(false)
      raise(signal)
      expect([stop.aborted, cut.aborted]).toEqual([true, false])
    })
  })

  test('asks to cut at a second signal, and takes an echo of the first for no second one', async () => {
    await during(({ cut }) => {
      raise('SIGINT')
      raise('SIGINT')
      clock.advance(499)
      raise('SIGTERM')
      expect(cut.aborted).toBe(false)
      clock.advance(1)
      raise('SIGINT')
      expect(cut.aborted).toBe(true)
    })
  })

  test('logs what nobody expected, and goes on', async () => {
    const listeners = process.listeners('uncaughtException')
    const code = await during(() => {
      const [own] = process.listeners('uncaughtException').filter((one) => !listeners.includes(one))
      own!(new TypeError('x is no function'), 'uncaughtException')
    })
    expect(code).toBe(0)
    expect(terminal.stderr).toContain('Unexpected: TypeError: x is no function')
  })

  test('listens to nothing any more afterwards', async () => {
    const count = (): number[] =>
      ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection'].map((name) =>
        process.listenerCount(name)
      )
    const before = count()
    await during(() => expect(count()).toEqual(before.map((listeners) => listeners + 1)))
    expect(count()).toEqual(before)
  })
})
