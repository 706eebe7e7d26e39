/**
 * Contract: over the console's services, with a real engine process and real backends, a file is
 * opened and shown, and what dies is told and comes back.
 */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { NotificationBoard } from '../../preload/contract/notifications.ts'
import { readTrafficRow } from '../../proxy-core/model/traffic-row.ts'
import { startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { WebhookReceiver } from '../servers/webhook-receiver.ts'
import { CONFIRMED, DEADLINE_MS, drain, ServedConsole } from '../servers/served-console.ts'

let on: ServedConsole

beforeEach(async () => {
  on = await ServedConsole.start()
})

describe('a console', () => {
  test('shows that nothing runs until a file is opened, then its fleet and numbers', async () => {
    await on.verdictLike(/^Nothing runs yet\./)
    expect(on.fleet?.engine.phase).toBe('none')
    await on.open()
    expect(on.fleet?.pools[0]).toMatchObject({ name: 'main', status: 'serving' })
    expect(on.fleet?.pools[0]?.backends.map(({ statusWord }) => statusWord)).toEqual([
      'Healthy',
      'Healthy'
    ])
    expect(await on.get()).toBe(200)
    await eventually('the request in the numbers', () => {
      const total = on.numbers && readTrafficRow(on.numbers.total)
      return on.numbers?.revision === on.fleet?.revision && (total?.requestsTotal ?? 0) >= 1
    })
    expect(on.numbers?.pools[0]?.backends).toHaveLength(2)
  })

  test('tells that a backend died, why, and that it came back', async () => {
    await on.open()
    const [one, other] = on.backends
    const { port, address } = other!
    await other!.stop()
    const { status, short } = await on.verdictLike(/^Serving\. 1 of 2 backends healthy; /)
    expect({ status, short }).toEqual({ status: 'degraded', short: 'main 1/2' })
    expect(on.verdict?.sentence).toMatch(
      new RegExp(`${address} is down since .* traffic moved to ${one!.address}\\.$`)
    )
    const place = { pool: 'main', backend: address }
    const { explanation, evidence } = await on.page.call('backend.evidence', place)
    expect(evidence.probes.at(-1)?.hasPassed).toBe(false)
    expect(explanation[0]).toMatch(/^Down: the last .* failed; `GET .*\/health`: /)
    expect(explanation).toContain('1 more success brings it back.')
    expect((await on.page.call('backend.probe', place)).hasPassed).toBe(false)
    expect(await on.get()).toBe(200)

    await startBackend('b', { port })
    await on.verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
    expect((await on.page.call('backend.probe', place)).hasPassed).toBe(true)
  })

  test('restarts an engine that was killed and says so', async () => {
    await on.open({ listener: { address: '127.0.0.1:0' } })
    const pid = on.fleet!.engine.pid!
    process.kill(pid, 'SIGKILL')
    await on.verdictLike(/^Not serving\. The engine process was ended by SIGKILL\./)
    expect(on.verdict?.status).toBe('down')
    await on.verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
    expect(on.fleet?.engine).toMatchObject({ phase: 'running', restarts: 1 })
    expect(on.fleet?.engine.pid).not.toBe(pid)
    expect(await on.get()).toBe(200)
    const events = await on.page.call('events.read', { fromMs: 0, toMs: Date.now(), limit: 100 })
    expect(events.filter(({ kind }) => kind === 'engine').map(({ actor }) => actor)).toEqual([
      'engine',
      'engine'
    ])
  })

  test('calls an engine that is stopped by a signal silent, and hears it again', async () => {
    await on.open()
    const pid = on.fleet!.engine.pid!
    process.kill(pid, 'SIGSTOP')
    try {
      const { status } = await on.verdictLike(/^No word from the engine/)
      expect(status).toBe('unknown')
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await on.verdictLike(/^Serving\./)
    expect(on.fleet?.engine).toMatchObject({ phase: 'running', restarts: 0, pid })
  })

  test('shows samples of requests to a page that asks for them', async () => {
    await on.open()
    const targets: string[] = []
    const end = on.page.subscribe('traffic', { since: 0 }, ({ samples }) => {
      targets.push(...samples.map(({ target }) => target))
    })
    await eventually('a sample', async () => {
      await on.get('/looked-at')
      return targets.includes('/looked-at')
    })
    end()
  })

  test('reads a series of what the engine measured', async () => {
    await on.open()
    await on.get()
    const query = { scope: { kind: 'total' }, range: '1m', endMs: null } as const
    await eventually('a point', async () => {
      const { ok2xx } = await on.page.call('series.read', query)
      return ok2xx.some((value) => value !== null && value > 0)
    })
  })

  test('ends in order, says what it ended, and opens the same file again', async () => {
    await on.open()
    expect(on.services.stopSentence()).toMatch(/^Quit and stop the proxy/)
    await on.apply(drain(on.backends[0]!), CONFIRMED)
    expect(await on.services.stop()).toMatch(/^The console and its engine are stopped: /)
    expect(on.services.stopSentence()).toBe('Quit')
    on.page.close()
    await on.startServices()
    await on.verdictLike(/1 of 2 backends taking requests; .* is being drained until/)
  })
})

describe('notifications', () => {
  test('are sent for what is open here, shown to the page, and tried out by it', async () => {
    const receiver = await WebhookReceiver.start()
    onTestFinished(() => receiver.stop())
    let board: NotificationBoard | null = null
    on.page.subscribe('notifications', {}, (payload) => (board = payload))
    const channels = [{ type: 'webhook', url: receiver.url(), on: ['backend_down', 'backend_up'] }]
    const notification = { channels, group_window: '100ms', quiet_period: '200ms' }
    await on.open({ top: { failover: { notification } } })

    const { outcomes } = await on.page.call('notifications.test', { channel: null })
    expect(outcomes).toMatchObject([{ channel: 'webhook', outcome: 'delivered' }])
    expect(JSON.parse(receiver.posts[0]!.body)).toMatchObject({ kind: 'test' })

    await on.backends[0]!.stop()
    await receiver.received(2, DEADLINE_MS)
    expect(JSON.parse(receiver.posts[1]!.body)).toMatchObject({ kind: 'opened', pool: 'main' })
    await eventually(
      'the count on the page',
      () => board?.channels[0]?.delivered === 1,
      DEADLINE_MS
    )
    const audited = await on.page.call('audit.read', { limit: 10 })
    expect(audited.map(({ action }) => action)).toContain(
      'Send a test notification through all channels'
    )
  })
})
