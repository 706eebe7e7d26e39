/** Contract: the checker that other tests trust refuses each kind of broken page. */
import { describe, expect, it } from 'vitest'
import { checkExposition, valueOf } from './exposition-checker.ts'

const counter = '# HELP a_total A.\n# TYPE a_total counter\n'
const histogram = '# HELP h_seconds H.\n# TYPE h_seconds histogram\n'

describe('checkExposition', () => {
  it('reads a good page with escaped labels', () => {
    const page = checkExposition(`${counter}a_total{pool="x\\"y\\\\z\\n"} 1.5e+3\n`)
    expect(valueOf(page, 'a_total', { pool: 'x"y\\z\n' })).toBe(1500)
  })

  it.each([
    ['no final line feed', `${counter}a_total 1`],
    ['an empty line', `${counter}\na_total 1\n`],
    ['a carriage return', `${counter}a_total 1\r\n`],
    ['a sample before its TYPE', 'a_total 1\n'],
    ['a counter without _total', '# HELP a A.\n# TYPE a counter\na 1\n'],
    ['a gauge with _total', '# HELP a_total A.\n# TYPE a_total gauge\na_total 1\n'],
    ['a family in two pieces', `${counter}a_total{x="1"} 1\n${counter}a_total{x="2"} 1\n`],
    ['a family without samples', counter],
    ['a series that stands twice', `${counter}a_total{x="1"} 1\na_total{x="1"} 2\n`],
    ['a raw quote in a label', `${counter}a_total{x="a"b"} 1\n`],
    ['an unknown escape', `${counter}a_total{x="a\\t"} 1\n`],
    ['a trailing comma', `${counter}a_total{x="a",} 1\n`],
    ['a negative counter', `${counter}a_total -1\n`],
    ['label names that differ', `${counter}a_total{x="1"} 1\na_total{y="1"} 1\n`],
    ['a value that is not a number', `${counter}a_total undefined\n`],
    ['milliseconds', '# HELP a_ms A.\n# TYPE a_ms gauge\na_ms 1\n'],
    [
      'a histogram without +Inf',
      `${histogram}h_seconds_bucket{le="1"} 1\nh_seconds_sum 1\nh_seconds_count 1\n`
    ],
    [
      'bucket counts that fall',
      `${histogram}h_seconds_bucket{le="1"} 2\nh_seconds_bucket{le="+Inf"} 1\nh_seconds_sum 1\nh_seconds_count 1\n`
    ],
    [
      'a +Inf bucket unlike the count',
      `${histogram}h_seconds_bucket{le="+Inf"} 1\nh_seconds_sum 1\nh_seconds_count 2\n`
    ],
    ['a histogram without a sum', `${histogram}h_seconds_bucket{le="+Inf"} 1\nh_seconds_count 1\n`]
  ])('refuses %s', (_, text) => {
    expect(() => checkExposition(text)).toThrow()
  })
})
