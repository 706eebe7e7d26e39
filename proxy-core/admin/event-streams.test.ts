/**
 * Contract: a client that asks for `text/event-stream` is told of every event once, in order, or
 * of the gap; it costs a bounded number of connections and octets, and nothing after it has left.
 */
import { describe, expect, it, onTestFinished } from 'vitest'
import { fieldValue } from '../../test/servers/http-head.ts'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { RawClient } from '../../test/servers/raw-client.ts'
import { ADMIN_LIMITS } from './admin-server.ts'
import { HEARTBEAT_MS, STREAM_LIMIT } from './event-streams.ts'
import {
  ADMIN_SETTINGS,
  endOf,
  jsonOf,
  refusalOf,
  requestHead,
  TOKEN,
  useAdmin
} from './testing/admin-under-test.ts'

const admin = useAdmin()

interface Message {
  readonly id: string | null
  readonly event: string
  readonly data: unknown
}

/** Reads what has come as an EventSource would; octets of the chunked framing are taken off. */
class Listener {
  readonly client: RawClient

  constructor(client: RawClient) {
    this.client = client
  }

  static async open(target = '', ...fields: readonly string[]): Promise<Listener> {
    const client = await RawClient.connect(admin().port)
    onTestFinished(() => client.close())
    client.send(
      requestHead(`GET /api/v1/events${target}`, [
        'Host: localhost',
        `Authorization: Bearer ${TOKEN}`,
        'Accept: text/event-stream',
        ...fields
      ])
    )
    const listener = new Listener(client)
    await eventually('the greeting', () => listener.messages.some(({ event }) => event === 'hello'))
    return listener
  }

  get head(): string {
    return this.client.received.toString().split('\r\n\r\n')[0]!
  }

  get text(): string {
    const body = this.client.received.toString().slice(this.head.length + 4)
    return body.replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, '').replace(/\r\n$/, '')
  }

  get messages(): readonly Message[] {
    return (
      this.text
        .split('\n\n')
        // What comes after the last empty line is not a whole message yet.
        .slice(0, -1)
        .filter((block) => /^data: /m.test(block))
        .map((block) => ({
          id: /^id: (.*)$/m.exec(block)?.[1] ?? null,
          event: /^event: (.*)$/m.exec(block)![1]!,
          data: JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as unknown
        }))
    )
  }

  async message(count: number): Promise<Message> {
    const find = (): Message | undefined => this.messages[count]
    return eventually(`message ${count} in ${this.text}`, find)
  }
}

function drain(reason: string): void {
  const engine = admin().engine
  const isReady = engine.pools[0]!.backends[0]!.adminState === 'ready'
  engine.setAdminState('api', '10.0.0.1:80', isReady ? 'drain' : 'ready', reason)
}

describe('a stream', () => {
  it('begins with what is kept and goes on with what happens', async () => {
    await admin().start()
    drain('one')
    const listener = await Listener.open()
    expect(listener.head).toMatch(/^HTTP\/1\.1 200 /)
    expect(listener.head).toMatch(/\r\nContent-Type: text\/event-stream; charset=utf-8\r\n/)
    expect(listener.head).toMatch(/\r\nCache-Control: no-store\r\n/)
    expect(await listener.message(0)).toEqual({
      id: null,
      event: 'hello',
      data: { engineStartedAtMs: admin().engine.startedAtMs }
    })
    expect(await listener.message(1)).toMatchObject({
      id: '1',
      event: 'backend_admin',
      data: { seq: 1, kind: 'backend_admin', reason: 'one' }
    })
    drain('two')
    expect(await listener.message(2)).toMatchObject({ id: '2', data: { reason: 'two' } })
  })

  it('resumes after `since`, or after `Last-Event-ID`, which goes first', async () => {
    await admin().start()
    for (const reason of ['one', 'two', 'three']) drain(reason)
    const bySince = await Listener.open('?since=2')
    expect(await bySince.message(1)).toMatchObject({ id: '3' })
    const byId = await Listener.open('?since=0', 'Last-Event-ID: 1')
    expect(await byId.message(1)).toMatchObject({ id: '2' })
    const fresh = await Listener.open('?since=2', 'Last-Event-ID: ')
    expect(await fresh.message(1)).toMatchObject({ id: '3' })
  })

  it('announces events that are no longer kept as a gap', async () => {
    await admin().start()
    for (const reason of ['one', 'two', 'three']) drain(reason)
    admin().engine.forgetEvents()
    drain('four')
    const listener = await Listener.open('?since=1')
    expect(await listener.message(1)).toEqual({ id: null, event: 'gap', data: { from: 2, to: 3 } })
    expect(await listener.message(2)).toMatchObject({ id: '4', data: { reason: 'four' } })
  })

  it('begins anew with a number from an earlier life of the engine', async () => {
    await admin().start()
    drain('one')
    const listener = await Listener.open('', 'Last-Event-ID: 900')
    expect(await listener.message(1)).toMatchObject({ id: '1' })
  })

  it.each(['x', '-1', '1.5'])('refuses Last-Event-ID %s', async (id) => {
    await admin().start()
    const fields = [
      'Host: localhost',
      `Authorization: Bearer ${TOKEN}`,
      'Accept: text/event-stream',
      `Last-Event-ID: ${id}`
    ]
    const response = await admin().ask('/api/v1/events', { fields })
    expect(refusalOf(response)).toEqual([400, 'ADMIN_REQUEST_INVALID'])
  })

  it.each(['*/*', 'application/json', 'text/event-stream;q=0', 'text/*'])(
    'is not what Accept: %s asks for',
    async (accept) => {
      await admin().start()
      const fields = ['Host: localhost', `Authorization: Bearer ${TOKEN}`, `Accept: ${accept}`]
      expect(jsonOf(await admin().ask('/api/v1/events', { fields }))).toMatchObject({ events: [] })
    }
  )

  it('is what a list with text/event-stream in it asks for, but never a HEAD', async () => {
    await admin().start()
    const listener = await Listener.open('', 'Accept: application/json;q=0.5')
    expect(listener.messages).toHaveLength(1)
    const fields = [
      'Host: localhost',
      `Authorization: Bearer ${TOKEN}`,
      'Accept: text/event-stream'
    ]
    const head = await admin().ask('/api/v1/events', { method: 'HEAD', fields })
    expect(fieldValue(head, 'content-type')).toBe('application/json; charset=utf-8')
  })

  it('needs the token', async () => {
    await admin().start({ auth: 'none' })
    const fields = ['Host: localhost', 'Accept: text/event-stream']
    const response = await admin().ask('/api/v1/events', { fields })
    expect(refusalOf(response)).toEqual([401, 'ADMIN_TOKEN_REQUIRED'])
  })
})

