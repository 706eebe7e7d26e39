/**
 * Contract: the desk from the engine's reports to channels: who is told of what, over reloads,
 * deaths of the engine and the end. The channels are real ones to servers on loopback.
 */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { WebhookReceiver } from '../../test/servers/webhook-receiver.ts'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import type { EngineEventBody } from '../../proxy-core/model/engine-event.ts'
import type { NotificationCounters } from '../../proxy-core/model/notification-counters.ts'
import type { LogEntry } from '../cli/run/operator-log.ts'
import type { NotificationDocument } from './formats/notification-document.ts'
import { NotificationDesk, type NotificationConfig } from './notification-desk.ts'
import { SOURCE } from './testing/messages.ts'

const POOLS = ['api', 'web', 'shop']

let clock: ManualClock
let log: LogEntry[]
let published: NotificationCounters[]
let desk: NotificationDesk
let seq = 0

beforeEach(() => {
  clock = new ManualClock()
  ;[log, published] = [[], []]
  desk = new NotificationDesk({
    ...{ clock, random: () => 1, source: SOURCE },
    log: (entry) => log.push(entry),
    publish: (counters) => published.push(counters)
  })
})

function config(channels: readonly object[], pools = POOLS, more = {}): NotificationConfig {
  const text = JSON.stringify({
    failover: { notification: { channels, ...more } },
    pools: pools.map((name) => ({ name, backends: [{ address: '10.0.0.1:80' }] }))
  })
  const result = loadConfig(text, { file: 'test.yaml', baseDir: '/' })
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'))
  return result
}

function happens(body: EngineEventBody): void {
  desk.take({ kind: 'engine_event', event: { ...body, seq: ++seq, atMs: clock.wallNow() } })
}

function availability(isAvailable: boolean, pool = 'api'): void {
  happens({ kind: 'pool_availability', pool, isAvailable, doRequestsWait: false, reason: 'test' })
}

/** Real sockets take real time: the clock stands until what was sent has been answered. */
async function delivered(count = 1): Promise<void> {
  await eventually(`${count} deliveries`, () =>
    desk.channels.every(
      ({ counts, settings }) => settings.type === 'log' || counts.delivered >= count
    )
  )
}

async function receiverOf(): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.start()
  onTestFinished(() => receiver.stop())
  return receiver
}

function documents({ posts }: WebhookReceiver): readonly NotificationDocument[] {
  return posts.map(({ body }) => JSON.parse(body) as NotificationDocument)
}

describe('channels', () => {
  test('are told of what they want, each pool in a message of its own', async () => {
    const receiver = await receiverOf()
    desk.configure(config([{ type: 'webhook', url: receiver.url() }, { type: 'log' }]))
    availability(false, 'api')
    availability(false, 'web')
    happens({
      kind: 'backend_weight',
      pool: 'shop',
      backend: '10.0.0.1:80',
      from: 1,
      to: 2,
      reason: 'r'
    })
    await clock.advanceAsync(5_000)
    await delivered(2)
    expect(documents(receiver).map(({ kind, pool }) => [kind, pool])).toEqual([
      ['opened', 'api'],
      ['opened', 'web']
    ])
    expect(log.map(({ level, message }) => [level, message.split('\n')[0]])).toEqual([
      [
        'error',
        'Notification: api: no backend left, its requests fail. It began at 2026-01-01 00:00:00 UTC and lasts.'
      ],
      [
        'error',
        'Notification: web: no backend left, its requests fail. It began at 2026-01-01 00:00:00 UTC and lasts.'
      ]
    ])
  })

  test('that are switched off, or absent, are told of nothing', async () => {
    const receiver = await receiverOf()
    desk.configure(config([{ type: 'webhook', url: receiver.url() }], POOLS, { enabled: false }))
    availability(false)
    await clock.advanceAsync(60_000)
    expect(receiver.posts).toEqual([])
    expect(clock.pendingCount).toBe(0)
  })

  test('are told of the end of an incident that began before a reload, in the new way', async () => {
    const [first, second] = [await receiverOf(), await receiverOf()]
    desk.configure(config([{ type: 'webhook', url: first.url() }]))
    availability(false)
    await clock.advanceAsync(5_000)
    await delivered()
    desk.configure(config([{ type: 'webhook', url: second.url() }]))
    availability(true)
    await clock.advanceAsync(30_000)
    await delivered(2)
    expect(documents(second)[0]).toMatchObject({
      kind: 'closed',
      incident: { id: documents(first)[0]!.incident!.id, state: 'closed', durationSeconds: 5 }
    })
  })

  test('are told that an incident is over when its pool is taken out of the configuration', async () => {
    const receiver = await receiverOf()
    const channels = [{ type: 'webhook', url: receiver.url() }]
    desk.configure(config(channels))
    availability(false)
    await clock.advanceAsync(5_000)
    await delivered()
    desk.configure(config(channels, ['web']))
    await clock.advanceAsync(30_000)
    await delivered(2)
    expect(documents(receiver)[1]!.events.at(-1)).toMatchObject({
      text: 'Pool api is not in the configuration any more.'
    })
  })

  test('are told when the engine dies and serves again', async () => {
    const receiver = await receiverOf()
    desk.configure(config([{ type: 'webhook', url: receiver.url() }]))
    desk.take({ kind: 'engine_died', reason: 'It was ended by SIGKILL.', restartInMs: 250 })
    await clock.advanceAsync(1_000)
    desk.take({ kind: 'engine_restarted', pid: 7 })
    await clock.advanceAsync(30_000)
    await receiver.received()
    expect(documents(receiver)).toEqual([
      expect.objectContaining({
        ...{ kind: 'closed', pool: null, severity: 'critical' },
        title: 'over after 1 s (the engine died, no traffic is served)'
      })
    ])
  })
})

