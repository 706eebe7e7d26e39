/**
 * The same client address goes to the same target (`ip_hash`), by weighted rendezvous
 * hashing: every target has a score for every slot of client addresses, and the best one
 * serves the slot. A target that leaves takes along only its own clients, and one that
 * comes takes over only those that it will serve.
 *
 * Scores do not depend on the other targets or on history, so that every start and every
 * replica of the balancer decides alike.
 */
import type { Balancer, BalancerFactory, BalanceTarget, PickRequest } from './balancer.ts'
import { avalanche } from './key-hash.ts'

/** Client addresses fall into this many slots; a power of two. */
const SLOTS = 65_536
/** Up to here all scores of a slot are computed for each pick; above, winners are kept. */
const DIRECT_LIMIT = 8
/** More new targets than this at once, and the kept winners are found anew when needed. */
const CHALLENGERS = 8

interface Candidate<T> {
  readonly target: T
  readonly weight: number
  readonly seed: number
  isCurrent: boolean
}

class SourceHash<T extends BalanceTarget> implements Balancer<T> {
  #candidates: readonly Candidate<T>[] = []
  /** The winner of each slot that was asked for; undefined in small pools. */
  #winners: (Candidate<T> | undefined)[] | undefined

  rebuild(targets: readonly T[]): void {
    const former = new Map(this.#candidates.map((candidate) => [candidate.target, candidate]))
    for (const candidate of this.#candidates) candidate.isCurrent = false
    const challengers: Candidate<T>[] = []
    this.#candidates = targets.map((target) => {
      const weight = target.effectiveWeight
      const known = former.get(target)
      if (known?.weight === weight) {
        known.isCurrent = true
        return known
      }
      const candidate = { target, weight, seed: hashText(target.address), isCurrent: true }
      challengers.push(candidate)
      return candidate
    })
    if (targets.length <= DIRECT_LIMIT) this.#winners = undefined
    else if (this.#winners === undefined || challengers.length > CHALLENGERS) {
      this.#winners = new Array<Candidate<T> | undefined>(SLOTS).fill(undefined)
    } else challengeWinners(this.#winners, challengers)
  }

  pick(request: PickRequest, excluded?: ReadonlySet<T>): T | undefined {
    const slot = slotOf(request.clientAddress)
    if (excluded !== undefined && excluded.size > 0) {
      const others = this.#candidates.filter((candidate) => !excluded.has(candidate.target))
      return bestFor(slot, others)?.target
    }
    const winners = this.#winners
    if (winners === undefined) return bestFor(slot, this.#candidates)?.target
    return (winners[slot] ??= bestFor(slot, this.#candidates))?.target
  }
}

/** Forgets winners that left and lets the new candidates compete with the others. */
function challengeWinners<T>(
  winners: (Candidate<T> | undefined)[],
  challengers: readonly Candidate<T>[]
): void {
  for (let slot = 0; slot < winners.length; slot++) {
    const winner = winners[slot]
    if (winner === undefined) continue
    winners[slot] = winner.isCurrent ? bestFor(slot, challengers, winner) : undefined
  }
}

/** The best of the candidates, and of the champion if there is one; else undefined. */
function bestFor<T>(
  slot: number,
  candidates: readonly Candidate<T>[],
  champion?: Candidate<T>
): Candidate<T> | undefined {
  if (candidates.length === 0) return champion
  let best = champion
  let bestScore = champion === undefined ? 0 : scoreOf(slot, champion)
  for (const candidate of candidates) {
    const score = scoreOf(slot, candidate)
    if (score <= bestScore) continue
    best = candidate
    bestScore = score
  }
  return best
}

/** −w / ln(h), with h uniform in (0, 1): shares come out in proportion to the weights. */
function scoreOf(slot: number, candidate: Candidate<unknown>): number {
  const hash = avalanche(Math.imul(slot + 1, 0x9e3779b1) ^ candidate.seed)
  return -candidate.weight / Math.log((hash + 0.5) / 2 ** 32)
}

function slotOf(clientAddress: string): number {
  return hashText(clientAddress) >>> 16
}

/** FNV-1a over the characters, finished so that every bit depends on every character. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return avalanche(hash)
}

export const sourceHash: BalancerFactory = <T extends BalanceTarget>() => new SourceHash<T>()
