/**
 * Envoy's priority load (`LoadBalancerBase::recalculatePerPriorityState`): a level keeps all
 * traffic until fewer than 1/1.4 of its backends are eligible; what it cannot carry spills to the
 * next. Whole percents, rounded down where Envoy rounds down, so that its published table holds.
 */
import { isPanic, neededOf, type Levels, type PanicRule } from './level-view.ts'
import type { Shares } from './ramp.ts'

/** Envoy's overprovisioning factor of 1.4, in percent. */
const OVERPROVISIONING = 140

/** Empty when no backend is eligible. Where all levels are too weak the panic rule comes first. */
export function spillShares(levels: Levels, rule: PanicRule): Shares {
  if (isPanic(levels, rule)) {
    const first = levels.find(({ eligible }) => eligible > 0)!
    return new Map([[first.level, 1]])
  }
  const needed = neededOf(levels, rule)
  const health = levels.map(({ eligible, total }) =>
    eligible < needed ? 0 : Math.min(100, Math.floor((OVERPROVISIONING * eligible) / total))
  )
  const normalizedTotal = Math.min(
    100,
    health.reduce((sum, one) => sum + one, 0)
  )
  if (normalizedTotal === 0) return new Map()
  let left = 100
  const loads = health.map((one) => {
    const load = Math.min(left, Math.floor((one * 100) / normalizedTotal))
    left -= load
    return load
  })
  // What rounding left over goes to the first level that has any health.
  const first = health.findIndex((one) => one > 0)
  loads[first] = loads[first]! + left
  return new Map(
    levels.flatMap(({ level }, index) => (loads[index]! > 0 ? [[level, loads[index]! / 100]] : []))
  )
}
