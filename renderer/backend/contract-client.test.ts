/**
 * The page's end of the contract against the real host's end: what a lost connection does to
 * calls and subscriptions, the way back, and that nothing which breaks the contract gets through.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  contractParts,
  settled,
  type HostServices
} from '../../main/contract/testing/contract-host.ts'
import { serveContract } from '../../main/contract/serve-contract.ts'
import type { Channel } from '../../preload/contract/channel.ts'
import { memoryChannel } from '../../preload/contract/memory-channel.ts'
import type { ConsoleEvent } from '../../preload/contract/console-event.ts'
import type { TopicPayload } from '../../preload/contract/topics.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { ContractClient } from './contract-client.ts'

const PROBE = { pool: 'api', backend: '10.0.0.1:80' }
const PASSED = { sentence: '200 in 3 ms.', hasPassed: true }

let clock: ManualClock
/** The host's ends of all channels, newest last. */
let links: Channel[]
let defects: unknown[]
let operations: number
let client: ContractClient
/** What the next attempts to open a channel meet. */
let obstacles: Error[]

beforeEach(() => {
  clock = new ManualClock()
  links = []
  defects = []
  operations = 0
  obstacles = []
})
afterEach(() => {
  client.close()
  expect(clock.pendingCount).toBe(0)
})

/** A client of a host with these services; resolves when everything has happened that can at once. */
async function connected(services: HostServices = {}): Promise<ContractClient> {
  const parts = contractParts(clock, services)
  return to((channel) => serveContract(channel, parts))
}

async function to(serve: (channel: Channel) => void): Promise<ContractClient> {
  client = new ContractClient({
    openChannel() {
      const obstacle = obstacles.shift()
      if (obstacle !== undefined) return Promise.reject(obstacle)
      const [page, host] = memoryChannel()
      links.push(host)
      serve(host)
      return Promise.resolve(page)
    },
    clock,
    random: () => 0,
    newOperationId: () => `operation-of-the-test-${++operations}`,
    onDefect: (error) => defects.push(error)
  })
  await settled()
  return client
}

async function cut(reason = 'The host has gone.'): Promise<void> {
  links.at(-1)!.close(reason)
  await settled()
}

function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => error
  )
}

describe('the connection', () => {
  test('is open after the hello, and knows the host', async () => {
    const { opened, connection, hello } = await connected()
    expect(connection).toEqual({ kind: 'open' })
    expect(hello).toMatchObject({ version: '1.2.3', host: { kind: 'web' } })
    expect(await opened).toEqual(hello)
  })

  test('comes back by itself: 125 ms, then twice as long each time, 2.5 s at most', async () => {
    await connected()
    obstacles = Array.from({ length: 7 }, () => new Error('refused'))
    await cut()
    const delaysMs: (number | null)[] = []
    while (client.connection.kind !== 'open') {
      delaysMs.push(clock.nextDueInMs)
      expect(client.connection).toMatchObject({ kind: 'reconnecting', attempt: delaysMs.length })
      await clock.advanceAsync(clock.nextDueInMs!)
    }
    expect(delaysMs).toEqual([125, 250, 500, 1000, 2000, 2500, 2500, 2500])
  })

  test('tells every change, with the reason of the host', async () => {
    await connected()
    const states: unknown[] = []
    const stop = client.onConnection((state) => states.push(state))
    await cut('The console was stopped.')
    await clock.advanceAsync(125)
    expect(states).toEqual([
      { kind: 'reconnecting', attempt: 1, reason: 'The console was stopped.' },
      { kind: 'open' }
    ])
    stop()
    await cut()
    expect(states).toHaveLength(2)
  })

  test('starts its waits from the beginning only after a stable while', async () => {
    await connected()
    await cut()
    await clock.advanceAsync(125)
    await cut()
    expect(client.connection).toMatchObject({ attempt: 2 })
    await clock.advanceAsync(250)
    await clock.advanceAsync(10_000)
    await cut()
    expect(client.connection).toMatchObject({ attempt: 1 })
  })

  test('is refused for good by a host of another contract', async () => {
    const parts = contractParts(clock)
    const other = { ...parts, hello: { ...parts.hello, contract: 'newer' } }
    const { opened } = await to((channel) => serveContract(channel, other))
    expect(client.connection).toMatchObject({ kind: 'closed', cause: 'refused' })
    await expect(opened).rejects.toMatchObject({ code: 'CONTRACT_MISMATCH' })
    expect(links).toHaveLength(1)
  })

  test('is refused for good by a host whose hello has other fields', async () => {
    await to((channel) => channel.send({ t: 'hello', hello: { contract: 'newer', more: 1 } }))
    expect(client.connection).toMatchObject({ kind: 'closed', cause: 'refused' })
  })

  test('is closed for good where the tab has no key', async () => {
    obstacles = [new SwitchyardError('ACCESS_REFUSED', 'No key.')]
    const { opened } = await connected()
    expect(client.connection).toEqual({ kind: 'closed', cause: 'no_key', reason: 'No key.' })
    await expect(opened).rejects.toMatchObject({ code: 'ACCESS_REFUSED' })
  })

  test('is tried again when the host says nothing for ten seconds', async () => {
    await to(() => {})
    await clock.advanceAsync(10_000)
    expect(client.connection).toMatchObject({
      kind: 'reconnecting',
      reason: 'The host did not answer in time.'
    })
  })

  test('is closed and tried again when a frame fits no known one', async () => {
    await connected()
    links[0]!.send({ t: 'shout' })
    await settled()
    expect(client.connection).toMatchObject({ kind: 'reconnecting' })
  })
})

