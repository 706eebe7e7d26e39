/**
 * A page's subscriptions against the real host's end: they go on where a lost connection has cut
 * them, and nothing which breaks the contract gets through.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import {
  contractParts,
  settled,
  type HostServices
} from '../../main/contract/testing/contract-host.ts'
import type { ConsoleEvent } from '../../preload/contract/console-event.ts'
import type { TopicPayload } from '../../preload/contract/topics.ts'
import { PageOfHost } from '../../test/servers/page-of-host.ts'

let on: PageOfHost

beforeEach(() => {
  on = new PageOfHost()
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
    const page = await on.connected(eventSource(openings))
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
    const page = await on.connected(eventSource(openings))
    page.subscribe('events', { since: 3 }, () => {})
    await settled()
    openings[0]!.push(batch(4, 5))
    await settled()
    await on.cut()
    await on.clock.advanceAsync(125)
    expect(openings.map(({ since }) => since)).toEqual([3, 5])
  })

  test('asks a function for its arguments at every opening', async () => {
    const openings: Opening[] = []
    const page = await on.connected(eventSource(openings))
    let since = 10
    page.subscribe(
      'events',
      () => ({ since: since++ }),
      () => {}
    )
    await settled()
    await on.cut()
    await on.clock.advanceAsync(125)
    expect(openings.map((opening) => opening.since)).toEqual([10, 11])
  })

  test('that is made without a connection begins with the next one', async () => {
    const openings: Opening[] = []
    const page = await on.connected(eventSource(openings))
    await on.cut()
    page.subscribe('events', { since: 0 }, () => {})
    expect(openings).toEqual([])
    await on.clock.advanceAsync(125)
    expect(openings).toHaveLength(1)
  })

  test('goes on when its listener throws, and the error is told', async () => {
    const openings: Opening[] = []
    const page = await on.connected(eventSource(openings))
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
    expect(on.defects).toMatchObject([{ message: 'listener' }, { message: 'listener' }])
  })

  test('does not hand on what breaks the contract, and goes on', async () => {
    const acknowledged: unknown[] = []
    await on.to((channel) => {
      const { hello } = contractParts(on.clock)
      channel.onFrame((frame) => {
        const { t, id } = frame as { t: string; id: number }
        if (t === 'hello') channel.send({ t: 'hello', hello })
        else if (t === 'sub') channel.send({ t: 'ev', id, seq: 1, p: { wrong: true } })
        else acknowledged.push(frame)
      })
    })
    const received: unknown[] = []
    on.client.subscribe('fleet', {}, (payload) => received.push(payload))
    await settled()
    expect(received).toEqual([])
    expect(on.defects).toMatchObject([{ code: 'FRAME_INVALID' }])
    expect(acknowledged).toEqual([{ t: 'ack', id: 1, seq: 1 }])
  })

  test('that the host ends is told as a defect', async () => {
    const page = await on.connected()
    page.subscribe('fleet', {}, () => {})
    await settled()
    expect(on.defects).toMatchObject([{ code: 'INTERNAL' }])
  })
})
