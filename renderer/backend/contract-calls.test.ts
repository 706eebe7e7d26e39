/**
 * A page's calls against the real host's end: what becomes of them on a lost connection, and
 * that no answer which breaks the contract gets through.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { contractParts, settled } from '../../main/contract/testing/contract-host.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { PageOfHost } from '../../test/servers/page-of-host.ts'

const PROBE = { pool: 'api', backend: '10.0.0.1:80' }

const PASSED = { sentence: '200 in 3 ms.', hasPassed: true }

let on: PageOfHost

beforeEach(() => {
  on = new PageOfHost()
})

function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => error
  )
}

describe('a call', () => {
  test('resolves with the result and carries an operation id only where it changes something', async () => {
    const page = await on.connected({
      handlers: { 'config.versions': () => [], 'backend.probe': () => PASSED }
    })
    expect(await page.call('config.versions', {})).toEqual([])
    expect(on.operations).toBe(0)
    expect(await page.call('backend.probe', PROBE)).toEqual(PASSED)
    expect(on.operations).toBe(1)
  })

  test('rejects with code, sentence and details of the host', async () => {
    const handlers = {
      'config.versions': () => {
        throw new SwitchyardError('WORKSPACE_NONE', 'None is open.', { at: 'here' })
      }
    }
    const page = await on.connected({ handlers })
    expect(await caught(page.call('config.versions', {}))).toMatchObject({
      code: 'WORKSPACE_NONE',
      message: 'None is open.',
      details: { at: 'here' }
    })
  })

  test('in flight on a lost channel is CONNECTION_LOST for a read and OUTCOME_UNKNOWN for a change', async () => {
    const hang = (): Promise<never> => new Promise(() => {})
    const page = await on.connected({
      handlers: { 'config.versions': hang, 'backend.probe': hang }
    })
    const read = caught(page.call('config.versions', {}))
    const change = caught(page.call('backend.probe', PROBE))
    await on.cut()
    expect(await read).toMatchObject({ code: 'CONNECTION_LOST' })
    expect(await change).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
  })

  test('whose outcome is unknown gets it by a repeat with the same operation id', async () => {
    let probes = 0
    const { promise, resolve } = Promise.withResolvers<typeof PASSED>()
    const handlers = { 'backend.probe': () => (probes++, promise) }
    const page = await on.connected({ handlers })
    const options = { operationId: 'operation-that-is-mine' }
    const first = caught(page.call('backend.probe', PROBE, options))
    await on.cut()
    expect(await first).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    await on.clock.advanceAsync(125)
    const second = page.call('backend.probe', PROBE, options)
    resolve(PASSED)
    expect(await second).toEqual(PASSED)
    expect(probes).toBe(1)
  })

  test('without a connection is CONNECTION_LOST at once', async () => {
    const page = await on.connected()
    await on.cut()
    expect(await caught(page.call('backend.probe', PROBE))).toMatchObject({
      code: 'CONNECTION_LOST',
      message: 'The host has gone.'
    })
  })

  test('that is cancelled rejects at once as a read, and tells the host', async () => {
    let isAborted = false
    const page = await on.connected({
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
    const page = await on.connected({
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
    const page = await on.connected()
    const call = caught(page.call('config.check', { text: 'x'.repeat(1024 * 1024) }))
    expect(await call).toMatchObject({ code: 'FRAME_TOO_LARGE' })
    expect(page.connection).toEqual({ kind: 'open' })
  })

  test('whose answer breaks the contract is FRAME_INVALID', async () => {
    await on.to((channel) => {
      const { hello } = contractParts(on.clock)
      channel.onFrame((frame) => {
        const { t, id } = frame as { t: string; id: number }
        if (t === 'hello') channel.send({ t: 'hello', hello })
        else channel.send({ t: 'ok', id, r: [{ wrong: true }] })
      })
    })
    expect(await caught(on.client.call('config.versions', {}))).toMatchObject({
      code: 'FRAME_INVALID'
    })
  })
})