describe('a call', () => {
  test('resolves with the result and carries an operation id only where it changes something', async () => {
    const page = await connected({
      handlers: { 'config.versions': () => [], 'backend.probe': () => PASSED }
    })
    expect(await page.call('config.versions', {})).toEqual([])
    expect(operations).toBe(0)
    expect(await page.call('backend.probe', PROBE)).toEqual(PASSED)
    expect(operations).toBe(1)
  })

  test('rejects with code, sentence and details of the host', async () => {
    const handlers = {
      'config.versions': () => {
        throw new SwitchyardError('WORKSPACE_NONE', 'None is open.', { at: 'here' })
      }
    }
    const page = await connected({ handlers })
    expect(await caught(page.call('config.versions', {}))).toMatchObject({
      code: 'WORKSPACE_NONE',
      message: 'None is open.',
      details: { at: 'here' }
    })
  })

  test('in flight on a lost channel is CONNECTION_LOST for a read and OUTCOME_UNKNOWN for a change', async () => {
    const hang = (): Promise<never> => new Promise(() => {})
    const page = await connected({ handlers: { 'config.versions': hang, 'backend.probe': hang } })
    const read = caught(page.call('config.versions', {}))
    const change = caught(page.call('backend.probe', PROBE))
    await cut()
    expect(await read).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await change).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })

  test('whose outcome is unknown gets it by a repeat with the same operation id', async () => {
    let probes = 0
    const { promise, resolve } = Promise.withResolvers<typeof PASSED>()
    const handlers = { 'backend.probe': () => (probes++, promise) }
    const page = await connected({ handlers })
    const options = { operationId: 'operation-that-is-mine' }
    const first = caught(page.call('backend.probe', PROBE, options))
    await cut()
    expect(await first).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    await clock.advanceAsync(125)
    const second = page.call('backend.probe', PROBE, options)
    resolve(PASSED)
    expect(await second).toEqual(PASSED)
    expect(probes).toBe(1)
  })

  test('without a connection is CONNECTION_LOST at once', async () => {
    const page = await connected()
    await cut()
    expect(await caught(page.call('backend.probe', PROBE))).toMatchObject({
      code: 'CONNECTION_LOST',
      message: 'The host has gone.'
    })
  })

  test('that is cancelled rejects at once as a read, and tells the host', async () => {
    let isAborted = false
    const page = await connected({
      handlers: {
        'config.versions': (_args, { signal }) =>
          new Promise(() => signal.addEventListener('abort', () => (isAborted = true)))
      }
    })
    const controller = new AbortController()
    const { signal } = controller
    const call = caught(page.call('config.versions', {}, { signal }))
    controller.abort()
    expect(await call).toMatchObject({ code: 'CANCELLED' })
    await settled()
    expect(isAborted).toBe(true)
    expect(await caught(page.call('config.versions', {}, { signal }))).toMatchObject({
      code: 'CANCELLED'
    })
  })

  test('that is cancelled as a change still tells what became of it', async () => {
    const page = await connected({
      handlers: {
        'backend.probe': (_args, { signal }) =>
          new Promise((resolve) => signal.addEventListener('abort', () => resolve(PASSED)))
      }
    })
    const controller = new AbortController()
    const call = page.call('backend.probe', PROBE, { signal: controller.signal })
    controller.abort()
    expect(await call).toEqual(PASSED)
  })

  test('with arguments over the limit is refused before it is sent', async () => {
    const page = await connected()
    const call = caught(page.call('config.check', { text: 'x'.repeat(1024 * 1024) }))
    expect(await call).toMatchObject({ code: 'FRAME_TOO_LARGE' })
    expect(page.connection).toEqual({ kind: 'open' })
  })

  test('whose answer breaks the contract is FRAME_INVALID', async () => {
    await to((channel) => {
      const { hello } = contractParts(clock)
      channel.onFrame((frame) => {
        const { t, id } = frame as { t: string; id: number }
        if (t === 'hello') channel.send({ t: 'hello', hello })
        else channel.send({ t: 'ok', id, r: [{ wrong: true }] })
      })
    })
    expect(await caught(client.call('config.versions', {}))).toMatchObject({
      code: 'FRAME_INVALID'
    })
  })
})

