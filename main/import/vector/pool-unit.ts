/** What becomes one pool: a sink, or the sinks among which a partition divides its keys. */
import { comparablePrefix } from '../../../proxy-core/routing/path-normal-form.ts'
import type { Component } from './component.ts'
import type { KeyNote } from './key-note.ts'
import type { Division } from './partition.ts'
import type { RoutePlan, Share } from './route-plan.ts'
import type { SinkTarget } from './sink-target.ts'

export interface Member {
  readonly sink: Component
  readonly target: SinkTarget
  /** Its share of the keys; null: all. */
  readonly share: Share | null
}

export interface PoolUnit {
  /** Of the component that gives the pool its name. */
  readonly id: string
  readonly division: Division | null
  /** In the order of their numbers. */
  readonly members: readonly Member[]
  /** Each kind of request once. */
  readonly plans: readonly RoutePlan[]
}

export interface Claim {
  readonly sink: Component
  readonly target: SinkTarget
  readonly plans: readonly RoutePlan[]
  /** Why some ways to the sink lead nowhere; null: all do. */
  readonly doubt: KeyNote | null
}

/** What is in no pool, and why. */
export interface Refusal {
  readonly sink: Component
  readonly note: KeyNote
}

export interface Units {
  readonly units: readonly PoolUnit[]
  readonly refusals: readonly Refusal[]
  /** Of sinks that get some of their requests, and not these. */
  readonly losses: readonly Refusal[]
}

/** In the order of the file. A sink whose requests an earlier one has already is refused. */
export function unitsOf(claims: readonly Claim[]): Units {
  const growing = new Map<Component, GrowingUnit>()
  const refusals: Refusal[] = []
  const losses: Refusal[] = []
  const takers = new Map<string, Taker>()
  for (const claim of claims) {
    const reasons: KeyNote[] = []
    for (const plan of claim.plans) {
      const rival = rivalOf(plan, claim, takers)
      const twin = twinOf(plan, claim, growing)
      if (rival !== null) reasons.push(fanOut(rival))
      else if (twin !== null) reasons.push(unfit(claim, twin))
      else {
        take(plan, claim, takers)
        addPlan(growing, claim, plan)
      }
    }
    const [note] = reasons
    if (note === undefined) continue
    const refused = { sink: claim.sink, note }
    if (reasons.length === claim.plans.length) refusals.push(refused)
    else losses.push(refused)
  }
  return { units: [...growing.values()].map(finished), refusals, losses }
}

/** Who has the requests of one kind: a sink all of them, or the sinks of one division their shares. */
interface Taker {
  readonly owner: Component
  readonly sinks: Map<number, Component>
}

/** The number of a plan that is for all requests of its kind. */
const WHOLE = -1

/** null: nobody has these requests yet. */
function rivalOf(
  plan: RoutePlan,
  { sink }: Claim,
  takers: ReadonlyMap<string, Taker>
): Component | null {
  const taker = takers.get(matchOf(plan))
  if (taker === undefined) return null
  const [first = sink] = taker.sinks.values()
  if (taker.owner !== ownerOf(plan, sink)) return first
  const holder = taker.sinks.get(plan.share?.number ?? WHOLE)
  return holder === undefined || holder === sink ? null : holder
}

/** The sink of the same division beside which this one cannot be; null: there is none. */
function twinOf(
  plan: RoutePlan,
  { sink, target }: Claim,
  units: ReadonlyMap<Component, GrowingUnit>
): Member | null {
  const members = [...(units.get(ownerOf(plan, sink))?.members.values() ?? [])]
  const others = members.filter((member) => member.sink !== sink)
  const twin =
    others.find((member) => member.target.address === target.address) ??
    others.find(({ target: other }) => other.isTls !== target.isTls || other.path !== target.path)
  return twin ?? null
}

function take(plan: RoutePlan, { sink }: Claim, takers: Map<string, Taker>): void {
  const key = matchOf(plan)
  const taker = takers.get(key) ?? { owner: ownerOf(plan, sink), sinks: new Map() }
  takers.set(key, taker)
  taker.sinks.set(plan.share?.number ?? WHOLE, sink)
}

function ownerOf({ share }: RoutePlan, sink: Component): Component {
  return share?.division.transform ?? sink
}

interface GrowingUnit {
  readonly id: string
  readonly division: Division | null
  readonly members: Map<Component, Member>
  readonly plans: Map<string, RoutePlan>
}

function addPlan(units: Map<Component, GrowingUnit>, claim: Claim, plan: RoutePlan): void {
  const { sink, target } = claim
  const division = plan.share?.division ?? null
  const owner = ownerOf(plan, sink)
  const unit = units.get(owner) ?? {
    id: owner.id,
    division,
    members: new Map<Component, Member>(),
    plans: new Map<string, RoutePlan>()
  }
  units.set(owner, unit)
  if (!unit.members.has(sink)) unit.members.set(sink, { sink, target, share: plan.share })
  const key = matchOf(plan)
  if (!unit.plans.has(key)) unit.plans.set(key, plan)
}

function finished({ id, division, members, plans }: GrowingUnit): PoolUnit {
  const inOrder = [...members.values()].toSorted(
    (a, b) => (a.share?.number ?? 0) - (b.share?.number ?? 0)
  )
  return { id, division, members: inOrder, plans: [...plans.values()] }
}

/** Equal for plans that the same requests fit, partitions aside. */
function matchOf({ listener, headers, path }: RoutePlan): string {
  return JSON.stringify([
    listener.name,
    comparablePrefix(path ?? listener.path?.text ?? '/'),
    listener.method?.text ?? '',
    Object.entries(headers).toSorted()
  ])
}

function fanOut(rival: Component): KeyNote {
  const { line } = rival.entry.place
  return {
    why: `sinks.${rival.id} in line ${line} takes the same requests, and a request goes to one backend.`,
    origin: 'Every sink gets a copy of every event.',
    instead: `Where both can answer the same requests, put the address among the backends of pool ${rival.id}. Copies are not sent.`
  }
}

function unfit({ target }: Claim, { sink, target: other }: Member): KeyNote {
  const where = `sinks.${sink.id} in line ${sink.entry.place.line}`
  if (target.address === other.address) {
    return {
      why: `${where} sends to the same backend, and a backend stands in a pool once.`,
      instead: 'Give each partition a backend of its own, or write fewer partitions.'
    }
  }
  return {
    why: `${where} sends to another scheme or path, and a pool has one for all of its backends.`,
    instead: 'Let all backends of a partition be asked in the same way.'
  }
}
