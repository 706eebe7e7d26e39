/** An engine with one route that stores requests, over a store in memory that the test can look into. */
import { MemoryStore } from '../../proxy-core/delivery/testing/memory-store.ts'
import type { ResponseMessage } from './http-message.ts'
import { configuration, type ConfigurationParts } from './configuration.ts'
import { EngineFixture } from './engine-fixture.ts'
import { eventually } from './eventually.ts'
import { fieldValue } from './http-head.ts'
import type { ManualClock } from './manual-clock.ts'

type Section = Readonly<Record<string, unknown>>

export interface StoringParts extends ConfigurationParts {
  /** Keys of `buffer` at the route. */
  readonly store?: Section
  /** Keys of `buffer` at the top level. */
  readonly buffer?: Section
}

export interface StoringOptions {
  readonly clock?: ManualClock
  readonly store?: MemoryStore
}

export interface StoringEngine {
  readonly fixture: EngineFixture
  readonly store: MemoryStore
}

/** An engine over a store on disk, in a folder that the test gives. */
export function startOnDisk(folder: string, parts: StoringParts): Promise<EngineFixture> {
  const buffer = { directory: folder, ...parts.buffer }
  return EngineFixture.start(storingConfiguration({ ...parts, buffer }))
}

export function storingConfiguration(parts: StoringParts): string {
  const { store, buffer, ...rest } = parts
  return configuration({
    ...rest,
    route: { name: 'orders', buffer: { mode: 'store', ...store }, ...parts.route },
    top: { shutdown_timeout: '50ms', buffer: { directory: './unused', ...buffer }, ...parts.top }
  })
}

export async function startStoring(
  parts: StoringParts,
  { clock, store = new MemoryStore(() => clock?.wallNow() ?? Date.now()) }: StoringOptions = {}
): Promise<StoringEngine> {
  const fixture = await EngineFixture.start(storingConfiguration(parts), {
    openStore: () => Promise.resolve(store),
    ...(clock && { clock })
  })
  return { fixture, store }
}

/** As latin1: one character is one octet. */
export function post(target: string, body: string, ...lines: readonly string[]): string {
  const length = `Content-Length: ${String(body.length)}`
  return [`POST ${target} HTTP/1.1`, 'Host: a.test', ...lines, length, '', body].join('\r\n')
}

/** One POST on a connection of its own, which must be stored; returns the address of its status. */
export async function stored(
  fixture: EngineFixture,
  target: string,
  body = '',
  ...lines: readonly string[]
): Promise<string> {
  const response = await asked(fixture, post(target, body, ...lines))
  if (response.status !== 202) throw new Error(`It was answered with ${String(response.status)}.`)
  return fieldValue(response, 'location')!
}

/** One request on a connection of its own. */
export async function asked(fixture: EngineFixture, request: string): Promise<ResponseMessage> {
  const client = await fixture.connect()
  client.send(request)
  const response = await client.readResponse(request.slice(0, request.indexOf(' ')))
  client.close()
  return response
}

/** What the status resource says. */
export async function statusOf(fixture: EngineFixture, location: string): Promise<unknown> {
  const { body } = await fixture.get(location)
  return JSON.parse(body) as unknown
}

/** What became of every entry, in the order of acceptance. */
export function statesOf(store: MemoryStore): readonly string[] {
  return store.all.map(({ state }) => state)
}

export async function settled(store: MemoryStore, states: readonly string[]): Promise<void> {
  await eventually(
    `the states ${states.join(', ')}`,
    () => statesOf(store).join() === states.join()
  )
}
