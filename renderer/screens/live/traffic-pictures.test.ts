/** The three charts: errors on top, told apart without hue, events as marks. */
import { expect, test } from 'vitest'
import { anEvent } from '../../testing/live-payloads.ts'
import { joined } from './series-tail.ts'
import { eventMarks, latencyPicture, loadPicture, requestPicture } from './traffic-pictures.ts'

const SOURCES = { view: joined(null, []), range: '5m', toMs: 1_000_000, marks: [] } as const

test('requests are stacked with the errors on top', () => {
  const { kind, lines, fromMs, toMs } = requestPicture(SOURCES)
  expect(kind).toBe('stack')
  expect(lines.map(({ label }) => label)).toEqual(['2xx', '3xx', '4xx', '5xx', 'none'])
  expect(toMs - fromMs).toBe(300_000)
})

test('lines and bands of one chart differ in dash or fill wherever they share a hue', () => {
  for (const picture of [latencyPicture(SOURCES), loadPicture(SOURCES), requestPicture(SOURCES)]) {
    const looks = picture.lines.map(({ colour, dash, fill }) => `${colour} ${dash} ${fill}`)
    expect(new Set(looks).size).toBe(looks.length)
  }
})

test('values are written with their unit', () => {
  expect(latencyPicture(SOURCES).format(84)).toBe('84\u00a0ms')
  expect(requestPicture(SOURCES).format(1236)).toBe('1.24k')
})

test('events of the span are marked, those that change nothing are not', () => {
  const events = [
    anEvent(1, { atMs: 10 }),
    anEvent(2, { atMs: 600, severity: 'info' }),
    anEvent(3, { atMs: 700 }),
    anEvent(4, { atMs: 2000 })
  ]
  expect(eventMarks(events, 500, 1000).map(({ seq }) => seq)).toEqual([3])
})

test('what a person did is never marked in the colours of trouble', () => {
  const marks = eventMarks(
    [
      anEvent(1, { atMs: 1, kind: 'admin', severity: 'warning', actor: 'operator' }),
      anEvent(2, { atMs: 1, kind: 'backend_down', severity: 'warning' }),
      anEvent(3, { atMs: 1, kind: 'resolution', severity: 'warning', actor: 'engine' }),
      anEvent(4, { atMs: 1, kind: 'listener', severity: 'notice', actor: 'engine' })
    ],
    0,
    2
  )
  expect(marks.map(({ colour }) => colour)).toEqual(['admin', 'down', 'warn', 'fg-3'])
})
