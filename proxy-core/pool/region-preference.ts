/** Which of the eligible backends stand back for the region that their pool prefers. */
import type { Backend } from './backend.ts'

export interface RegionSplit {
  readonly serving: readonly Backend[]
  /** Of other regions, on levels that the preferred one serves. */
  readonly reserve: readonly Backend[]
}

/** Marks each backend with `isPassedOver`. `region` null: none is preferred. */
export function splitByRegion(eligible: readonly Backend[], region: string | null): RegionSplit {
  const served = new Set<number>()
  for (const { settings, level } of eligible) {
    if (region !== null && settings.region === region) served.add(level)
  }
  for (const backend of eligible) {
    backend.isPassedOver = served.has(backend.level) && backend.settings.region !== region
  }
  const reserve = eligible.filter(({ isPassedOver }) => isPassedOver)
  if (reserve.length === 0) return { serving: eligible, reserve }
  return { serving: eligible.filter(({ isPassedOver }) => !isPassedOver), reserve }
}