describe('a failing channel', () => {
  test('is logged once per streak, with a code and what to do, and without its URL', async () => {
    const receiver = await receiverOf()
    receiver.script = (_post, response) => response.writeHead(503).end('no')
    desk.configure(config([{ type: 'webhook', url: receiver.url('/T0/secret-part') }]))
    availability(false)
    const failed = (count: number): Promise<true> =>
      eventually(`${count} failures`, () => desk.channels[0]!.counts.retried === count)
    await clock.advanceAsync(5_000)
    await failed(1)
    for (const [index, waitMs] of [2_000, 4_000, 8_000].entries()) {
      await clock.advanceAsync(waitMs)
      await failed(index + 2)
    }
    expect(log).toEqual([
      {
        level: 'warning',
        message:
          'Notification channel webhook cannot deliver: It answered with HTTP 503: "no". It is tried again. Further failures are counted and not logged. Read the reason given, mend the channel, and try it with `switchyard notify test --config FILE`.',
        details: { code: 'NOTIFICATION_FAILED' }
      }
    ])
    expect(JSON.stringify(log)).not.toContain('secret')
    receiver.script = (_post, response) => response.writeHead(200).end()
    await clock.advanceAsync(16_000)
    await delivered()
    expect(log.at(-1)?.message).toMatch(
      /^Notification channel webhook delivers again after 4 failed/
    )
  })

  test('keeps nobody from stopping: what is left is said after 2 s', async () => {
    const receiver = await receiverOf()
    receiver.script = () => {}
    desk.configure(config([{ type: 'webhook', url: receiver.url() }, { type: 'log' }]))
    availability(false)
    const stopping = desk.stop()
    await receiver.received()
    await clock.advanceAsync(2_000)
    await stopping
    expect(log.map(({ message }) => message.split('\n')[0])).toEqual([
      expect.stringMatching(/^Notification: api: no backend left/),
      'Notification channel webhook could not deliver a message before the end. Read what happened in the log; raise `rate_limit`, or mend the channel.'
    ])
    expect(clock.pendingCount).toBe(0)
  })
})

describe('metrics', () => {
  test('count what happens, and what the other channels do, at most once a second', async () => {
    const receiver = await receiverOf()
    desk.configure(
      config([
        { type: 'metrics', on: ['pool_lost'] },
        { type: 'webhook', url: receiver.url() }
      ])
    )
    for (let index = 0; index < 3; index += 1) {
      availability(false)
      availability(true)
    }
    await clock.advanceAsync(1_000)
    expect(published).toHaveLength(1)
    expect(published[0]).toMatchObject({
      events: [{ pool: 'api', occasion: 'pool_lost', count: 3 }],
      channels: [{ channel: 'webhook', type: 'webhook', delivered: 0 }]
    })
    await clock.advanceAsync(29_000)
    await delivered()
    await clock.advanceAsync(1_000)
    expect(published.at(-1)!.channels).toEqual([
      expect.objectContaining({ delivered: 1, lastDeliveryMs: expect.any(Number) as number })
    ])
  })

  test('are published only where a metrics channel is, and taken back without it', async () => {
    desk.configure(config([{ type: 'log' }]))
    availability(false)
    await clock.advanceAsync(10_000)
    expect(published).toEqual([])
    desk.configure(config([{ type: 'metrics' }]))
    await clock.advanceAsync(1_000)
    desk.configure(config([]))
    await clock.advanceAsync(1_000)
    expect(published).toEqual([
      { events: [], channels: [] },
      { events: [], channels: [] }
    ])
  })
})
