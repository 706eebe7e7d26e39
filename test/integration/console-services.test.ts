/**
 * Contract: the console's services over the contract, with a real engine process and real
 * backends: a file is opened and shown, a dangerous change is planned, confirmed, applied and
 * undone, and what dies is told and comes back.
 */
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createConsole, type Console } from '../../main/console/console.ts'
import { OperationBook } from '../../main/contract/operation-book.ts'
import { serveContract } from '../../main/contract/serve-contract.ts'
import { forkEngine } from '../../main/engine-host/engine-child.ts'
import { enginePath } from '../../main/engine-host/module-path.ts'
import { helloFrom } from '../../main/page/hello.ts'
import type { ConsoleEvent } from '../../preload/contract/console-event.ts'
import type { LiveFleet, LiveNumbers } from '../../preload/contract/live-state.ts'
import { memoryChannel } from '../../preload/contract/memory-channel.ts'
import type { NotificationBoard } from '../../preload/contract/notifications.ts'
import type { Confirmation, PlanRequest } from '../../preload/contract/plan.ts'
import type { Verdict } from '../../preload/contract/status.ts'
import { readTrafficRow } from '../../proxy-core/model/traffic-row.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'
import { ContractClient } from '../../renderer/backend/contract-client.ts'
import { configuration, type ConfigurationParts } from '../servers/configuration.ts'
import { getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { RawClient } from '../servers/raw-client.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { WebhookReceiver } from '../servers/webhook-receiver.ts'

const DEADLINE_MS = 15_000
const UNCONFIRMED: Confirmation = { isConfirmed: false, typedName: null, reason: '' }
const CONFIRMED: Confirmation = { isConfirmed: true, typedName: null, reason: '' }

const HEALTH_CHECK = {
  type: 'http',
  path: '/health',
  interval: '100ms',
  fast_interval: '50ms',
  timeout: '1s',
  unhealthy_threshold: 2,
  healthy_threshold: 1
}

let folder: TemporaryFolder
let services: Console
let page: ContractClient
let said: string[]
let backends: RecordingBackend[]

/** The newest payload of each topic. */
let fleet: LiveFleet | null
let numbers: LiveNumbers | null
let verdict: Verdict | null

beforeEach(async () => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  said = []
  backends = [await startBackend('a'), await startBackend('b')]
  await start()
})

async function start(): Promise<void> {
  const environment = { XDG_STATE_HOME: join(folder.path, 'state'), HOME: folder.path }
  services = await createConsole({
    clock: systemClock,
    version: '0.0.0-test',
    stateFolder: join(folder.path, 'state/switchyard/console'),
    settingsFolder: join(folder.path, 'config/switchyard'),
    environment,
    launchEngine: () => forkEngine(enginePath()),
    abilities: {},
    secretVault: null,
    say: (line) => said.push(line)
  })
  const started = services
  onTestFinished(async () => {
    await within('the stop of the console', started.stop(), DEADLINE_MS)
  })
  page = openPage()
  await within('the hello', page.opened)
  fleet = numbers = verdict = null
  page.subscribe('fleet', {}, (payload) => (fleet = payload))
  page.subscribe('numbers', {}, (payload) => (numbers = payload))
  page.subscribe('verdict', {}, (payload) => (verdict = payload))
}

/** A page with a channel of its own; results and payloads are checked against their schemas. */
function openPage(): ContractClient {
  let lastOperation = 0
  const { handlers, topics } = services
  const hello = helloFrom('web', '0.0.0-test')
  const operations = new OperationBook(systemClock)
  const client = new ContractClient({
    openChannel() {
      const [own, other] = memoryChannel()
      serveContract(other, {
        ...{ hello, handlers, topics, operations },
        actor: 'operator (test)',
        clock: systemClock,
        log: (line) => said.push(line),
        areResultsChecked: true
      })
      return Promise.resolve(own)
    },
    clock: systemClock,
    random: Math.random,
    newOperationId: () => `operation-of-the-test-${++lastOperation}`,
    onDefect: (error) => said.push(`page: ${String(error)}`)
  })
  onTestFinished(() => client.close())
  return client
}

async function open(parts: ConfigurationParts = {}): Promise<void> {
  const pool = { health_check: HEALTH_CHECK, ...parts.pool }
  const file = folder.write('shop.yaml', configuration({ backends, ...parts, pool }))
  await page.call('workspace.open', { file })
  await verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
}

