/** Errors that nobody expected are told and survived: Electron's own answer to one is a box. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { surviveDefects } from './desktop-defects.ts'

const OCCASIONS = ['uncaughtException', 'unhandledRejection'] as const

let said: string[]
let before: readonly (readonly unknown[])[]
let end: () => void

beforeEach(() => {
  said = []
  before = OCCASIONS.map((occasion) => process.listeners(occasion as 'exit'))
  end = surviveDefects((line) => said.push(line))
})
afterEach(() => end())

/** Only ours hears it: the runner would take it for a failure of the test. */
function happen(at: 0 | 1, error: unknown): void {
  const [own] = process
    .listeners(OCCASIONS[at] as 'exit')
    .filter((listener) => !before[at]!.includes(listener)) as unknown as ((e: unknown) => void)[]
  own!(error)
}

describe('surviveDefects', () => {
  test('tells an exception and a rejection with where they came from', () => {
    happen(0, new TypeError('x is no function'))
    happen(1, 'no reason')
    expect(said[0]).toMatch(/^Unexpected: TypeError: x is no function\n\s+at /)
    expect(said[1]).toBe('Unexpected: no reason')
  })

  test.each([process.stdout, process.stderr])('survives that nobody reads a stream', (stream) => {
    const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    const listeners = stream.listeners('error')
    end()
    expect(stream.listeners('error')).toHaveLength(listeners.length - 1)
    end = surviveDefects((line) => said.push(line))
    for (const listener of stream.listeners('error')) listener(broken)
    expect(said).toEqual([])
  })
})
