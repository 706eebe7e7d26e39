/**
 * Topics whose payload is longer than a frame, between both real ends: it arrives whole, and a
 * state that cannot be told any more never goes on looking current.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contractParts, settled } from '../../main/contract/testing/contract-host.ts'
import { MAX_PAYLOAD_CHARACTERS } from '../../main/contract/payload-parts.ts'
import { serveContract } from '../../main/contract/serve-contract.ts'
import type { TopicSources } from '../../main/contract/topic-sources.ts'
import { MAX_FRAME_BYTES, type Channel } from '../../preload/contract/channel.ts'
import { memoryChannel } from '../../preload/contract/memory-channel.ts'
import type { TopicPayload } from '../../preload/contract/topics.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import type { ConnectionState } from './console-backend.ts'
import { ContractClient } from './contract-client.ts'

type Verdict = TopicPayload<'verdict'>

let clock: ManualClock
let client: ContractClient
let defects: unknown[]
let push: (verdict: Verdict) => void

beforeEach(() => {
  clock = new ManualClock()
  defects = []
})
afterEach(() => client.close())

async function connect(serve: (channel: Channel) => void): Promise<void> {
  client = new ContractClient({
    openChannel() {
      const [page, host] = memoryChannel()
      serve(host)
      return Promise.resolve(page)
    },
    clock,
    random: () => 0,
    newOperationId: () => 'operation-of-the-test',
    onDefect: (error) => defects.push(error)
  })
  await settled()
}

async function watched(): Promise<Verdict[]> {
  const verdict: TopicSources['verdict'] = {
    open(_args, given) {
      push = given
      return () => {}
    }
  }
  const parts = contractParts(clock, { topics: { verdict } })
  await connect((channel) => serveContract(channel, parts))
  const received: Verdict[] = []
  client.subscribe('verdict', {}, (payload) => received.push(payload))
  await settled()
  return received
}

function verdictOf(sentence: string): Verdict {
  return {
    status: 'serving',
    sentence,
    short: 's',
    servingBackends: 1,
    totalBackends: 1
  } as Verdict
}

describe('a payload longer than a frame', () => {
  test.each([
    ['of plain text', 'x'.repeat(2 * MAX_FRAME_BYTES)],
    ['that is longer once escaped', '"\\\n'.repeat(MAX_FRAME_BYTES / 3)],
    ['of characters that take two units', '😀'.repeat(MAX_FRAME_BYTES / 2 + 1)]
  ])('%s arrives whole, is acknowledged once, and the next one follows', async (_what, text) => {
    const received = await watched()
    push(verdictOf(text))
    push(verdictOf('replaced by the one after it'))
    push(verdictOf('short'))
    await settled()
    expect(received.map(({ sentence }) => sentence === text)).toEqual([true, false])
    expect(received[1]?.sentence).toBe('short')
    expect(defects).toEqual([])
    expect(client.connection.kind).toBe('open')
  })
})

describe('a state that cannot be told', () => {
  test('because it is too long even in parts shows as a lost connection, which comes back', async () => {
    const states: ConnectionState[] = []
    const received = await watched()
    client.onConnection((state) => states.push(state))
    push(verdictOf('serving'))
    await settled()
    push(verdictOf('x'.repeat(MAX_PAYLOAD_CHARACTERS)))
    await settled()
    expect(states).toMatchObject([
      { kind: 'reconnecting', reason: 'The data has more than 4194304 octets.' }
    ])
    expect(defects).toMatchObject([{ code: 'FRAME_TOO_LARGE' }])
    await clock.advanceAsync(125)
    push(verdictOf('down'))
    await settled()
    expect(received.at(-1)?.sentence).toBe('down')
  })

  test('does not come from parts that make up no JSON: the channel closes', async () => {
    await connect((channel) => {
      channel.onFrame((frame) => {
        const { t, id } = frame as { readonly t: string; readonly id: number }
        if (t === 'hello') channel.send({ t: 'hello', hello: contractParts(clock).hello })
        if (t !== 'sub') return
        channel.send({ t: 'part', id, seq: 1, text: '{"status":', isLast: false })
        channel.send({ t: 'part', id, seq: 2, text: '"serving"}', isLast: true })
      })
    })
    client.subscribe('verdict', {}, () => {})
    await settled()
    expect(client.connection).toMatchObject({
      kind: 'reconnecting',
      reason: 'The parts of a payload make up no JSON.'
    })
  })
})
