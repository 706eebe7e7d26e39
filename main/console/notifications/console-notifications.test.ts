/**
 * Contract: the notifications of what is open in the console: they follow its engine from load to
 * load, the page sees their channels, and a test is answered and audited.
 */
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../test/servers/eventually.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { WebhookReceiver } from '../../../test/servers/webhook-receiver.ts'
import type { NotificationBoard } from '../../../preload/contract/notifications.ts'
import type { NotificationDocument } from '../../notifications/formats/notification-document.ts'
import type { EngineLoad } from '../../engine-host/engine-link.ts'
import { MemoryEngine } from '../../engine-host/testing/memory-engine.ts'
import { EngineSession } from '../engine/engine-session.ts'
import { MemorySecretStore } from '../secrets/memory-secret-store.ts'
import type { AuditBody } from '../history/audit-log.ts'
import { ConsoleNotifications } from './console-notifications.ts'
import { notificationHandlers } from './notification-handlers.ts'

let clock: ManualClock
let engine: MemoryEngine
let session: EngineSession
let secrets: MemorySecretStore
let notifications: ConsoleNotifications
let receiver: WebhookReceiver
let problems: string[]
let lines: string[]
let directory: string

beforeEach(async () => {
  const folder = temporaryFolder()
  directory = join(folder.path, 'shop-1a2b3c4d')
  clock = new ManualClock()
  ;[problems, lines] = [[], []]
  secrets = new MemorySecretStore(null)
  receiver = await WebhookReceiver.start()
  session = new EngineSession({
    ...{ clock, secrets, version: '1.0.0', say: (line: string) => void lines.push(line) },
    launch: () => (engine = new MemoryEngine().speak(clock))
  })
  notifications = new ConsoleNotifications({
    ...{ clock, random: () => 1, environment: { HOOK: receiver.url('/from-env') } },
    say: (line) => lines.push(line),
    onProblem: (text, code) => problems.push(`${code} ${text}`),
    publish: (counters) => session.noteNotifications(counters)
  })
  session.onLoad((running) => notifications.follow(running))
  session.onEngineEvent((event) => notifications.take(event))
  onTestFinished(async () => {
    await session.close()
    await notifications.stop()
    await receiver.stop()
    folder.remove()
  })
})

function load(...channels: readonly object[]): EngineLoad {
  const document = {
    failover: { notification: { channels } },
    pools: [{ name: 'api', backends: [{ address: '10.0.0.1:80' }] }]
  }
  return { document, baseDir: '/', file: 'shop.yaml' }
}

function losePool(): void {
  engine.engine!.emit({
    kind: 'pool_availability',
    pool: 'api',
    isAvailable: false,
    doRequestsWait: false,
    reason: 'r'
  })
}

const HOOK = { type: 'webhook', url: { env: 'HOOK' } }

test('what the open configuration says is told, with secrets of the environment and of the store', async () => {
  await secrets.set('hook', receiver.url('/from-store'))
  await session.open(load(HOOK, { type: 'webhook', url: { secret: 'hook' } }), directory)
  losePool()
  await ManualClock.flush()
  await clock.advanceAsync(5_000)
  await receiver.received(2)
  expect(receiver.posts.map(({ path }) => path).toSorted()).toEqual(['/from-env', '/from-store'])
  const document = JSON.parse(receiver.posts[0]!.body) as NotificationDocument
  expect(document).toMatchObject({ kind: 'opened', source: { instance: 'shop-1a2b3c4d' } })
})

test('the page sees the channels, their counts, and that none is left when it is closed', async () => {
  const boards: NotificationBoard[] = []
  const end = notifications.topic.open({}, (board) => boards.push(board))
  expect(boards).toEqual([{ channels: [] }])
  await session.open(load(HOOK, { type: 'metrics', on: ['failover'] }), directory)
  expect(boards.at(-1)!.channels).toEqual([
    expect.objectContaining({ name: 'webhook', delivered: 0, lastDeliveryMs: null }),
    expect.objectContaining({ name: 'metrics', on: ['failover'], destination: '/metrics' })
  ])
  losePool()
  await ManualClock.flush()
  await clock.advanceAsync(5_000)
  await eventually('the delivery', () => boards.at(-1)!.channels[0]?.delivered === 1)
  await eventually('the counts in the engine', async () => {
    await clock.advanceAsync(1_000)
    return engine.engine?.notifications.channels[0]?.delivered === 1
  })
  await session.close()
  expect(boards.at(-1)).toEqual({ channels: [] })
  end()
})

test('a reload changes the channels, and one that the engine refuses does not', async () => {
  await session.open(load(HOOK), directory)
  await session.reload(load(HOOK, { type: 'log' }))
  expect(notifications.board.channels.map(({ name }) => name)).toEqual(['webhook', 'log'])
  await session.reload({ ...load(), document: 'bad' })
  expect(notifications.board.channels.map(({ name }) => name)).toEqual(['webhook', 'log'])
})

test('a failure is in the log and in the history, with its code and without the URL', async () => {
  receiver.script = (_post, response) => response.writeHead(500).end()
  await session.open(load(HOOK), directory)
  losePool()
  await ManualClock.flush()
  await clock.advanceAsync(5_000)
  await eventually('the failure', () => problems.length === 1)
  expect(problems[0]).toMatch(/^NOTIFICATION_FAILED Notification channel webhook cannot deliver/)
  expect(lines.join('\n')).not.toContain('from-env')
  expect(notifications.board.channels[0]?.lastFailure?.reason).toBe('It answered with HTTP 500.')
})

test('a test is sent through the channels that are named, answered, and audited', async () => {
  const audit: AuditBody[] = []
  const handlers = notificationHandlers(notifications, {
    record: (entry) => audit.push(entry)
  })
  const call = { signal: new AbortController().signal, actor: 'operator' }
  const send = (channel: string | null): ReturnType<(typeof handlers)['notifications.test']> =>
    handlers['notifications.test']({ channel }, call)
  await expect(send(null)).rejects.toMatchObject({ code: 'CHANNEL_UNKNOWN' })
  await session.open(load(HOOK, { type: 'log' }, { type: 'metrics' }), directory)
  const { outcomes } = await send(null)
  expect(outcomes.map(({ channel, outcome }) => [channel, outcome])).toEqual([
    ['webhook', 'delivered'],
    ['log', 'delivered'],
    ['metrics', 'skipped']
  ])
  expect(lines.join('\n')).toContain('Notification: Test message.')
  await receiver.stop()
  expect((await send('webhook')).outcomes).toMatchObject([{ outcome: 'failed' }])
  await expect(send('sms')).rejects.toMatchObject({ code: 'CHANNEL_UNKNOWN' })
  expect(audit).toEqual([
    {
      ...{ actor: 'operator', reason: '', outcome: 'done' },
      action: 'Send a test notification through all channels'
    },
    {
      ...{ actor: 'operator', reason: '', outcome: '1 channel failed' },
      action: 'Send a test notification through the channel webhook'
    }
  ])
})