describe('what streams may cost', () => {
  it('refuses one more than the limit with 503, and takes another when one has left', async () => {
    await admin().start()
    const open: Listener[] = []
    for (let n = 0; n < STREAM_LIMIT; n++) open.push(await Listener.open())
    const fields = [
      'Host: localhost',
      `Authorization: Bearer ${TOKEN}`,
      'Accept: text/event-stream'
    ]
    const ask = (): ReturnType<ReturnType<typeof admin>['ask']> =>
      admin().ask('/api/v1/events', { fields })
    expect(refusalOf(await ask())).toEqual([503, 'ADMIN_STREAMS_EXHAUSTED'])
    open[0]!.client.close()
    await eventually('room', () => admin().server!.streamCount < STREAM_LIMIT)
    await Listener.open()
  })

  it('sends a heartbeat every 15 s, and outlives the rule for idle connections', async () => {
    await admin().start({}, { limits: { ...ADMIN_LIMITS, idleMs: 20 } })
    const listener = await Listener.open()
    await new Promise((resolve) => setTimeout(resolve, 50))
    admin().clock.advance(HEARTBEAT_MS)
    await eventually('a heartbeat', () => listener.text.includes(': still here\n\n'))
    expect(listener.client.hasEnded).toBe(false)
  })

  it('keeps no timer when nobody listens any more', async () => {
    await admin().start()
    const listener = await Listener.open()
    expect(admin().clock.pendingCount).toBe(1)
    listener.client.close()
    await eventually('no timer', () => admin().clock.pendingCount === 0)
  })

  it('buffers no more for a client that does not read, cuts it, and spares the others', async () => {
    await admin().start()
    const slow = await Listener.open()
    const quick = await Listener.open()
    slow.client.socket.pause()
    // More than the kernel keeps for a connection that is not read.
    const EVENTS = 120
    const reason = 'x'.repeat(50_000)
    const storm = async (): Promise<void> => {
      for (let n = 0; n < EVENTS; n++)
        admin().engine.emit({ kind: 'fault', code: 'INTERNAL', reason })
      await ManualClock.flush()
    }
    await storm()
    // The text is looked at once: it has millions of characters.
    const isThrough = (): boolean => quick.client.received.length > EVENTS * reason.length
    await eventually('the whole storm', isThrough, 20_000)
    admin().clock.advance(2 * HEARTBEAT_MS)
    await eventually('the cut', () => admin().server!.streamCount === 1)
    drain('after')
    await eventually('the next event', () => quick.client.received.includes('"reason":"after"'))
    expect(quick.messages.map(({ id }) => id)).toEqual([
      null,
      ...Array.from({ length: EVENTS + 1 }, (_, n) => String(n + 1))
    ])
  }, 30_000)
})

describe('the end of a stream', () => {
  it('comes whole when the server closes', async () => {
    await admin().start()
    const listener = await Listener.open()
    await admin().server!.close()
    await endOf(listener.client)
    expect(listener.client.received.toString()).toMatch(/0\r\n\r\n$/)
    expect(admin().clock.pendingCount).toBe(0)
  })

  it('comes with other settings, and not with the same ones', async () => {
    const server = await admin().start()
    const listener = await Listener.open()
    await server.reconfigure({ ...ADMIN_SETTINGS })
    drain('still there')
    await listener.message(1)
    await server.reconfigure({ ...ADMIN_SETTINGS, allowedHosts: ['ops.example'] })
    await endOf(listener.client)
    expect(listener.client.received.toString()).toMatch(/0\r\n\r\n$/)
  })
})