describe('a subscription', () => {
  interface Opening {
    readonly since: number
    readonly push: (payload: TopicPayload<'events'>) => void
    isReleased: boolean
  }

  function eventSource(openings: Opening[]): HostServices {
    return {
      topics: {
        events: {
          open({ since }, push) {
            const opening: Opening = { since, push, isReleased: false }
            openings.push(opening)
            return () => (opening.isReleased = true)
          }
        }
      }
    }
  }

  function batch(...seqs: number[]): TopicPayload<'events'> {
    const events = seqs.map((seq): ConsoleEvent => ({
      seq,
      atMs: 0,
      kind: 'console',
      severity: 'info',
      actor: 'console',
      text: 'Something happened.',
      pool: null,
      backend: null,
      code: null,
      incidentId: null,
      offer: null
    }))
    return { events, gap: null }
  }

  test('hands payloads on in order and ends on both sides', async () => {
    const openings: Opening[] = []
    const page = await connected(eventSource(openings))
    const received: number[] = []
    const end = page.subscribe('events', { since: 3 }, ({ events }) =>
      received.push(...events.map(({ seq }) => seq))
    )
    await settled()
    for (const seq of [4, 5, 6]) openings[0]!.push(batch(seq))
    await settled()
    expect(received).toEqual([4, 5, 6])
    end()
    end()
    await settled()
    expect(openings).toMatchObject([{ since: 3, isReleased: true }])
  })

  test('goes on after a lost connection behind the last entry that it received', async () => {
    const openings: Opening[] = []
    const page = await connected(eventSource(openings))
    page.subscribe('events', { since: 3 }, () => {})
    await settled()
    openings[0]!.push(batch(4, 5))
    await settled()
    await cut()
    await clock.advanceAsync(125)
    expect(openings.map(({ since }) => since)).toEqual([3, 5])
  })

  test('asks a function for its arguments at every opening', async () => {
    const openings: Opening[] = []
    const page = await connected(eventSource(openings))
    let since = 10
    page.subscribe(
      'events',
      () => ({ since: since++ }),
      () => {}
    )
    await settled()
    await cut()
    await clock.advanceAsync(125)
    expect(openings.map((opening) => opening.since)).toEqual([10, 11])
  })

  test('that is made without a connection begins with the next one', async () => {
    const openings: Opening[] = []
    const page = await connected(eventSource(openings))
    await cut()
    page.subscribe('events', { since: 0 }, () => {})
    expect(openings).toEqual([])
    await clock.advanceAsync(125)
    expect(openings).toHaveLength(1)
  })

  test('goes on when its listener throws, and the error is told', async () => {
    const openings: Opening[] = []
    const page = await connected(eventSource(openings))
    const received: number[] = []
    page.subscribe('events', { since: 0 }, ({ events }) => {
      received.push(events.length)
      throw new Error('listener')
    })
    await settled()
    openings[0]!.push(batch(1))
    openings[0]!.push(batch(2, 3))
    await settled()
    expect(received).toEqual([1, 2])
    expect(defects).toMatchObject([{ message: 'listener' }, { message: 'listener' }])
  })

  test('does not hand on what breaks the contract, and goes on', async () => {
    const acknowledged: unknown[] = []
    await to((channel) => {
      const { hello } = contractParts(clock)
      channel.onFrame((frame) => {
        const { t, id } = frame as { t: string; id: number }
        if (t === 'hello') channel.send({ t: 'hello', hello })
        else if (t === 'sub') channel.send({ t: 'ev', id, seq: 1, p: { wrong: true } })
        else acknowledged.push(frame)
      })
    })
    const received: unknown[] = []
    client.subscribe('fleet', {}, (payload) => received.push(payload))
    await settled()
    expect(received).toEqual([])
    expect(defects).toMatchObject([{ code: 'FRAME_INVALID' }])
    expect(acknowledged).toEqual([{ t: 'ack', id: 1, seq: 1 }])
  })

  test('that the host ends is told as a defect', async () => {
    const page = await connected()
    page.subscribe('fleet', {}, () => {})
    await settled()
    expect(defects).toMatchObject([{ code: 'INTERNAL' }])
  })
})
