/** A chart's data: bands of a stack, gaps that stay gaps, the table and the sentence. */
import { expect, test } from 'vitest'
import {
  chartSentence,
  highestOf,
  nearestIndex,
  newestOf,
  stacked,
  tableRows,
  type ChartLine,
  type ChartPicture
} from './chart-picture.ts'

function line(label: string, values: readonly (number | null)[]): ChartLine {
  return { id: label, label, values, colour: 'ok', dash: 'solid' }
}

function picture(lines: readonly ChartLine[], points: number): ChartPicture {
  return {
    kind: 'lines',
    fromMs: 0,
    toMs: points,
    atMs: Array.from({ length: points }, (_, at) => at),
    lines,
    marks: [],
    leastCeiling: 1,
    format: (value) => `${value} ms`
  }
}

test('bands lie on each other, and a gap below is a gap above', () => {
  const tops = stacked([line('2xx', [1, null, 3]), line('5xx', [1, 1, null])])
  expect(tops).toEqual([
    [1, null, 3],
    [2, null, null]
  ])
  expect(highestOf(tops)).toBe(3)
  expect(highestOf([])).toBe(0)
})

test('the nearest point is found on both sides', () => {
  expect(nearestIndex([0, 10, 20], 14)).toBe(1)
  expect(nearestIndex([0, 10, 20], 16)).toBe(2)
  expect(nearestIndex([0, 10, 20], -5)).toBe(0)
  expect(nearestIndex([0, 10, 20], 99)).toBe(2)
  expect(nearestIndex([], 5)).toBe(-1)
})

test('the newest value is the newest that was measured', () => {
  expect(newestOf(line('p50', [1, 2, null]))).toBe(2)
  expect(newestOf(line('p50', [null]))).toBeNull()
})

test('the table has the newest point first and stays short', () => {
  expect(tableRows(picture([], 5), 10)).toEqual([4, 3, 2, 1, 0])
  expect(tableRows(picture([], 300), 20)).toHaveLength(20)
  expect(tableRows(picture([], 300), 20)[0]).toBe(299)
})

test('the sentence says what is measured now, and that nothing is', () => {
  const shown = picture([line('p50', [10, 12]), line('p95', [80, 84])], 2)
  expect(chartSentence('Latency', '5 minutes', shown)).toBe(
    'Latency over the last 5 minutes. p50 12 ms, p95 84 ms now.'
  )
  const marked = { ...shown, marks: [{ seq: 1, atMs: 1, colour: 'down', text: 'x' } as const] }
  expect(chartSentence('Latency', '5 minutes', marked)).toContain('now; 1 event marked.')
  expect(chartSentence('Latency', '1 hour', picture([line('p50', [null])], 1))).toBe(
    'Latency over the last 1 hour. Nothing measured.'
  )
})
