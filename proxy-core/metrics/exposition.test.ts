/** Contract: what is written is valid text format 0.0.4, whatever names and values go in. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  counter,
  expose,
  gauge,
  labelSet,
  labelled,
  latency,
  LATENCY_BOUNDS_MS
} from './exposition.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import { checkExposition, valueOf } from './testing/exposition-checker.ts'

const text = (chunks: Iterable<string>): string => [...chunks].join('')

describe('expose', () => {
  it('escapes backslash, quote and line feed in labels so that any name survives', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const family = gauge<number>('x', 'X.', (value) => value)
        const page = text(expose([family], [{ labels: labelSet({ pool: name }), of: 7 }]))
        expect(valueOf(checkExposition(page), 'x', { pool: name })).toBe(7)
      })
    )
  })

  it('escapes backslash and line feed in help texts', () => {
    const page = text(expose([gauge<number>('x', 'a\\b\nc', () => 1)], [{ labels: '', of: 0 }]))
    expect(checkExposition(page).get('x')?.help).toBe('a\\\\b\\nc')
  })

  it('writes infinities and large numbers as Prometheus reads them', () => {
    const family = labelled<null>('gauge', 'x', 'X.', 'k', () => [
      ['inf', Infinity],
      ['minus', -Infinity],
      ['big', 1e21],
      ['small', 1e-9]
    ])
    const page = checkExposition(text(expose([family], [{ labels: '', of: null }])))
    expect(page.get('x')?.samples.map(({ value }) => value)).toEqual([
      Infinity,
      -Infinity,
      1e21,
      1e-9
    ])
  })

  it('leaves out a family whose subjects have no sample', () => {
    const families = [gauge<null>('a', 'A.', () => null), counter<null>('b_total', 'B.', () => 1)]
    const page = checkExposition(text(expose(families, [{ labels: '', of: null }])))
    expect([...page.keys()]).toEqual(['b_total'])
  })

  it('gives cumulative bucket counts that are exact at every bound', () => {
    const histogram = new LatencyHistogram()
    // Just below and just above each bound; never on it, where rounding decides.
    for (const bound of LATENCY_BOUNDS_MS) {
      histogram.record(bound * 0.999)
      histogram.record(bound * 1.001)
    }
    const family = latency<LatencyHistogram>('x_seconds', 'X.', (of) => of)
    const page = checkExposition(text(expose([family], [{ labels: '', of: histogram }])))
    const buckets = page.get('x_seconds')!.samples.filter(({ name }) => name.endsWith('_bucket'))
    expect(buckets.map(({ value }) => value)).toEqual([
      ...LATENCY_BOUNDS_MS.map((_, index) => 2 * index + 1),
      2 * LATENCY_BOUNDS_MS.length
    ])
    expect(buckets.map(({ labels }) => labels['le'])).toEqual([
      ...['0.0004', '0.0008', '0.0016', '0.0032', '0.0064', '0.0128', '0.0256', '0.0512', '0.1024'],
      ...['0.2048', '0.4096', '0.8192', '1.6384', '3.2768', '6.5536', '13.1072', '26.2144', '+Inf']
    ])
    expect(valueOf(page, 'x_seconds_sum')).toBeCloseTo(histogram.sumMs / 1000, 9)
  })

  it('cuts a long page into chunks between lines', () => {
    const subjects = Array.from({ length: 3000 }, (_, of) => ({
      labels: labelSet({ n: `${of}` }),
      of
    }))
    const chunks = [...expose([gauge<number>('x', 'X.', (value) => value)], subjects)]
    expect(chunks.length).toBeGreaterThan(1)
    expect(chunks.every((chunk) => chunk.endsWith('\n') && chunk.length < 40_000)).toBe(true)
    expect(checkExposition(chunks.join('')).get('x')?.samples).toHaveLength(3000)
  })
})
