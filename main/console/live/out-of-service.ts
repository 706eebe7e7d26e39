/** Which backends of a pool do not serve, and why. */
import type { FleetBackend } from '../../../proxy-core/model/engine-telemetry.ts'

/** Backends that should serve and do not, for reasons that no operator gave. */
export function failedOf(pool: { readonly backends: readonly FleetBackend[] }): FleetBackend[] {
  return pool.backends.filter((backend) => backend.adminState === 'ready' && !backend.isEligible)
}

/** Backends that an operator holds back. */
export function heldOf(pool: { readonly backends: readonly FleetBackend[] }): FleetBackend[] {
  return pool.backends.filter((backend) => backend.adminState !== 'ready')
}

/** "all 3 are down", "2 are down, 1 is held back by an operator". */
export function whyNobody(pool: { readonly backends: readonly FleetBackend[] }): string {
  const failed = failedOf(pool)
  const down = failed.filter(({ health }) => health === 'down').length
  const held = heldOf(pool).length
  const weightless = pool.backends.filter((backend) => backend.isEligible && backend.weight === 0)
  const groups: readonly (readonly [number, string])[] = [
    [down, 'down'],
    [failed.length - down, 'not probed successfully yet'],
    [held, 'held back by an operator'],
    [weightless.length, 'at weight 0']
  ]
  const named = groups.filter(([count]) => count > 0)
  const total = pool.backends.length
  if (named.length > 1 || total === 0) {
    return named.map(([count, what]) => `${count} ${isAre(count)} ${what}`).join(', ')
  }
  const what = named[0]?.[1] ?? 'out of the rotation'
  if (total === 1) return `its only backend is ${what}`
  return `${total === 2 ? 'both' : `all ${total}`} are ${what}`
}

function isAre(count: number): string {
  return count === 1 ? 'is' : 'are'
}
