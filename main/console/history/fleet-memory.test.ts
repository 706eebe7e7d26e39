/** Contract: the engine's report decides what is still lost; without one nobody can say. */
import { expect, test } from 'vitest'
import type { FleetBackend } from '../../../proxy-core/model/engine-telemetry.ts'
import type { Capacity } from './capacity.ts'
import { FleetMemory } from './fleet-memory.ts'
import { fleetOf } from './testing/fleet-of.ts'

const backend: Capacity = { kind: 'backend', pool: 'api', backend: 'a:1' }
const pool: Capacity = { kind: 'pool', pool: 'api' }
const primaries: Capacity = { kind: 'primaries', pool: 'api' }
const answers: Capacity = { kind: 'answers', pool: 'api' }

function memoryOf(facts: Partial<FleetBackend>, activeLevel = 0): FleetMemory {
  const memory = new FleetMemory()
  memory.take(fleetOf([{ name: 'api', activeLevel, backends: [facts] }]))
  return memory
}

test.each<[Partial<FleetBackend>, boolean]>([
  [{ health: 'down' }, true],
  [{ health: 'unknown' }, true],
  [{ health: 'up' }, false],
  [{ health: 'slow_start' }, false],
  [{ health: 'down', adminState: 'maint' }, false],
  [{ health: 'down', adminState: 'drain' }, false],
  [{ address: 'another:1' }, false]
])('a backend of %o is lost: %s', (facts, isLost) => {
  expect(memoryOf(facts).isStillLost(backend)).toBe(isLost)
})

test.each([
  [-1, true, true],
  [0, false, false],
  [1, false, true]
])('at level %i the pool is lost: %s, its primaries: %s', (level, isPoolLost, areLost) => {
  const memory = memoryOf({}, level)
  expect(memory.isStillLost(pool)).toBe(isPoolLost)
  expect(memory.isStillLost(primaries)).toBe(areLost)
})

test('what is no longer configured is not lost', () => {
  const memory = new FleetMemory()
  memory.take(fleetOf([]))
  for (const gone of [backend, pool, primaries, answers]) {
    expect(memory.isStillLost(gone)).toBe(false)
  }
})

test('of errors and of the engine a fleet says nothing', () => {
  const memory = memoryOf({})
  expect(memory.isStillLost(answers)).toBe(true)
  expect(memory.isStillLost({ kind: 'engine' })).toBeNull()
})

test('before the first fleet and after the end of an engine nobody can say', () => {
  expect(new FleetMemory().isStillLost(backend)).toBeNull()
  const memory = memoryOf({})
  memory.forgetHealth()
  expect(memory.isStillLost(backend)).toBeNull()
  expect(memory.backend('api', 'a:1').health).toBe('unknown')
})
