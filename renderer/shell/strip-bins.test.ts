/** Places on the event strip: by time, near ones together, the worst gives the face. */
import { describe, expect, test } from 'vitest'
import { anEvent } from '../testing/live-payloads.ts'
import { NOW_MS } from '../testing/manual-page.ts'
import { STRIP_SPAN_MS, stripBins } from './strip-bins.ts'

const ago = (
  seq: number,
  minutes: number,
  given: Parameters<typeof anEvent>[1] = {}
): ReturnType<typeof anEvent> => anEvent(seq, { atMs: NOW_MS - minutes * 60_000, ...given })

describe('stripBins', () => {
  test('stands events by their time and leaves out what is older than an hour', () => {
    const bins = stripBins([ago(1, 61), ago(2, 45), ago(3, 15), ago(4, 0)], NOW_MS, 0.02)
    expect(bins.map(({ at }) => at)).toEqual([0.25, 0.75, 1])
  })

  test('puts events together that would overlap', () => {
    const bins = stripBins([ago(1, 30), ago(2, 29.5), ago(3, 29), ago(4, 10)], NOW_MS, 0.02)
    expect(bins.map(({ events }) => events.map(({ seq }) => seq))).toEqual([[1, 2, 3], [4]])
    const places = bins.map(({ at }) => at)
    expect(places[1]! - places[0]!).toBeGreaterThanOrEqual(0.02)
  })

  test('shows the newest of the worst and keeps its key while a bin grows', () => {
    const first = [ago(1, 30, { severity: 'critical' }), ago(2, 29.9, { severity: 'info' })]
    const [bin] = stripBins(first, NOW_MS, 0.02)
    expect(bin).toMatchObject({ key: 1, worst: { seq: 1 } })
    const more = [...first, ago(3, 29.8, { severity: 'critical' })]
    expect(stripBins(more, NOW_MS, 0.02)[0]).toMatchObject({ key: 1, worst: { seq: 3 } })
  })

  test('keeps an event of a clock ahead of ours on the strip', () => {
    expect(stripBins([ago(1, -1)], NOW_MS, 0.02)[0]?.at).toBe(1)
    expect(STRIP_SPAN_MS).toBe(3_600_000)
  })
})
