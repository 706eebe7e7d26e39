/** What another configuration changes, as sentences for the person who applies it. */
import type { EngineSettings } from '../../../../proxy-core/model/settings.ts'
import type { ValidText } from '../config-text.ts'
import { listenerChanges } from './listener-changes.ts'
import { changeSentence, isSame, optionChanges } from './option-changes.ts'
import { countedBackends, poolChanges } from './pool-changes.ts'
import { routeChanges } from './route-changes.ts'

export interface ConfigChanges {
  /** Empty only where both texts are the same. */
  readonly sentences: readonly string[]
  /** A pool or listener goes away, or a pool loses its last route or the last who may serve it. */
  readonly isDestructive: boolean
}

const MAX_SENTENCES = 100

/** `before` is null where nothing runs. */
export function configChanges(before: ValidText | null, now: ValidText): ConfigChanges {
  if (before === null)
    return { sentences: [firstSentence(now.result.settings)], isDestructive: false }
  if (before.text === now.text) return { sentences: [], isDestructive: false }
  const was = before.result.settings
  const is = now.result.settings
  const sentences = [
    ...listenerChanges(was.listeners, is.listeners),
    ...poolsChanges(was, is),
    ...routeChanges(was.routes, is.routes),
    ...optionChanges(was, is, ['listeners', 'routes', 'pools']).map(engineSentence)
  ]
  if (sentences.length === 0) sentences.push(quietSentence(before, now))
  return { sentences: limited(sentences), isDestructive: isDestructive(was, is) }
}

function firstSentence({ listeners, pools }: EngineSettings): string {
  const backends = pools.flatMap((pool) => pool.backends)
  const counts = [
    counted(listeners.length, 'listener'),
    counted(pools.length, 'pool'),
    counted(backends.length, 'backend')
  ]
  return `Starts with ${counts.join(', ')}`
}

function poolsChanges(was: EngineSettings, is: EngineSettings): readonly string[] {
  const removed = was.pools.filter(({ name }) => !is.pools.some((pool) => pool.name === name))
  return [
    ...is.pools.flatMap((pool) => {
      const before = was.pools.find(({ name }) => name === pool.name)
      if (before) return poolChanges(before, pool)
      const backends = countedBackends(pool.backends.map(({ address }) => address))
      return [
        `Pool ${pool.name} is added with ${pool.backends.length > 0 ? backends : 'no backend'}`
      ]
    }),
    ...removed.map(({ name }) => `Pool ${name} is removed: its backends finish what runs`)
  ]
}

/** "Admin address port 9000 -> 9001", "Shutdown timeout 25s -> 10s". */
function engineSentence(change: Parameters<typeof changeSentence>[1]): string {
  return changeSentence('Engine', change)
}

/** Equal in everything that an engine does, the order of entries included. */
export function isSameMeaning(before: ValidText, now: ValidText): boolean {
  return (
    isSame(before.result.settings, now.result.settings) &&
    canonical(before.result.document) === canonical(now.result.document)
  )
}

/** The settings are equal; the documents may still say different things. */
function quietSentence(before: ValidText, now: ValidText): string {
  const differing = differingKeys(before.result.document, now.result.document)
  if (differing.length === 0) return 'Only comments or order changed'
  return `Changed without effect on traffic: ${differing.join(', ')}`
}

/** Paths of the document that differ in more than order, two levels deep at most. */
function differingKeys(was: unknown, is: unknown, path: readonly string[] = []): readonly string[] {
  if (canonical(was) === canonical(is)) return []
  if (path.length === 2 || !isMapping(was) || !isMapping(is)) return [path.join('.')]
  const keys = new Set([...Object.keys(was), ...Object.keys(is)])
  return [...keys].flatMap((key) => differingKeys(was[key], is[key], [...path, key]))
}

/** Equal for documents that differ in the order of keys and entries only. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).toSorted().join()}]`
  if (!isMapping(value)) return JSON.stringify(value) ?? 'nothing'
  const entries = Object.entries(value).map(
    ([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`
  )
  return `{${entries.toSorted().join()}}`
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isDestructive(was: EngineSettings, is: EngineSettings): boolean {
  const isListenerLost = was.listeners.some(
    ({ name }) => !is.listeners.some((listener) => listener.name === name)
  )
  const isPoolLost = was.pools.some((pool) => {
    const now = is.pools.find(({ name }) => name === pool.name)
    return now === undefined || (mayServe(pool) && !mayServe(now))
  })
  const isRouteLost = was.routes.some(({ pool }) => !is.routes.some((route) => route.pool === pool))
  return isListenerLost || isPoolLost || isRouteLost
}

/** A backend with the weight 0 gets no requests. */
function mayServe({ backends }: EngineSettings['pools'][number]): boolean {
  return backends.some(({ weight }) => weight > 0)
}

function limited(sentences: readonly string[]): readonly string[] {
  if (sentences.length <= MAX_SENTENCES) return sentences
  const more = sentences.length - MAX_SENTENCES + 1
  return [...sentences.slice(0, MAX_SENTENCES - 1), `${more} further changes`]
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