async function verdictLike(pattern: RegExp): Promise<Verdict> {
  return eventually(
    `a verdict like ${String(pattern)}`,
    () => (verdict && pattern.test(verdict.sentence) ? verdict : undefined),
    DEADLINE_MS
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\nVerdict: ${verdict?.sentence}\n${said.join('\n')}`)
  })
}

async function get(target = '/'): Promise<number> {
  const address = fleet!.listeners[0]!.address
  const client = await RawClient.connect(Number(address.slice(address.lastIndexOf(':') + 1)))
  try {
    client.send(getRequest(target))
    return (await client.readResponse()).status
  } finally {
    client.close()
  }
}

function drain(backend: RecordingBackend): PlanRequest {
  const place = { pool: 'main', backend: backend.address }
  return { kind: 'set_admin_state', ...place, state: 'drain', forMs: 60_000 }
}

async function apply(request: PlanRequest, confirmation: Confirmation): Promise<string> {
  const { planId } = await page.call('plan.make', request)
  return (await page.call('plan.apply', { planId, confirmation })).sentence
}

function backendIn(address: string): LiveFleet['pools'][number]['backends'][number] | undefined {
  return fleet?.pools[0]?.backends.find((one) => one.address === address)
}

describe('a console', () => {
  test('shows that nothing runs until a file is opened, then its fleet and numbers', async () => {
    await verdictLike(/^Nothing runs yet\./)
    expect(fleet?.engine.phase).toBe('none')
    await open()
    expect(fleet?.pools[0]).toMatchObject({ name: 'main', status: 'serving' })
    expect(fleet?.pools[0]?.backends.map(({ statusWord }) => statusWord)).toEqual([
      'Healthy',
      'Healthy'
    ])
    expect(await get()).toBe(200)
    await eventually('the request in the numbers', () => {
      const total = numbers && readTrafficRow(numbers.total)
      return numbers?.revision === fleet?.revision && (total?.requestsTotal ?? 0) >= 1
    })
    expect(numbers?.pools[0]?.backends).toHaveLength(2)
  })

  test('plans a drain, wants it confirmed, does it, audits it and undoes it', async () => {
    await open()
    const [, other] = backends
    const plan = await page.call('plan.make', drain(other!))
    expect(plan).toMatchObject({
      level: 2,
      title: `Drain ${other!.address} in main`,
      typedName: null,
      undo: { kind: 'set_admin_state', state: 'ready', forMs: null }
    })
    const { planId } = plan
    await expect(
      page.call('plan.apply', { planId, confirmation: UNCONFIRMED })
    ).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
    expect(backendIn(other!.address)?.adminState).toBe('ready')

    const done = await page.call('plan.apply', { planId, confirmation: CONFIRMED })
    expect(done.sentence).toMatch(/^Drained .* in main; no request is left\.$/)
    await verdictLike(/^Serving\. 1 of 2 backends taking requests; .* is being drained until /)
    expect(backendIn(other!.address)?.adminUntilMs).toBeGreaterThan(Date.now())
    const [entry] = await page.call('audit.read', { limit: 1 })
    expect(entry).toMatchObject({
      id: done.auditId,
      actor: 'operator (test)',
      action: plan.title,
      outcome: 'done'
    })
    await expect(
      page.call('plan.apply', { planId, confirmation: CONFIRMED })
    ).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' })

    expect(await apply(done.undo!, UNCONFIRMED)).toBe(`${other!.address} in main is ready again.`)
    await verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
    expect(backendIn(other!.address)?.adminUntilMs).toBeNull()
  })

  test('does nothing by a plan whose ground has moved', async () => {
    await open()
    const [one, other] = backends
    const { planId } = await page.call('plan.make', drain(one!))
    await apply(drain(other!), CONFIRMED)
    const late = page.call('plan.apply', { planId, confirmation: CONFIRMED })
    await expect(late).rejects.toMatchObject({
      code: 'PLAN_OUTDATED',
      message: `Who else serves main changed from ${other!.address} to nobody. Nothing was done.`
    })
    expect(backendIn(one!.address)?.adminState).toBe('ready')
    expect(await page.call('plan.make', drain(one!))).toMatchObject({
      level: 3,
      typedName: 'main',
      warnings: ['Nobody else in main can serve: every request will get a 503.']
    })
  })

  test('refuses every change while it is read-only', async () => {
    await open()
    const safety = { isReadOnly: true, adminStateForMs: 60_000 }
    await page.call('preferences.change', { safety })
    await expect(page.call('plan.make', drain(backends[0]!))).rejects.toMatchObject({
      code: 'READ_ONLY'
    })
  })

  test('tells that a backend died, why, and that it came back', async () => {
    await open()
    const [one, other] = backends
    const { port, address } = other!
    await other!.stop()
    const { status, short } = await verdictLike(/^Serving\. 1 of 2 backends healthy; /)
    expect({ status, short }).toEqual({ status: 'degraded', short: 'main 1/2' })
    expect(verdict?.sentence).toMatch(
      new RegExp(`${address} is down since .* traffic moved to ${one!.address}\\.$`)
    )
    const place = { pool: 'main', backend: address }
    const { explanation, evidence } = await page.call('backend.evidence', place)
    expect(evidence.probes.at(-1)?.hasPassed).toBe(false)
    expect(explanation[0]).toMatch(/^Down: the last .* failed; `GET .*\/health`: /)
    expect(explanation).toContain('1 more success brings it back.')
    expect((await page.call('backend.probe', place)).hasPassed).toBe(false)
    expect(await get()).toBe(200)

    await startBackend('b', { port })
    await verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
    expect((await page.call('backend.probe', place)).hasPassed).toBe(true)
  })

  test('restarts an engine that was killed and says so', async () => {
    await open({ listener: { address: '127.0.0.1:0' } })
    const pid = fleet!.engine.pid!
    process.kill(pid, 'SIGKILL')
    await verdictLike(/^Not serving\. The engine process was ended by SIGKILL\./)
    expect(verdict?.status).toBe('down')
    await verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
    expect(fleet?.engine).toMatchObject({ phase: 'running', restarts: 1 })
    expect(fleet?.engine.pid).not.toBe(pid)
    expect(await get()).toBe(200)
    const events = await page.call('events.read', { fromMs: 0, toMs: Date.now(), limit: 100 })
    expect(events.filter(({ kind }) => kind === 'engine').map(({ actor }) => actor)).toEqual([
      'engine',
      'engine'
    ])
  })

  test('calls an engine that is stopped by a signal silent, and hears it again', async () => {
    await open()
    const pid = fleet!.engine.pid!
    process.kill(pid, 'SIGSTOP')
    try {
      const { status } = await verdictLike(/^No word from the engine/)
      expect(status).toBe('unknown')
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await verdictLike(/^Serving\./)
    expect(fleet?.engine).toMatchObject({ phase: 'running', restarts: 0, pid })
  })

  test('shows samples of requests to a page that asks for them', async () => {
    await open()
    const targets: string[] = []
    const end = page.subscribe('traffic', { since: 0 }, ({ samples }) => {
      targets.push(...samples.map(({ target }) => target))
    })
    await eventually('a sample', async () => {
      await get('/looked-at')
      return targets.includes('/looked-at')
    })
    end()
  })

  test('reads a series of what the engine measured', async () => {
    await open()
    await get()
    const query = { scope: { kind: 'total' }, range: '1m', endMs: null } as const
    await eventually('a point', async () => {
      const { ok2xx } = await page.call('series.read', query)
      return ok2xx.some((value) => value !== null && value > 0)
    })
  })

  test('ends in order, says what it ended, and opens the same file again', async () => {
    await open()
    expect(services.stopSentence()).toMatch(/^Quit and stop the proxy/)
    await apply(drain(backends[0]!), CONFIRMED)
    expect(await services.stop()).toMatch(/^The console and its engine are stopped: /)
    expect(services.stopSentence()).toBe('Quit')
    page.close()
    await start()
    await verdictLike(/1 of 2 backends taking requests; .* is being drained until/)
  })

  test('brings a backend back when the time of its drain is over', async () => {
    await open()
    const [one] = backends
    const place = { pool: 'main', backend: one!.address }
    await apply({ kind: 'set_admin_state', ...place, state: 'drain', forMs: 1_500 }, CONFIRMED)
    await verdictLike(/is being drained until/)
    await verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
    // The fleet shows what the engine has done before it has said so to whom had asked for it.
    const entry = await eventually('the entry of the console', async () => {
      const [newest] = await page.call('audit.read', { limit: 1 })
      return newest?.actor === 'console' && newest
    })
    expect(entry.action).toBe(`End the drain of ${one!.address} in main`)
  })

  test('offers the version before when errors rise after a change, and restores it', async () => {
    await open()
    expect(await get()).toBe(200)
    const offers: ConsoleEvent[] = []
    page.subscribe('events', { since: 0 }, ({ events }) => {
      offers.push(...events.filter(({ offer }) => offer !== null))
    })
    const pool = { health_check: HEALTH_CHECK }
    const pools = [{ name: 'nobody', backends: [] }]
    const hurting = configuration({ backends, pool, pools, routes: [{ pool: 'nobody' }] })
    const { staged } = await page.call('config.review', {})
    const file = join(folder.path, 'shop.yaml')
    await page.call('config.stage', { file, base: staged.hash, text: hurting })
    // It takes the route of a pool away, and its return a pool: both are asked for by name.
    const confirmation = { isConfirmed: true, typedName: 'shop.yaml', reason: 'errors' }
    await apply({ kind: 'apply_config' }, confirmation)
    const event = await eventually(
      'the offer',
      async () => {
        expect(await get()).toBe(503)
        return offers[0]
      },
      DEADLINE_MS
    )
    expect(event).toMatchObject({
      ...{ kind: 'config', severity: 'warning', actor: 'console' },
      text: expect.stringMatching(/^Errors rose from 0 % to 100 % within \d+ s of this change: /),
      offer: { kind: 'restore_config', versionId: 1 }
    })
    const kept = await page.call('events.read', { fromMs: 0, toMs: Date.now(), limit: 100 })
    expect(kept.filter(({ offer }) => offer !== null)).toEqual([event])

    expect(await apply(event.offer!, confirmation)).toMatch(/^Applied: /)
    await eventually('an answer', async () => (await get()) === 200)
  })

  test('leaves prod only by name and with a reason, and keeps the audit of it', async () => {
    await open()
    await apply({ kind: 'set_environment', environment: 'prod' }, UNCONFIRMED)
    const leave: PlanRequest = { kind: 'set_environment', environment: 'dev' }
    const plan = await page.call('plan.make', leave)
    expect(plan).toMatchObject({ level: 3, typedName: 'shop.yaml' })
    await expect(apply(leave, CONFIRMED)).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
    expect((await page.call('plan.make', drain(backends[0]!))).level).toBe(3)
    const confirmation = { isConfirmed: true, typedName: 'shop.yaml', reason: 'a copy' }
    expect(await apply(leave, confirmation)).toBe('shop.yaml is dev now.')
    expect((await page.call('plan.make', drain(backends[0]!))).level).toBe(2)
    const [entry] = await page.call('audit.read', { limit: 1 })
    expect(entry).toMatchObject({ action: plan.title, reason: 'a copy', outcome: 'done' })
  })
})

describe('notifications', () => {
  test('are sent for what is open here, shown to the page, and tried out by it', async () => {
    const receiver = await WebhookReceiver.start()
    onTestFinished(() => receiver.stop())
    let board: NotificationBoard | null = null
    page.subscribe('notifications', {}, (payload) => (board = payload))
    const channels = [{ type: 'webhook', url: receiver.url(), on: ['backend_down', 'backend_up'] }]
    const notification = { channels, group_window: '100ms', quiet_period: '200ms' }
    await open({ top: { failover: { notification } } })

    const { outcomes } = await page.call('notifications.test', { channel: null })
    expect(outcomes).toMatchObject([{ channel: 'webhook', outcome: 'delivered' }])
    expect(JSON.parse(receiver.posts[0]!.body)).toMatchObject({ kind: 'test' })

    await backends[0]!.stop()
    await receiver.received(2, DEADLINE_MS)
    expect(JSON.parse(receiver.posts[1]!.body)).toMatchObject({ kind: 'opened', pool: 'main' })
    await eventually(
      'the count on the page',
      () => board?.channels[0]?.delivered === 1,
      DEADLINE_MS
    )
    const audited = await page.call('audit.read', { limit: 10 })
    expect(audited.map(({ action }) => action)).toContain(
      'Send a test notification through all channels'
    )
  })
})
