/**
 * Contract: messages leave one at a time, as the rate allows, again after a failure and not for
 * ever; what waits is bounded and told of; an end takes 2 s at most. Time moves by hand.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { DeliveryFailure } from './delivery-failure.ts'
import { kindOf, type NotificationMessage } from './message.ts'
import { MAX_WAITING, Outbox, type OutboxNews, type OutboxParts } from './outbox.ts'
import { MAX_ATTEMPTS } from './retry-schedule.ts'
import { incident, linesOf, message, occurrence } from './testing/messages.ts'

type Settings = OutboxParts['settings']

const FREE: Settings = { rateLimit: null, timeoutMs: 10_000 }

let clock: ManualClock
let arrived: NotificationMessage[]
let attempts: number
let news: OutboxNews[]
/** What the other side does with the next attempts; taken when it has run out. */
let answers: (() => Promise<string>)[]

beforeEach(() => {
  clock = new ManualClock()
  ;[arrived, attempts, news, answers] = [[], 0, [], []]
})

function outbox(settings: Settings = FREE): Outbox {
  return new Outbox({
    ...{ clock, settings },
    // The longest wait that the jitter allows.
    random: () => 1,
    async deliver(one, signal) {
      attempts += 1
      const answer = answers.shift()
      const said = await (answer === undefined
        ? 'taken'
        : Promise.race([answer(), rejectionOf(signal)]))
      arrived.push(one)
      return said
    },
    tell: (one) => news.push(one),
    onChange: () => {}
  })
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')))
  })
}

const refuses =
  (failure: DeliveryFailure = new DeliveryFailure('It is down.')) =>
  (): Promise<string> =>
    Promise.reject(failure)
const hangs = (): Promise<string> => new Promise(() => {})

function about(id: string, changes: Partial<NotificationMessage> = {}): NotificationMessage {
  const pool = `pool-${id}`
  return message({
    incidents: [incident({ id, pool })],
    lines: linesOf(occurrence({ pool, text: `${id} began.` })),
    ...changes
  })
}

function ids(): readonly string[] {
  return arrived.map(({ incidents }) => incidents.map(({ id }) => id).join('+'))
}

describe('the rate', () => {
  const SLOW: Settings = { rateLimit: { messages: 2, perMs: 60_000 }, timeoutMs: 10_000 }

  test('lets so many through at once, then one each time a token is back', async () => {
    const box = outbox(SLOW)
    for (const id of ['a', 'b', 'c']) {
      box.add(about(id))
      await clock.advanceAsync(0)
    }
    expect(ids()).toEqual(['a', 'b'])
    await clock.advanceAsync(29_999)
    expect(ids()).toEqual(['a', 'b'])
    await clock.advanceAsync(1)
    expect(ids()).toEqual(['a', 'b', 'c'])
    expect(box.counts).toMatchObject({ delivered: 3, heldBack: 0 })
  })

  test('makes one digest of what waits, and says how many messages are in it', async () => {
    const box = outbox(SLOW)
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      box.add(about(id))
      await clock.advanceAsync(0)
    }
    await clock.advanceAsync(30_000)
    expect(ids()).toEqual(['a', 'b', 'c+d+e'])
    expect(kindOf(arrived[2]!)).toBe('digest')
    expect(arrived[2]!.heldBack).toBe(2)
    expect(box.counts).toMatchObject({ delivered: 3, heldBack: 2 })
  })

  test('joins what it holds back about one incident, and counts the lines that are left out', async () => {
    const box = outbox({ ...SLOW, rateLimit: { messages: 1, perMs: 60_000 } })
    box.add(about('other'))
    await clock.advanceAsync(0)
    for (let index = 0; index < 34; index += 1) {
      const line = occurrence({ text: `Line ${index}.`, atMs: index })
      const kind = index === 0 ? 'opened' : index === 33 ? 'closed' : 'updated'
      box.add(message({ incidents: [incident({ id: 'x', kind })], lines: linesOf(line) }))
    }
    await clock.advanceAsync(60_000)
    expect(ids()).toEqual(['other', 'x'])
    expect(kindOf(arrived[1]!)).toBe('closed')
    expect(arrived[1]).toMatchObject({ heldBack: 33, lines: { omitted: 14 } })
    expect(arrived[1]!.lines.shown).toHaveLength(20)
  })

  test('what was told of first is still the first word when it comes together with a second', async () => {
    const box = outbox({ ...SLOW, rateLimit: { messages: 1, perMs: 60_000 } })
    box.add(about('other'))
    await clock.advanceAsync(0)
    box.add(message({ incidents: [incident({ kind: 'opened' })] }))
    box.add(message({ incidents: [incident({ kind: 'updated', severity: 'warning' })] }))
    await clock.advanceAsync(60_000)
    expect(arrived[1]!.incidents).toEqual([incident({ kind: 'opened', severity: 'critical' })])
  })
})

