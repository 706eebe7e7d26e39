/** A plan lab over a fleet that works: two pools with a standby each, and requests under way. */
import { backend, fleetOf, pool, row, tickOf } from '../../live/testing/fleet-double.ts'
import { PlanLab } from './plan-lab.ts'

export const FLEET = fleetOf([
  pool('api', [backend('a'), backend('b'), backend('r', { level: 1 })]),
  pool('web', [backend('w'), backend('v', { level: 1 })])
])

export function busyLab(): PlanLab {
  const lab = new PlanLab(FLEET)
  const busy = [row({ rps: 120, inFlight: 12 }), row(), row()]
  const { pools: _, ...tick } = tickOf(FLEET, { total: row({ rps: 340, inFlight: 20 }) })
  lab.numbers = {
    ...tick,
    pools: [
      { row: row(), hold: null, backends: busy },
      { row: row(), hold: null, backends: [row(), row()] }
    ]
  }
  return lab
}
