/**
 * Contract: lines reach the file whole and in order, traffic never waits, memory is
 * bounded, and what is lost is counted and reported.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, statSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../test/servers/eventually.ts'
import { ManualClock } from '../../test/servers/manual-clock.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import type { EngineEventBody } from '../model/engine-event.ts'
import { logDestination, type LogDestination } from './log-destination.ts'
import { LOG_LIMITS, LogWriter, type LogLimits } from './log-writer.ts'

let clock: ManualClock
let events: EngineEventBody[]

beforeEach(() => {
  clock = new ManualClock()
  events = []
})

function writerOn(destination: LogDestination, limits: Partial<LogLimits> = {}): LogWriter {
  return new LogWriter(destination, {
    clock,
    emit: (event) => events.push(event),
    limits: { ...LOG_LIMITS, ...limits }
  })
}

/** A destination whose writes end when the test says so. */
class SlowDestination implements LogDestination {
  readonly name = 'slow.log'
  /** Text by descriptor. */
  readonly written: Record<number, string> = {}
  readonly closed: number[] = []
  pending: { readonly text: string; readonly end: (result: number | string) => void } | null = null
  #opened = 0

  open(): number {
    this.#opened++
    this.written[this.#opened] = ''
    return this.#opened
  }

  write(...[descriptor, bytes, offset, done]: Parameters<LogDestination['write']>): void {
    if (this.pending) throw new Error('A second write began before the first had ended.')
    const text = Buffer.from(bytes).toString('latin1', offset)
    const end = (result: number | string): void => {
      this.pending = null
      if (typeof result === 'string') {
        done(Object.assign(new Error(result), { code: result }), 0)
        return
      }
      this.written[descriptor] += text.slice(0, result)
      done(null, result)
    }
    this.pending = { text, end }
  }

  close(descriptor: number): void {
    this.closed.push(descriptor)
  }

  /** Ends the running write; by default all of it is written. */
  end(result?: number | string): void {
    if (!this.pending) throw new Error('No write runs.')
    this.pending.end(result ?? this.pending.text.length)
  }
}

describe('batches', () => {
  it('writes lines together after 200 ms', () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    writer.add('a\n')
    writer.add('b\n')
    clock.advance(199)
    expect(slow.pending).toBeNull()
    clock.advance(1)
    expect(slow.pending?.text).toBe('a\nb\n')
  })

  it('writes a full batch at once', () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow, { batchBytes: 6 })
    writer.add('abc\n')
    writer.add('def\n')
    expect(slow.pending?.text).toBe('abc\ndef\n')
    expect(clock.pendingCount).toBe(0)
  })

  it('collects what comes during a write, and goes on after a short write where it ended', () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    writer.add('first\n')
    clock.advance(200)
    writer.add('second\n')
    clock.advance(1000)
    slow.end(2)
    expect(slow.pending?.text).toBe('rst\n')
    slow.end()
    clock.advance(200)
    slow.end()
    expect(slow.written[1]).toBe('first\nsecond\n')
  })

  it('asks a full pipe again after 1, 2, 4, … 200 ms, and after 1 ms when it took something', () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    writer.add('abc\n')
    clock.advance(200)
    const waits = Array.from({ length: 10 }, () => {
      slow.end('EAGAIN')
      const waitMs = clock.nextDueInMs!
      clock.advance(waitMs)
      return waitMs
    })
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 200, 200])
    slow.end(1)
    slow.end('EAGAIN')
    expect(clock.nextDueInMs).toBe(1)
    writer.add('d\n')
    clock.advance(1)
    slow.end()
    clock.advance(200)
    slow.end()
    expect(slow.written[1]).toBe('abc\nd\n')
    expect(events).toEqual([])
  })

  it('writes batches larger than its own buffer whole', () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow, { batchBytes: 8, bufferBytes: 1000 })
    writer.add('12345678\n')
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}\n`)
    for (const line of lines) writer.add(line)
    slow.end()
    slow.end()
    expect(slow.written[1]).toBe(`12345678\n${lines.join('')}`)
  })
})

describe('a destination that is slower than the traffic', () => {
  it('drops the lines that do not fit, whole, and reports their number once', () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow, { bufferBytes: 10 })
    writer.add('running\n')
    clock.advance(200)
    for (const line of ['kept\n', 'lost 1\n', 'lost 2\n', 'fits\n']) writer.add(line)
    clock.advance(9999)
    expect(events).toEqual([])
    clock.advance(1)
    expect(events).toEqual([
      {
        kind: 'fault',
        code: 'ACCESS_LOG_DROPPED',
        reason: '2 lines of the access log slow.log were dropped.'
      }
    ])
    slow.end()
    clock.advance(200)
    slow.end()
    expect(slow.written[1]).toBe('running\nkept\nfits\n')
    clock.advance(60_000)
    expect(events).toHaveLength(1)
    expect(clock.pendingCount).toBe(0)
  })

  it('reports every ten seconds while it lasts', () => {
    const writer = writerOn(new SlowDestination(), { bufferBytes: 2 })
    writer.add('a\n')
    clock.advance(200)
    writer.add('b\n')
    for (let second = 0; second < 25; second++) {
      writer.add('lost\n')
      clock.advance(1000)
    }
    const counts = events.map((event) =>
      event.kind === 'fault' ? parseInt(event.reason, 10) : NaN
    )
    expect(counts).toEqual([10, 10])
  })
})

describe('a destination that fails', () => {
  it('reports the first failure, counts the lines of every one, and goes on when it works again', () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    for (const result of ['ENOSPC', 'ENOSPC', undefined, 'EIO']) {
      writer.add('x\n')
      clock.advance(200)
      slow.end(result)
    }
    const codes = events.map((event) => (event.kind === 'fault' ? event.code : event.kind))
    expect(codes).toEqual(['ACCESS_LOG_UNWRITABLE', 'ACCESS_LOG_UNWRITABLE'])
    expect(events[0]).toMatchObject({
      reason: 'The access log slow.log cannot be written: ENOSPC.'
    })
    clock.advance(10_000)
    expect(events.at(-1)).toMatchObject({
      reason: '3 lines of the access log slow.log were dropped.'
    })
    expect(slow.written[1]).toBe('x\n')
  })

  it('begins a new line after a write that broke inside one', () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    writer.add('broken line\n')
    clock.advance(200)
    slow.end(6)
    slow.end('ENOSPC')
    writer.add('whole\n')
    clock.advance(200)
    slow.end()
    expect(slow.written[1]).toBe('broken\nwhole\n')
  })
})

describe('reopen', () => {
  it('lets a running write end in the old file and puts everything else into the new one', () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    writer.add('old\n')
    clock.advance(200)
    writer.add('new\n')
    writer.reopen()
    expect(slow.closed).toEqual([])
    slow.end()
    expect(slow.closed).toEqual([1])
    clock.advance(200)
    slow.end()
    expect(slow.written).toEqual({ 1: 'old\n', 2: 'new\n' })
  })
})

describe('reopen, again before the write has ended', () => {
  it('leaves no file open', async () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    writer.add('old\n')
    clock.advance(200)
    writer.reopen()
    writer.reopen()
    slow.end()
    await writer.close()
    expect(slow.closed.toSorted()).toEqual([1, 2, 3])
  })
})

describe('close', () => {
  it('writes what is left, also what came during a write, and releases file and timers', async () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    writer.add('a\n')
    clock.advance(200)
    writer.add('b\n')
    const closing = writer.close()
    slow.end()
    slow.end()
    await closing
    await writer.close()
    writer.add('too late\n')
    expect(slow.written[1]).toBe('a\nb\n')
    expect(slow.closed).toEqual([1])
    expect(clock.pendingCount).toBe(0)
    expect(events).toEqual([])
  })

  it('waits a second at most, counts the rest, and lets the file go when the write ends', async () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    writer.add('stuck\n')
    clock.advance(200)
    writer.add('waiting\n')
    const closing = writer.close()
    clock.advance(1000)
    await closing
    expect(events).toMatchObject([
      { code: 'ACCESS_LOG_DROPPED', reason: expect.stringMatching(/^2 lines/) }
    ])
    expect(slow.closed).toEqual([])
    slow.end()
    expect(slow.closed).toEqual([1])
    expect(clock.pendingCount).toBe(0)
  })

  it('gives up a full pipe after a second', async () => {
    const slow = new SlowDestination()
    const writer = writerOn(slow)
    writer.add('a\n')
    clock.advance(200)
    slow.end('EAGAIN')
    const closing = writer.close()
    for (let waitedMs = 0; waitedMs < 1000; waitedMs++) {
      clock.advance(1)
      if (slow.pending) slow.end('EAGAIN')
    }
    await closing
    expect(slow.closed).toEqual([1])
    expect(clock.pendingCount).toBe(0)
    expect(events).toMatchObject([
      { code: 'ACCESS_LOG_DROPPED', reason: expect.stringMatching(/^1 lines/) }
    ])
  })
})

describe('on real files', () => {
  let folder: TemporaryFolder
  beforeEach(() => (folder = temporaryFolder()))
  afterEach(() => folder.remove())

  it('appends, keeps the file from other users, and follows a rotation', async () => {
    const file = folder.write('access.log', 'earlier\n')
    const writer = writerOn(logDestination(file))
    writer.add('one\n')
    clock.advance(200)
    await eventually('the first line', () => readFileSync(file, 'utf8').includes('one'))
    renameSync(file, `${file}.1`)
    writer.reopen()
    writer.add('two\n')
    await writer.close()
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('earlier\none\n')
    expect(readFileSync(file, 'utf8')).toBe('two\n')
    // The umask may take more away, never less.
    expect(statSync(file).mode & 0o137).toBe(0)
  })

  it('names a file that cannot be opened, at the start and at a rotation', async () => {
    const file = `${folder.path}/none/access.log`
    expect(() => writerOn(logDestination(file))).toThrow(
      expect.objectContaining({
        code: 'ACCESS_LOG_UNWRITABLE',
        message: expect.stringContaining(file)
      })
    )
    const rotated = folder.write('a.log', '')
    let isGone = false
    const real = logDestination(rotated)
    const writer = writerOn({ ...real, open: () => (isGone ? logDestination(file) : real).open() })
    isGone = true
    writer.reopen()
    expect(events).toMatchObject([
      {
        code: 'ACCESS_LOG_UNWRITABLE',
        reason: expect.stringContaining('The old file stays in use.')
      }
    ])
    writer.add('still\n')
    await writer.close()
    expect(readFileSync(rotated, 'utf8')).toBe('still\n')
  })

  it('refuses a FIFO that nobody reads instead of waiting for a reader', () => {
    const fifo = `${folder.path}/fifo`
    execFileSync('mkfifo', [fifo])
    expect(() => writerOn(logDestination(fifo))).toThrow(
      expect.objectContaining({ code: 'ACCESS_LOG_UNWRITABLE' })
    )
  })
})
