/** Which of the eligible backends stand back, or come first, for the region that a pool prefers. */
import type { Backend } from './backend.ts'

export interface RegionSplit {
  readonly serving: readonly Backend[]
  /** Of other regions, on levels that the preferred one serves. */
  readonly reserve: readonly Backend[]
}

/** Those of the region before the others, each in the order of the configuration. */
export function nearFirst(backends: readonly Backend[], region: string | null): readonly Backend[] {
  if (region === null) return backends
  const isNear = ({ settings }: Backend): boolean => settings.region === region
  return [...backends.filter(isNear), ...backends.filter((backend) => !isNear(backend))]
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
