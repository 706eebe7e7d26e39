/** Sequences of keys: found, forgotten when they lead nowhere, and when they take too long. */
import { beforeEach, describe, expect, test } from 'vitest'
import { KeySequence, SEQUENCE_PATIENCE_MS, type KeyMatch } from './key-sequence.ts'

const BINDINGS = [
  { keys: 'g l', actionId: 'live' },
  { keys: 'g p', actionId: 'pools' },
  { keys: 'd', actionId: 'drain' },
  { keys: 'n b', actionId: 'add' }
]

let sequence: KeySequence
let atMs: number

beforeEach(() => {
  sequence = new KeySequence()
  atMs = 0
})

function press(name: string, afterMs = 100): KeyMatch {
  atMs += afterMs
  return sequence.press(name, atMs, BINDINGS)
}

describe('KeySequence', () => {
  test('finds single keys at once and sequences with their last key', () => {
    expect(press('d')).toEqual({ kind: 'action', actionId: 'drain' })
    expect(press('g')).toEqual({ kind: 'pending', pressed: 'g' })
    expect(press('p')).toEqual({ kind: 'action', actionId: 'pools' })
  })

  test('begins anew after a sequence was found', () => {
    press('g')
    press('l')
    expect(press('l')).toEqual({ kind: 'none' })
  })

  test('takes a wrong second key for a first one', () => {
    press('g')
    expect(press('d')).toEqual({ kind: 'action', actionId: 'drain' })
    press('g')
    expect(press('n')).toEqual({ kind: 'pending', pressed: 'n' })
    expect(press('b')).toEqual({ kind: 'action', actionId: 'add' })
  })

  test('forgets a first key whose second comes too late', () => {
    press('g')
    expect(press('p', SEQUENCE_PATIENCE_MS)).toEqual({ kind: 'action', actionId: 'pools' })
    press('g')
    expect(press('p', SEQUENCE_PATIENCE_MS + 1)).toEqual({ kind: 'none' })
  })

  test('forgets what was pressed when it is told to', () => {
    press('g')
    sequence.forget()
    expect(press('p')).toEqual({ kind: 'none' })
  })
})
