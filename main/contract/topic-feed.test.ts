/**
 * A subscription to a slow page: a snapshot skips what was replaced, a log loses nothing that its
 * source still has, and neither holds more than its bound.
 */
import { describe, expect, test } from 'vitest'
import { LogFeed, MAX_QUEUED_BATCHES, SnapshotFeed } from './topic-feed.ts'

/** A source whose pushes the test makes. */
class ScriptedSource {
  readonly openings: number[] = []
  released = 0
  push: (payload: unknown) => void = () => {}

  readonly open = (args: { readonly since: number }, push: (payload: unknown) => void) => {
    this.openings.push(args.since)
    this.push = push
    return () => void this.released++
  }
}

class Delivered {
  readonly payloads: unknown[] = []
  lastSeq = 0

  readonly deliver = (seq: number, payload: unknown): void => {
    expect(seq).toBe(this.lastSeq + 1)
    this.lastSeq = seq
    this.payloads.push(payload)
  }
}

function snapshotFeed(): { source: ScriptedSource; page: Delivered; feed: SnapshotFeed } {
  const source = new ScriptedSource()
  const page = new Delivered()
  const feed = new SnapshotFeed((push) => source.open({ since: 0 }, push), page.deliver)
  feed.open()
  return { source, page, feed }
}

function logFeed(since = 0): { source: ScriptedSource; page: Delivered; feed: LogFeed } {
  const source = new ScriptedSource()
  const page = new Delivered()
  const feed = new LogFeed('events', { since }, source.open, page.deliver)
  feed.open()
  return { source, page, feed }
}

function batch(seq: number): { events: { seq: number }[]; gap: null } {
  return { events: [{ seq }], gap: null }
}

describe('SnapshotFeed', () => {
  test('sends at once what the source has', () => {
    const { source, page } = snapshotFeed()
    source.push('a')
    expect(page.payloads).toEqual(['a'])
  })

  test('sends only the newest of what came before the acknowledgement', () => {
    const { source, page, feed } = snapshotFeed()
    for (const payload of ['a', 'b', 'c', 'd']) source.push(payload)
    expect(page.payloads).toEqual(['a'])
    feed.acknowledge(1)
    expect(page.payloads).toEqual(['a', 'd'])
    feed.acknowledge(2)
    source.push('e')
    expect(page.payloads).toEqual(['a', 'd', 'e'])
  })

  test('sends an undefined-looking value too: what waits is known by its slot, not its worth', () => {
    const { source, page, feed } = snapshotFeed()
    source.push('a')
    source.push(null)
    feed.acknowledge(1)
    expect(page.payloads).toEqual(['a', null])
  })

  test.each([0, 2, 99])('takes the acknowledgement of %i for nothing', (seq) => {
    const { source, page, feed } = snapshotFeed()
    source.push('a')
    source.push('b')
    feed.acknowledge(seq)
    expect(page.payloads).toEqual(['a'])
  })

  test('releases its source and hears it no more', () => {
    const { source, page, feed } = snapshotFeed()
    feed.close()
    feed.close()
    source.push('a')
    feed.acknowledge(0)
    expect(source.released).toBe(1)
    expect(page.payloads).toEqual([])
  })
})

describe('LogFeed', () => {
  test('sends every batch in order, one at a time', () => {
    const { source, page, feed } = logFeed()
    for (const seq of [1, 2, 3]) source.push(batch(seq))
    expect(page.payloads).toEqual([batch(1)])
    feed.acknowledge(1)
    feed.acknowledge(1)
    expect(page.payloads).toEqual([batch(1), batch(2)])
    feed.acknowledge(2)
    expect(page.payloads).toEqual([batch(1), batch(2), batch(3)])
  })

  test('leaves its source when the page falls behind, and goes on after the last batch sent', () => {
    const { source, page, feed } = logFeed(40)
    const fits = MAX_QUEUED_BATCHES + 1
    for (let seq = 41; seq <= 40 + fits + 5; seq++) source.push(batch(seq))
    expect(source).toMatchObject({ openings: [40], released: 1 })
    for (let sent = 1; sent <= fits; sent++) feed.acknowledge(sent)
    expect(page.payloads).toEqual(Array.from({ length: fits }, (_, at) => batch(41 + at)))
    expect(source.openings).toEqual([40, 40 + fits])
    source.push(batch(41 + fits))
    expect(page.payloads.at(-1)).toEqual(batch(41 + fits))
  })

  test('goes on behind a gap that its source named', () => {
    const { source, feed } = logFeed()
    source.push({ events: [], gap: { from: 1, to: 90 } })
    for (let seq = 91; seq <= 91 + MAX_QUEUED_BATCHES; seq++) source.push(batch(seq))
    for (let sent = 1; sent <= MAX_QUEUED_BATCHES + 1; sent++) feed.acknowledge(sent)
    expect(source.openings).toEqual([0, 90 + MAX_QUEUED_BATCHES])
  })

  test('hears no source that it has left', () => {
    const { source, page, feed } = logFeed()
    const stale = source.push
    for (let seq = 1; seq <= MAX_QUEUED_BATCHES + 2; seq++) stale(batch(seq))
    for (let sent = 1; sent <= MAX_QUEUED_BATCHES + 1; sent++) feed.acknowledge(sent)
    const count = page.payloads.length
    stale(batch(99))
    expect(page.payloads).toHaveLength(count)
  })

  test('survives a source that floods it while it opens', () => {
    const page = new Delivered()
    let released = 0
    const flood = (args: { readonly since: number }, push: (payload: unknown) => void) => {
      for (let seq = args.since + 1; seq <= args.since + 100; seq++) push(batch(seq))
      return () => void released++
    }
    const feed = new LogFeed('events', { since: 0 }, flood, page.deliver)
    feed.open()
    expect(released).toBe(1)
    for (let sent = 1; sent <= 40; sent++) feed.acknowledge(sent)
    expect(page.payloads).toEqual(Array.from({ length: 41 }, (_, at) => batch(at + 1)))
    feed.close()
    expect(released).toBeGreaterThan(1)
  })
})
