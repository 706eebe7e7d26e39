/** Contract: one uncaught error is survived while there is traffic, a storm of them is not. */
import { expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { FaultPolicy } from './fault-policy.ts'

function policyOf(limit: number, isServing = true) {
  const clock = new ManualClock()
  const faults: string[] = []
  const fatal: string[] = []
  const policy = new FaultPolicy(
    clock,
    {
      onFault: (reason) => faults.push(reason),
      onFatal: (reason) => fatal.push(reason),
      isServing: () => isServing
    },
    limit
  )
  return { clock, faults, fatal, policy }
}

test('an error while serving is reported with its message and its origin', () => {
  const { faults, fatal, policy } = policyOf(3)
  policy.take(new TypeError('x is not a function'))
  expect(faults).toHaveLength(1)
  expect(faults[0]).toMatch(/^TypeError: x is not a function \(at .*fault-policy\.test\.ts/)
  expect(fatal).toEqual([])
})

test('an error before anything is served ends the process', () => {
  const { faults, fatal, policy } = policyOf(3, false)
  policy.take('no engine')
  expect(faults).toEqual([])
  expect(fatal).toEqual(['no engine'])
})

test('more errors within a minute than the limit end the process', () => {
  const { clock, faults, fatal, policy } = policyOf(3)
  for (let count = 0; count < 3; count++) {
    policy.take('again')
    clock.advance(19_000)
  }
  expect(fatal).toEqual([])
  policy.take('again')
  expect(faults).toHaveLength(3)
  expect(fatal).toEqual(['More than 3 unexpected errors within a minute; the last one: again'])
})

test('errors that are further apart never add up', () => {
  const { clock, faults, fatal, policy } = policyOf(3)
  for (let count = 0; count < 50; count++) {
    policy.take('rare')
    clock.advance(20_000)
  }
  expect(faults).toHaveLength(50)
  expect(fatal).toEqual([])
})
