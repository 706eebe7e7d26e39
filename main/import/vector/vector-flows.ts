/** From sources over transforms to sinks: what is carried, what is not, and why not. */
import { parseHostPort } from '../../../proxy-core/model/schema/addresses.ts'
import type { TomlTable } from '../toml/toml-document.ts'
import { componentsOf, find, textOf, type Component } from './component.ts'
import type { KeyNote } from './key-note.ts'
import { unitsOf, type Claim, type PoolUnit, type Refusal } from './pool-unit.ts'
import { planOf, type RoutePlan } from './route-plan.ts'
import { HTTP_SOURCES, translateSource, type SourceListener } from './source-listener.ts'
import { targetOf } from './sink-target.ts'
import { translateTransforms } from './transforms.ts'
import type { Translation } from './translation.ts'
import { draftUnit, type UnitDraft } from './unit-draft.ts'
import { inputsOf, Wiring } from './wiring.ts'

export interface Flows {
  readonly listeners: readonly SourceListener[]
  readonly units: readonly UnitDraft[]
}

export function translateFlows(root: TomlTable, translation: Translation): Flows {
  const sources = componentsOf(root, 'source')
  const transforms = componentsOf(root, 'transform')
  const sinks = componentsOf(root, 'sink')
  const wiring = new Wiring(sources, transforms)
  const listeners = translateSources(sources, sinks, wiring, translation)
  const claims = sinks.flatMap((sink) => claimOf(sink, wiring, listeners, translation) ?? [])
  const { units, refusals, losses } = unitsOf(claims)
  for (const { sink, note } of refusals) translation.leaveAll(sink, note)
  const drafts = units.map((unit) => draftUnit(unit, translation))
  const served = new Set(units.flatMap(({ members }) => members.map(({ sink }) => sink)))
  tellOfUnknownInputs(served, wiring, translation)
  const doubts = claims.flatMap(({ sink, doubt }) =>
    doubt === null ? [] : [{ sink, note: doubt }]
  )
  tellOfLosses(
    [...doubts, ...losses].filter(({ sink }) => served.has(sink)),
    translation
  )
  translateTransforms(
    transforms,
    [...served].flatMap((sink) => wiring.suppliesOf(sink)),
    translation
  )
  return { listeners: usedListeners(listeners, units, translation), units: drafts }
}

/** A listener without a route would answer 404 to everything. */
function usedListeners(
  listeners: ReadonlyMap<Component, SourceListener>,
  units: readonly PoolUnit[],
  translation: Translation
): readonly SourceListener[] {
  const used = new Set(units.flatMap(({ plans }) => plans.map(({ listener }) => listener)))
  return [...listeners.values()].filter((listener) => {
    if (used.has(listener)) return true
    translation.leaveAll(listener.source, { why: 'No sink that was translated takes from it.' })
    return false
  })
}

/** Those that an http sink takes from; the others are left. */
function translateSources(
  sources: readonly Component[],
  sinks: readonly Component[],
  wiring: Wiring,
  translation: Translation
): ReadonlyMap<Component, SourceListener> {
  const listeners = new Map<Component, SourceListener>()
  const addresses = new Set<string>()
  const ports = new Set(sources.map(({ table }) => portIn(textOf(find(table, 'address')) ?? '')))
  const drained = new Set(
    sinks.filter(isHttp).flatMap((sink) => wiring.suppliesOf(sink).map(({ source }) => source))
  )
  for (const source of sources) {
    const address = textOf(find(source.table, 'address'))
    const note = whyNoListener(source, drained.has(source), addresses)
    if (note !== null) {
      translation.leaveAll(source, note)
      continue
    }
    const listener = translateSource(source, ports, translation)
    listeners.set(source, listener)
    ports.add(portIn(String(listener.draft.get('address'))))
    if (address !== undefined) addresses.add(address)
  }
  return listeners
}

function portIn(address: string): number {
  return parseHostPort(address)?.port ?? 0
}

function whyNoListener(
  { type, table }: Component,
  isDrained: boolean,
  addresses: ReadonlySet<string>
): KeyNote | null {
  if (!HTTP_SOURCES.includes(type)) {
    return { why: 'Only HTTP requests are taken, and this source takes something else.' }
  }
  if (!isDrained) {
    return {
      why: 'No http sink takes from it.',
      instead: 'Name it among the `inputs` of a sink, then import the file again.'
    }
  }
  if (addresses.has(textOf(find(table, 'address')) ?? '')) {
    return { why: 'Another source listens on this address already.' }
  }
  return null
}

function claimOf(
  sink: Component,
  wiring: Wiring,
  listeners: ReadonlyMap<Component, SourceListener>,
  translation: Translation
): Claim | null {
  const refuse = (note: KeyNote): null => {
    translation.leaveAll(sink, note)
    return null
  }
  if (!isHttp(sink)) return refuse(otherSink(sink))
  const target = targetOf(sink)
  if (!('address' in target)) return refuse(target)
  const plans: RoutePlan[] = []
  let doubt: KeyNote | null = null
  for (const supply of wiring.suppliesOf(sink)) {
    const listener = listeners.get(supply.source)
    if (listener === undefined) continue
    const reading = planOf(sink, supply, listener)
    if (reading.ok) plans.push(reading.plan)
    else doubt ??= reading.note
  }
  if (plans.length > 0) return { sink, target, plans, doubt }
  return refuse(doubt ?? noSupply(sink))
}

function isHttp({ type }: Component): boolean {
  return type === 'http'
}

function otherSink({ type }: Component): KeyNote {
  const instead = LOGGING_SINKS.includes(type)
    ? '`access_log: true` of the listener writes a line for each exchange.'
    : undefined
  const why = 'Requests are passed on to HTTP backends and nowhere else.'
  return { why, ...(instead === undefined ? {} : { instead }) }
}

const LOGGING_SINKS: readonly string[] = ['console', 'file', 'blackhole', 'loki', 'elasticsearch']

function noSupply(sink: Component): KeyNote {
  const why =
    inputsOf(sink).length === 0
      ? 'It has no `inputs`, so nothing reaches it.'
      : 'Its `inputs` lead to no source of HTTP requests.'
  return { why, instead: 'Name the source among its `inputs`, then import the file again.' }
}

/** Names among the inputs that are nobody's. */
function tellOfUnknownInputs(
  sinks: Iterable<Component>,
  wiring: Wiring,
  { ledger }: Translation
): void {
  for (const sink of sinks) {
    const unknown = wiring.unknownInputsOf(sink)
    const entry = find(sink.table, 'inputs')
    if (entry === undefined || unknown.length === 0) continue
    const names = unknown.map((name) => JSON.stringify(name)).join(', ')
    ledger.translated(entry, 'routes[].listeners', {
      why: `Nothing in the file is called ${names}.`,
      origin: 'It refuses a file with an input that does not exist.'
    })
  }
}

/** Some ways to these sinks lead nowhere, while others do. */
function tellOfLosses(losses: readonly Refusal[], { ledger }: Translation): void {
  for (const { sink, note } of losses) {
    const entry = find(sink.table, 'inputs')
    if (entry === undefined) continue
    const why = `Not all of its requests reach it. ${note.why}`
    ledger.translated(entry, 'routes[].listeners', { ...note, why })
  }
}
