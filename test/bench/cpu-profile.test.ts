/** Contract: self time goes to the function that was on top of the stack, idle time to nobody. */
import { expect, it } from 'vitest'
import { summariseProfile, type CpuProfile } from './cpu-profile.ts'

const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: { functionName: '(root)', url: '', lineNumber: -1 } },
    { id: 2, callFrame: { functionName: '(idle)', url: '', lineNumber: -1 } },
    { id: 3, callFrame: { functionName: 'parse', url: 'file:///src/core/head.ts', lineNumber: 9 } },
    { id: 4, callFrame: { functionName: '', url: 'file:///src/core/head.ts', lineNumber: 19 } },
    { id: 5, callFrame: { functionName: 'writev', url: '', lineNumber: -1 } },
    { id: 6, callFrame: { functionName: 'parse', url: 'file:///src/core/head.ts', lineNumber: 9 } },
    { id: 7, callFrame: { functionName: 'emit', url: 'node:events', lineNumber: 400 } }
  ],
  samples: [2, 3, 4, 5, 6, 7, 2],
  timeDeltas: [0, 1000, 2000, 3000, 4000, 5000, 6000],
  startTime: 7_000_000
}

it('adds up the time of a function over all its places in the tree', () => {
  const { functions } = summariseProfile(PROFILE, '/src')
  expect(functions[0]).toMatchObject({ name: 'parse core/head.ts:10', selfMs: 2 + 5 })
  expect(functions.map(({ name }) => name)).toEqual([
    'parse core/head.ts:10',
    'emit node:events:401',
    'writev',
    '(anonymous) core/head.ts:20'
  ])
})

it('adds up the time of a file, and of native code', () => {
  const { files } = summariseProfile(PROFILE, '/src')
  expect(files.map(({ name, selfMs }) => [name, selfMs])).toEqual([
    ['core/head.ts', 10],
    ['node:events', 6],
    ['(native)', 4]
  ])
})

it('gives shares of the busy time only', () => {
  const { busyMs, idleMs, functions } = summariseProfile(PROFILE, '/src')
  expect([busyMs, idleMs]).toEqual([20, 1])
  expect(functions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
})

it('leaves out what was before the load began', () => {
  const { busyMs, idleMs } = summariseProfile(PROFILE, '/src', 7_000_000 + 6000)
  expect([busyMs, idleMs]).toEqual([4 + 5 + 6, 0])
})