describe('a failure', () => {
  test('is tried again after 2, 4, 8 … s, is told once, and so is its end', async () => {
    const box = outbox()
    answers = [refuses(), refuses(), refuses()]
    box.add(about('a'))
    const waits: number[] = []
    for (let index = 0; index < 3; index += 1) {
      await ManualClock.flush()
      waits.push(clock.nextDueInMs!)
      await clock.advanceAsync(clock.nextDueInMs!)
    }
    expect(waits).toEqual([2_000, 4_000, 8_000])
    expect(ids()).toEqual(['a'])
    expect(news).toEqual([
      { kind: 'failing', reason: 'It is down.', isGivenUp: false },
      { kind: 'delivering_again', attempts: 3, givenUp: 0 }
    ])
    expect(box.counts).toMatchObject({ delivered: 1, retried: 3, failed: 0, lastFailure: null })
  })

  test('waits half of that at least, whatever the jitter, and 5 minutes at most', async () => {
    const box = outbox()
    answers = Array.from({ length: MAX_ATTEMPTS - 1 }, () => refuses())
    box.add(about('a'))
    let longest = 0
    for (let index = 0; index < MAX_ATTEMPTS - 1; index += 1) {
      await ManualClock.flush()
      longest = Math.max(longest, clock.nextDueInMs!)
      await clock.advanceAsync(clock.nextDueInMs!)
    }
    expect(longest).toBe(300_000)
    expect(ids()).toEqual(['a'])
  })

  test(`is given up after ${MAX_ATTEMPTS} attempts, and the next message says so`, async () => {
    const box = outbox()
    answers = Array.from({ length: MAX_ATTEMPTS }, () => refuses())
    box.add(about('a'))
    await clock.advanceAsync(3_600_000)
    expect([attempts, ids()]).toEqual([MAX_ATTEMPTS, []])
    expect(box.counts).toMatchObject({ failed: 1, delivered: 0 })
    box.add(about('b'))
    await clock.advanceAsync(0)
    expect(arrived).toEqual([expect.objectContaining({ dropped: 1 })])
    expect(news.at(-1)).toEqual({ kind: 'delivering_again', attempts: MAX_ATTEMPTS, givenUp: 1 })
  })

  test('that is permanent is not repeated', async () => {
    const box = outbox()
    answers = [refuses(new DeliveryFailure('Gone.', { isPermanent: true }))]
    box.add(about('a'))
    box.add(about('b'))
    await clock.advanceAsync(0)
    expect(ids()).toEqual(['b'])
    expect(news[0]).toEqual({ kind: 'failing', reason: 'Gone.', isGivenUp: true })
  })

  test('that asks for patience gets it', async () => {
    const box = outbox()
    answers = [refuses(new DeliveryFailure('Slow down.', { retryAfterMs: 45_000 }))]
    box.add(about('a'))
    await ManualClock.flush()
    expect(clock.nextDueInMs).toBe(45_000)
    await box.stop(0)
  })

  test('lets what comes meanwhile join the message that waits', async () => {
    const box = outbox()
    answers = [refuses()]
    box.add(about('a'))
    await ManualClock.flush()
    box.add(about('a', { incidents: [incident({ id: 'a', kind: 'closed', closedAtMs: 9 })] }))
    await clock.advanceAsync(2_000)
    expect(arrived.map(kindOf)).toEqual(['closed'])
    expect(arrived[0]!.lines.shown).toHaveLength(2)
  })

  test('is what no answer within the timeout is', async () => {
    const box = outbox({ ...FREE, timeoutMs: 3_000 })
    answers = [hangs]
    box.add(about('a'))
    await clock.advanceAsync(3_000)
    expect(news).toEqual([{ kind: 'failing', reason: 'No answer within 3 s.', isGivenUp: false }])
    await clock.advanceAsync(2_000)
    expect(ids()).toEqual(['a'])
  })
})

