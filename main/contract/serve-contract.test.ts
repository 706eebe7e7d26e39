/**
 * The contract on one channel: the hello comes first, every call is checked and answered exactly
 * once, a page cannot make the host hold more than its limits, and nothing outlives the channel.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { MAX_FRAME_BYTES } from '../../preload/contract/channel.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { HELLO_TIMEOUT_MS, MAX_OPEN_CALLS, MAX_SUBSCRIPTIONS } from './contract-parts.ts'
import type { CallContext, MethodHandlers } from './method-handlers.ts'
import { contractParts, RawPage, settled } from './testing/contract-host.ts'

const OPERATION = 'operation-0123456789'
const PROBE = { pool: 'api', backend: '10.0.0.1:80' }
const PASSED = { sentence: '200 in 3 ms.', hasPassed: true }

let clock: ManualClock

beforeEach(() => {
  clock = new ManualClock()
})

function greeted(handlers: Partial<MethodHandlers> = {}): Promise<RawPage> {
  return RawPage.greeted(contractParts(clock, { handlers }))
}

function call(id: number, m: string, a: unknown, op?: string): object {
  return { t: 'call', id, m, a, ...(op === undefined ? {} : { op }) }
}

describe('the hello', () => {
  test('is answered with the facts of the host', async () => {
    const parts = contractParts(clock)
    const page = RawPage.on(parts)
    await page.say({ t: 'hello', contract: parts.hello.contract })
    expect(page.received).toEqual([{ t: 'hello', hello: parts.hello }])
    expect(page.closeReason).toBeNull()
  })

  test('of another contract is answered, then the channel closes and asks for a reload', async () => {
    const page = RawPage.on(contractParts(clock))
    await page.say({ t: 'hello', contract: 'older' })
    expect(page.received).toMatchObject([{ t: 'hello' }])
    expect(page.closeReason).toMatch(/^CONTRACT_MISMATCH: .*Reload the page\.$/)
  })

  test('must come first', async () => {
    const page = RawPage.on(contractParts(clock))
    await page.say(call(1, 'config.versions', {}))
    expect(page.received).toEqual([])
    expect(page.closeReason).toMatch(/^FRAME_INVALID: /)
  })

  test('must come once', async () => {
    const page = await greeted()
    await page.say({ t: 'hello', contract: 'x' })
    expect(page.closeReason).toBe('FRAME_INVALID: A second hello came.')
  })

  test('must come within ten seconds, and afterwards no timer is left', async () => {
    const silent = RawPage.on(contractParts(clock))
    const page = await greeted()
    clock.advance(HELLO_TIMEOUT_MS)
    await settled()
    expect(silent.closeReason).toBe('FRAME_INVALID: No hello came in time.')
    expect(page.closeReason).toBeNull()
    expect(clock.pendingCount).toBe(0)
  })
})

describe('a frame', () => {
  test.each<[string, unknown]>([
    ['no object', 'call'],
    ['null', null],
    ['of no known kind', { t: 'shout' }],
    ['with a field too many', { t: 'cancel', id: 1, more: true }],
    ['with an id of 0', { t: 'cancel', id: 0 }],
    ['with a broken id', { t: 'cancel', id: 1.5 }],
    ['with an operation id that is a path', call(1, 'demo.start', {}, '../../etc/passwd-00')],
    ['with a name without end', call(1, 'a'.repeat(65), {})]
  ])('that is %s closes the channel', async (_what, frame) => {
    const page = await greeted()
    await page.say(frame as object)
    expect(page.received).toEqual([])
    expect(page.closeReason).toBe('FRAME_INVALID: A frame fits none of the known ones.')
  })

  test('that uses the id of an open call closes the channel', async () => {
    const page = await greeted({ 'config.versions': () => new Promise(() => {}) })
    await page.say(call(1, 'config.versions', {}), call(1, 'config.versions', {}))
    expect(page.closeReason).toBe('FRAME_INVALID: The id 1 is in use.')
  })

  test('with a prototype in it changes no prototype', async () => {
    const patches: object[] = []
    const page = await greeted({
      'preferences.change': (patch) => {
        patches.push(patch)
        throw new SwitchyardError('READ_ONLY', 'Nothing is changed.')
      }
    })
    const patch = '{"shortcuts":{"__proto__":"x","constructor":"y","__defineGetter__":"z"}}'
    await page.say(call(1, 'preferences.change', JSON.parse(patch), OPERATION))
    await page.say(call(2, 'config.versions', JSON.parse('{"__proto__":{"isAdmin":true}}')))
    await page.say(JSON.parse('{"t":"cancel","id":3,"__proto__":{"isAdmin":true}}') as object)
    expect(patches).toHaveLength(1)
    expect(Object.getPrototypeOf(patches[0])).toBe(Object.prototype)
    expect(page.received).toMatchObject([
      { id: 1, e: { code: 'READ_ONLY' } },
      { id: 2, e: { code: 'ARGUMENTS_INVALID' } }
    ])
    expect(page.closeReason).toMatch(/^FRAME_INVALID: /)
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
})

describe('a call', () => {
  test('is answered with the result of its handler, which knows who asks', async () => {
    const actors: string[] = []
    const page = await greeted({
      'config.versions': (_args, { actor }) => {
        actors.push(actor)
        return []
      }
    })
    await page.say(call(7, 'config.versions', {}))
    expect(page.received).toEqual([{ t: 'ok', id: 7, r: [] }])
    expect(actors).toEqual(['operator (test)'])
  })

  test.each(['config.erase', '__proto__', 'constructor', 'toString', ''])(
    'of the unknown name "%s" is METHOD_UNKNOWN',
    async (name) => {
      const page = await greeted()
      await page.say(call(1, name, {}))
      expect(page.received).toMatchObject([{ t: 'err', id: 1, e: { code: 'METHOD_UNKNOWN' } }])
    }
  )

  test('with wrong arguments names the fields and reaches no handler', async () => {
    const page = await greeted()
    await page.say(call(1, 'setup.port', { port: 70_000 }))
    expect(page.received).toMatchObject([
      {
        t: 'err',
        id: 1,
        e: { code: 'ARGUMENTS_INVALID', details: { issues: [{ path: 'port' }] } }
      }
    ])
  })

  test('that fails carries code, sentence, remedy and details, and no stack', async () => {
    const page = await greeted({
      'config.versions': () => {
        throw new SwitchyardError('WORKSPACE_NONE', 'No configuration is open.', { at: 'here' })
      }
    })
    await page.say(call(1, 'config.versions', {}))
    expect(page.received).toEqual([
      {
        t: 'err',
        id: 1,
        e: {
          code: 'WORKSPACE_NONE',
          message: 'No configuration is open.',
          remedy: 'Open a configuration file, or start the demo.',
          details: { at: 'here' }
        }
      }
    ])
  })

  test('whose details are no JSON is told without them', async () => {
    const round: Record<string, unknown> = {}
    round['self'] = round
    const page = await greeted({
      'config.versions': () => {
        throw new SwitchyardError('WORKSPACE_NONE', 'None.', round)
      }
    })
    await page.say(call(1, 'config.versions', {}))
    expect(page.received).toMatchObject([{ e: { code: 'WORKSPACE_NONE', details: {} } }])
  })

  test('that breaks on a defect is INTERNAL for the page and whole in the log', async () => {
    const handlers = {
      'config.versions': () => Promise.reject(new TypeError('x is not a function'))
    }
    const parts = contractParts(clock, { handlers })
    const page = await RawPage.greeted(parts)
    await page.say(call(1, 'config.versions', {}))
    expect(page.received).toMatchObject([{ t: 'err', id: 1, e: { code: 'INTERNAL' } }])
    expect(JSON.stringify(page.received)).not.toContain('not a function')
    expect(parts.lines.join()).toContain('TypeError: x is not a function')
  })

  test('whose result breaks the contract is INTERNAL where results are checked', async () => {
    const parts = contractParts(clock, { handlers: { 'config.versions': () => [{}] as never } })
    const page = await RawPage.greeted(parts)
    await page.say(call(1, 'config.versions', {}))
    expect(page.received).toMatchObject([{ e: { code: 'INTERNAL' } }])
    expect(parts.lines.join()).toContain('The result of config.versions does not fit')
  })

  test('whose answer is longer than a frame is told so, and the channel stays', async () => {
    const page = await greeted({
      'config.schema': () => ({ long: 'ä'.repeat(MAX_FRAME_BYTES / 2) })
    })
    await page.say(call(1, 'config.schema', {}))
    expect(page.received).toMatchObject([{ t: 'err', id: 1, e: { code: 'FRAME_TOO_LARGE' } }])
    expect(page.closeReason).toBeNull()
  })

  test(`beyond ${MAX_OPEN_CALLS} open ones is TOO_MANY_CALLS until one is answered`, async () => {
    const { promise, resolve } = Promise.withResolvers<never[]>()
    const page = await greeted({ 'config.versions': () => promise, 'config.schema': () => ({}) })
    for (let id = 1; id <= MAX_OPEN_CALLS; id++) await page.say(call(id, 'config.versions', {}))
    await page.say(call(100, 'config.schema', {}))
    expect(page.received).toMatchObject([{ t: 'err', id: 100, e: { code: 'TOO_MANY_CALLS' } }])
    resolve([])
    await settled()
    await page.say(call(101, 'config.schema', {}))
    expect(page.received).toContainEqual({ t: 'ok', id: 101, r: {} })
  })
})

describe('a cancelled call', () => {
  function hanging(contexts: CallContext[]): Partial<MethodHandlers> {
    const hang = (_args: unknown, context: CallContext): Promise<never> => {
      contexts.push(context)
      return new Promise((_resolve, reject) =>
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error))
      )
    }
    return { 'config.versions': hang, 'backend.probe': hang }
  }

  test('aborts its handler and is answered once, with CANCELLED', async () => {
    const page = await greeted(hanging([]))
    await page.say(call(1, 'config.versions', {}), { t: 'cancel', id: 1 }, { t: 'cancel', id: 1 })
    expect(page.received).toMatchObject([{ t: 'err', id: 1, e: { code: 'CANCELLED' } }])
  })

  test('of an unknown id is nothing', async () => {
    const page = await greeted()
    await page.say({ t: 'cancel', id: 9 })
    expect(page).toMatchObject({ received: [], closeReason: null })
  })

  test('is what the end of the channel makes of a query, and not of a change', async () => {
    const contexts: CallContext[] = []
    const page = await greeted(hanging(contexts))
    await page.say(call(1, 'config.versions', {}), call(2, 'backend.probe', PROBE, OPERATION))
    page.close()
    await settled()
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, false])
  })
})

describe('a change', () => {
  test('without an operation id is refused and not made', async () => {
    const page = await greeted()
    await page.say(call(1, 'backend.probe', PROBE))
    expect(page.received).toMatchObject([{ e: { code: 'OPERATION_ID_REQUIRED' } }])
  })

  test('that is repeated on another channel is made once and answered twice', async () => {
    let made = 0
    const handlers = { 'backend.probe': () => (made++, PASSED) }
    const parts = contractParts(clock, { handlers })
    const before = await RawPage.greeted(parts)
    await before.say(call(1, 'backend.probe', PROBE, OPERATION))
    const after = await RawPage.greeted(parts)
    await after.say(call(1, 'backend.probe', PROBE, OPERATION))
    expect(made).toBe(1)
    expect(after.received).toEqual([{ t: 'ok', id: 1, r: PASSED }])
  })
})

describe('a subscription', () => {
  test(`beyond ${MAX_SUBSCRIPTIONS} is TOO_MANY_CALLS`, async () => {
    const parts = contractParts(clock, { topics: { fleet: { open: () => () => {} } } })
    const page = await RawPage.greeted(parts)
    for (let id = 1; id <= MAX_SUBSCRIPTIONS + 1; id++) {
      await page.say({ t: 'sub', id, topic: 'fleet', a: {} })
    }
    expect(page.received).toMatchObject([
      { t: 'err', id: MAX_SUBSCRIPTIONS + 1, e: { code: 'TOO_MANY_CALLS' } }
    ])
  })

  test.each([
    ['of an unknown topic', { topic: '__proto__', a: {} }, 'METHOD_UNKNOWN'],
    ['with wrong arguments', { topic: 'events', a: { since: -1 } }, 'ARGUMENTS_INVALID'],
    ['whose source breaks', { topic: 'fleet', a: {} }, 'INTERNAL']
  ])('%s ends with an error', async (_what, request, code) => {
    const page = await greeted()
    await page.say({ t: 'sub', id: 1, ...request })
    expect(page.received).toMatchObject([{ t: 'err', id: 1, e: { code } }])
  })

  test('whose payload breaks the contract ends where payloads are checked', async () => {
    const fleet = {
      open: (_args: object, push: (payload: never) => void) => {
        push({ wrong: true } as never)
        return () => {}
      }
    }
    const parts = contractParts(clock, { topics: { fleet } })
    const page = await RawPage.greeted(parts)
    await page.say({ t: 'sub', id: 1, topic: 'fleet', a: {} })
    expect(page.received).toMatchObject([{ t: 'err', id: 1, e: { code: 'INTERNAL' } }])
  })

  test('is released once, by the page or by the end of the channel', async () => {
    let released = 0
    const parts = contractParts(clock, { topics: { fleet: { open: () => () => released++ } } })
    const page = await RawPage.greeted(parts)
    await page.say({ t: 'sub', id: 1, topic: 'fleet', a: {} }, { t: 'unsub', id: 1 })
    await page.say({ t: 'unsub', id: 1 }, { t: 'sub', id: 2, topic: 'fleet', a: {} })
    expect(released).toBe(1)
    page.close()
    await settled()
    expect(released).toBe(2)
  })
})
