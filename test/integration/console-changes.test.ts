/**
 * Contract: over the console's services, with a real engine process and real backends, a
 * dangerous change is planned, confirmed, applied, audited and undone, and nothing else is done.
 */
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ConsoleEvent } from '../../preload/contract/console-event.ts'
import type { PlanRequest } from '../../preload/contract/plan.ts'
import { configuration } from '../servers/configuration.ts'
import { eventually } from '../servers/eventually.ts'
import {
  CONFIRMED,
  DEADLINE_MS,
  drain,
  HEALTH_CHECK,
  ServedConsole,
  UNCONFIRMED
} from '../servers/served-console.ts'

let on: ServedConsole

beforeEach(async () => {
  on = await ServedConsole.start()
})

describe('a console', () => {
  test('plans a drain, wants it confirmed, does it, audits it and undoes it', async () => {
    await on.open()
    const [, other] = on.backends
    const plan = await on.page.call('plan.make', drain(other!))
    expect(plan).toMatchObject({
      level: 2,
      title: `Drain ${other!.address} in main`,
      typedName: null,
      undo: { kind: 'set_admin_state', state: 'ready', forMs: null }
    })
    const { planId } = plan
    await expect(
      on.page.call('plan.apply', { planId, confirmation: UNCONFIRMED })
    ).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' })
    expect(on.backendIn(other!.address)?.adminState).toBe('ready')

    const done = await on.page.call('plan.apply', { planId, confirmation: CONFIRMED })
    expect(done.sentence).toMatch(/^Drained .* in main; no request is left\.$/)
    await on.verdictLike(/^Serving\. 1 of 2 backends taking requests; .* is being drained until /)
    expect(on.backendIn(other!.address)?.adminUntilMs).toBeGreaterThan(Date.now())
    const [entry] = await on.page.call('audit.read', { limit: 1 })
    expect(entry).toMatchObject({
      id: done.auditId,
      actor: 'operator (test)',
      action: plan.title,
      outcome: 'done'
    })
    await expect(
      on.page.call('plan.apply', { planId, confirmation: CONFIRMED })
    ).rejects.toMatchObject({ code: 'PLAN_UNKNOWN' })

    expect(await on.apply(done.undo!, UNCONFIRMED)).toBe(
      `${other!.address} in main is ready again.`
    )
    await on.verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
    expect(on.backendIn(other!.address)?.adminUntilMs).toBeNull()
  })

  test('does nothing by a plan whose ground has moved', async () => {
    await on.open()
    const [one, other] = on.backends
    const { planId } = await on.page.call('plan.make', drain(one!))
    await on.apply(drain(other!), CONFIRMED)
    const late = on.page.call('plan.apply', { planId, confirmation: CONFIRMED })
    await expect(late).rejects.toMatchObject({
      code: 'PLAN_OUTDATED',
      message: `Who else serves main changed from ${other!.address} to nobody. Nothing was done.`
    })
    expect(on.backendIn(one!.address)?.adminState).toBe('ready')
    expect(await on.page.call('plan.make', drain(one!))).toMatchObject({
      level: 3,
      typedName: 'main',
      warnings: ['Nobody else in main can serve: every request will get a 503.']
    })
  })

  test('refuses every change while it is read-only', async () => {
    await on.open()
    const safety = { isReadOnly: true, adminStateForMs: 60_000 }
    await on.page.call('preferences.change', { safety })
    await expect(on.page.call('plan.make', drain(on.backends[0]!))).rejects.toMatchObject({
      code: 'READ_ONLY'
    })
  })

  test('brings a backend back when the time of its drain is over', async () => {
    await on.open()
    const [one] = on.backends
    const place = { pool: 'main', backend: one!.address }
    await on.apply({ kind: 'set_admin_state', ...place, state: 'drain', forMs: 1_500 }, CONFIRMED)
    await on.verdictLike(/is being drained until/)
    await on.verdictLike(/^Serving\. 2 of 2 backends healthy\.$/)
    // The fleet shows what the engine has done before it has said so to whom had asked for it.
    const entry = await eventually('the entry of the console', async () => {
      const [newest] = await on.page.call('audit.read', { limit: 1 })
      return newest?.actor === 'console' && newest
    })
    expect(entry.action).toBe(`End the drain of ${one!.address} in main`)
  })

  test('offers the version before when errors rise after a change, and restores it', async () => {
    await on.open()
    expect(await on.get()).toBe(200)
    const offers: ConsoleEvent[] = []
    on.page.subscribe('events', { since: 0 }, ({ events }) => {
      offers.push(...events.filter(({ offer }) => offer !== null))
    })
    const pool = { health_check: HEALTH_CHECK }
    const pools = [{ name: 'nobody', backends: [] }]
    const hurting = configuration({
      backends: on.backends,
      pool,
      pools,
      routes: [{ pool: 'nobody' }]
    })
    const { staged } = await on.page.call('config.review', {})
    const file = join(on.folder.path, 'shop.yaml')
    await on.page.call('config.stage', { file, base: staged.hash, text: hurting })
    // It takes the route of a pool away, and its return a pool: both are asked for by name.
    const confirmation = { isConfirmed: true, typedName: 'shop.yaml', reason: 'errors' }
    await on.apply({ kind: 'apply_config' }, confirmation)
    const event = await eventually(
      'the offer',
      async () => {
        expect(await on.get()).toBe(503)
        return offers[0]
      },
      DEADLINE_MS
    )
    expect(event).toMatchObject({
      ...{ kind: 'config', severity: 'warning', actor: 'console' },
      text: expect.stringMatching(/^Errors rose from 0 % to 100 % within \d+ s of this change: /),
      offer: { kind: 'restore_config', versionId: 1 }
    })
    const kept = await on.page.call('events.read', { fromMs: 0, toMs: Date.now(), limit: 100 })
    expect(kept.filter(({ offer }) => offer !== null)).toEqual([event])

    expect(await on.apply(event.offer!, confirmation)).toMatch(/^Applied: /)
    await eventually('an answer', async () => (await on.get()) === 200)
  })

  test('leaves prod only by name and with a reason, and keeps the audit of it', async () => {
    await on.open()
    await on.apply({ kind: 'set_environment', environment: 'prod' }, UNCONFIRMED)
    const leave: PlanRequest = { kind: 'set_environment', environment: 'dev' }
    const plan = await on.page.call('plan.make', leave)
    expect(plan).toMatchObject({ level: 3, typedName: 'shop.yaml' })
    await expect(on.apply(leave, CONFIRMED)).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED'
    })
    expect((await on.page.call('plan.make', drain(on.backends[0]!))).level).toBe(3)
    const confirmation = { isConfirmed: true, typedName: 'shop.yaml', reason: 'a copy' }
    expect(await on.apply(leave, confirmation)).toBe('shop.yaml is dev now.')
    expect((await on.page.call('plan.make', drain(on.backends[0]!))).level).toBe(2)
    const [entry] = await on.page.call('audit.read', { limit: 1 })
    expect(entry).toMatchObject({ action: plan.title, reason: 'a copy', outcome: 'done' })
  })
})
