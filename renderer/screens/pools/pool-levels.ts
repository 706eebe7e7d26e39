/** The failover ladder of a pool: which level serves, and who stands by. */
import type { LiveBackend, LivePool } from '../../../preload/contract/live-state.ts'
import type { BackendStatus } from '../../../preload/contract/status.ts'
import { countOf, formatShare, quantityText } from '../../ui/format.ts'

export interface PoolLevel {
  readonly level: number
  readonly title: string
  readonly isActive: boolean
  readonly eligible: number
  readonly backends: readonly LiveBackend[]
  /** Glyph of the level as a whole. */
  readonly status: BackendStatus
  /** "Serves: 2 of 3 backends eligible." */
  readonly sentence: string
}

export function levelsOf(pool: LivePool): readonly PoolLevel[] {
  const levels = [...new Set(pool.backends.map(({ level }) => level))].sort((a, b) => a - b)
  return levels.map((level) => {
    const backends = pool.backends.filter((backend) => backend.level === level)
    const eligible = backends.filter(({ isEligible }) => isEligible).length
    const share = pool.failover?.levels.find((one) => one.level === level)?.share ?? null
    const isActive = share === null ? pool.activeLevel === level : share > 0
    return {
      level,
      title: level === 0 ? 'Level 0 · primary' : `Level ${level} · backup`,
      isActive,
      eligible,
      backends,
      status: eligible === 0 ? 'down' : eligible < backends.length ? 'changing' : 'healthy',
      sentence: sentenceOf(isActive ? (share ?? 1) : 0, eligible, backends.length)
    }
  })
}

function sentenceOf(share: number, eligible: number, all: number): string {
  const counted = `${eligible} of ${countOf(all, 'backend')} eligible`
  if (share >= 1) return `Serves: ${counted}.`
  if (share > 0) return `Serves ${quantityText(formatShare(share))}: ${counted}.`
  return eligible === 0 ? `Lost: ${counted}.` : `Stands by: ${counted}.`
}
