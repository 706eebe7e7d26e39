/**
 * The page's connection against the real host's end: what opens it, what closes it for good, and
 * the way back from everything else.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { contractParts, settled } from '../../main/contract/testing/contract-host.ts'
import { serveContract } from '../../main/contract/serve-contract.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { PageOfHost } from '../../test/servers/page-of-host.ts'

let on: PageOfHost

beforeEach(() => {
  on = new PageOfHost()
})

describe('the connection', () => {
  test('is open after the hello, and knows the host', async () => {
    const { opened, connection, hello } = await on.connected()
    expect(connection).toEqual({ kind: 'open' })
    expect(hello).toMatchObject({ version: '1.2.3', host: { kind: 'web' } })
    expect(await opened).toEqual(hello)
  })

  test('comes back by itself: 125 ms, then twice as long each time, 2.5 s at most', async () => {
    await on.connected()
    on.obstacles = Array.from({ length: 7 }, () => new Error('refused'))
    await on.cut()
    const delaysMs: (number | null)[] = []
    while (on.client.connection.kind !== 'open') {
      delaysMs.push(on.clock.nextDueInMs)
      expect(on.client.connection).toMatchObject({ kind: 'reconnecting', attempt: delaysMs.length })
      await on.clock.advanceAsync(on.clock.nextDueInMs!)
    }
    expect(delaysMs).toEqual([125, 250, 500, 1000, 2000, 2500, 2500, 2500])
  })

  test('tells every change, with the reason of the host', async () => {
    await on.connected()
    const states: unknown[] = []
    const stop = on.client.onConnection((state) => states.push(state))
    await on.cut('The console was stopped.')
    await on.clock.advanceAsync(125)
    expect(states).toEqual([
      { kind: 'reconnecting', attempt: 1, reason: 'The console was stopped.' },
      { kind: 'open' }
    ])
    stop()
    await on.cut()
    expect(states).toHaveLength(2)
  })

  test('starts its waits from the beginning only after a stable while', async () => {
    await on.connected()
    await on.cut()
    await on.clock.advanceAsync(125)
    await on.cut()
    expect(on.client.connection).toMatchObject({ attempt: 2 })
    await on.clock.advanceAsync(250)
    await on.clock.advanceAsync(10_000)
    await on.cut()
    expect(on.client.connection).toMatchObject({ attempt: 1 })
  })

  test('is refused for good by a host of another contract', async () => {
    const parts = contractParts(on.clock)
    const other = { ...parts, hello: { ...parts.hello, contract: 'newer' } }
    const { opened } = await on.to((channel) => serveContract(channel, other))
    expect(on.client.connection).toMatchObject({ kind: 'closed', cause: 'refused' })
    await expect(opened).rejects.toMatchObject({ code: 'CONTRACT_MISMATCH' })
    expect(on.links).toHaveLength(1)
  })

  test('is refused for good by a host whose hello has other fields', async () => {
    await on.to((channel) => channel.send({ t: 'hello', hello: { contract: 'newer', more: 1 } }))
    expect(on.client.connection).toMatchObject({ kind: 'closed', cause: 'refused' })
  })

  test('is closed for good where the tab has no key', async () => {
    on.obstacles = [new SwitchyardError('ACCESS_REFUSED', 'No key.')]
    const { opened } = await on.connected()
    expect(on.client.connection).toEqual({ kind: 'closed', cause: 'no_key', reason: 'No key.' })
    await expect(opened).rejects.toMatchObject({ code: 'ACCESS_REFUSED' })
  })

  test('is tried again when the host says nothing for ten seconds', async () => {
    await on.to(() => {})
    await on.clock.advanceAsync(10_000)
    expect(on.client.connection).toMatchObject({
      kind: 'reconnecting',
      reason: 'The host did not answer in time.'
    })
  })

  test('is closed and tried again when a frame fits no known one', async () => {
    await on.connected()
    on.links[0]!.send({ t: 'shout' })
    await settled()
    expect(on.client.connection).toMatchObject({ kind: 'reconnecting' })
  })
})