test(`at most ${MAX_WAITING} incidents wait: the oldest is thrown away, told once, and counted in the next message`, async () => {
  const box = outbox({ rateLimit: { messages: 1, perMs: 1_000 }, timeoutMs: 1_000 })
  box.add(about('first'))
  await ManualClock.flush()
  for (let index = 0; index < MAX_WAITING + 7; index += 1) box.add(about(`n${index}`))
  expect(box.waiting).toBe(MAX_WAITING)
  expect(news).toEqual([{ kind: 'overflowing' }])
  expect(box.counts.dropped).toBe(7)
  await clock.advanceAsync(1_000)
  expect(arrived[1]).toMatchObject({ dropped: 7 })
  expect(arrived[1]!.incidents[0]!.id).toBe('n7')
})

test('what an attempt that failed would have told as thrown away is told by the next message', async () => {
  const box = outbox({ rateLimit: { messages: 1, perMs: 1_000 }, timeoutMs: 1_000 })
  box.add(about('first'))
  await ManualClock.flush()
  for (let index = 0; index < MAX_WAITING + 10; index += 1) box.add(about(`n${index}`))
  answers = [refuses()]
  await clock.advanceAsync(1_000)
  for (let index = 0; index < MAX_WAITING + 10; index += 1) box.add(about(`m${index}`))
  await clock.advanceAsync(10_000)
  expect(arrived[1]).toMatchObject({ dropped: box.counts.dropped })
  expect(news.filter(({ kind }) => kind === 'overflowing')).toHaveLength(1)
})

describe('the end', () => {
  test('sends what waits, past the rate and the wait, in one message', async () => {
    const box = outbox({ rateLimit: { messages: 1, perMs: 60_000 }, timeoutMs: 10_000 })
    for (const id of ['a', 'b', 'c']) box.add(about(id))
    await ManualClock.flush()
    await box.stop(2_000)
    expect(ids()).toEqual(['a', 'b+c'])
    expect(clock.pendingCount).toBe(0)
  })

  test('takes 2 s at most where the other side hangs, and says what was left', async () => {
    const box = outbox()
    answers = [hangs, hangs]
    box.add(about('a'))
    box.add(about('b'))
    const ended = box.stop(2_000)
    await clock.advanceAsync(1_999)
    expect(news).toEqual([])
    await clock.advanceAsync(1)
    await ended
    expect(news).toEqual([{ kind: 'left_behind', count: 2 }])
    expect(box.counts.dropped).toBe(2)
    await ManualClock.flush()
    expect(clock.pendingCount).toBe(0)
  })

  test('tries once more what has just failed, and leaves it then', async () => {
    const box = outbox()
    answers = [refuses(), refuses()]
    box.add(about('a'))
    await ManualClock.flush()
    await box.stop(2_000)
    expect(attempts).toBe(2)
    expect(news.at(-1)).toEqual({ kind: 'left_behind', count: 1 })
    expect(clock.pendingCount).toBe(0)
  })

  test('takes nothing more', async () => {
    const box = outbox()
    await box.stop(2_000)
    box.add(about('a'))
    expect(attempts).toBe(0)
  })
})

test('another configuration tries at once what waits after a failure', async () => {
  const box = outbox()
  answers = [refuses()]
  box.add(about('a'))
  await ManualClock.flush()
  box.reconfigure(FREE)
  await ManualClock.flush()
  expect(ids()).toEqual(['a'])
  expect(clock.pendingCount).toBe(0)
})
