/** Contract: the two files of seed 000 become what they mean, and each line that Vector would refuse is told so. */
import { describe, expect, test } from 'vitest'
import {
  entryOf,
  fixture,
  imported,
  leftOf,
  poolOf,
  resultOf,
  routeOf
} from './testing/imported.ts'

const BUFFERED = fixture('seed-000-block-1')
const PARTITIONED = fixture('seed-000-block-2')
/** What is wrong with the first file as TOML is one line. */
const MENDED = BUFFERED.replace(/^---$/m, '')

describe('the file with a buffer, as it stands in the seed', () => {
  test('is refused at the dashes, with what to do', () => {
    expect(resultOf(BUFFERED)).toEqual({
      ok: false,
      entries: [],
      problems: [
        expect.objectContaining({
          code: 'SYNTAX',
          file: 'vector.toml',
          line: 17,
          column: 1,
          width: 3,
          hint: expect.stringContaining('Take it out.')
        })
      ]
    })
  })
})

describe('the file with a buffer, the dashes taken out', () => {
  test('becomes a route that stores, and tries again as often as it says', () => {
    const result = imported(MENDED)
    expect(result.document).toEqual({
      version: 1,
      listeners: [{ name: 'http_in', address: '0.0.0.0:8080' }],
      routes: [
        {
          name: 'http_out',
          listeners: ['http_in'],
          pool: 'http_out',
          buffer: {
            mode: 'store',
            ttl: '0s',
            attempts: 6,
            backoff: { growth: 2, scale: '1s', max: '30s' }
          }
        }
      ],
      pools: [{ name: 'http_out', backends: [{ address: 'api-flow:8080' }] }],
      buffer: { directory: './buffer', max_size: '100MB' }
    })
  })

  test('leaves the encoding, with the reason', () => {
    const { entries } = imported(MENDED)
    expect(leftOf(entries)).toEqual(['9 sinks.http_out.encoding.codec'])
    expect(entryOf(entries, 'sinks.http_out.encoding.codec')).toMatchObject({
      column: 1,
      value: '"json"',
      why: expect.stringContaining('passed on as it came'),
      instead: expect.stringContaining('unless the backend expects')
    })
  })

  test.each([
    ['sources.http_in.type', /200 without a body/],
    ['sinks.http_out.type', /in one POST, as a JSON array/],
    ['sinks.http_out.retries', /no option of this name.*request\.retry_attempts/],
    ['sinks.http_out.backoff', /no option of this name.*Fibonacci/],
    ['sinks.http_out.buffer.type', /half a second before.*data_dir/],
    ['sinks.http_out.buffer.max_size', /refused.*268435488/]
  ])('says of %s what Vector makes of it', (path, expected) => {
    expect(entryOf(imported(MENDED).entries, path).origin).toMatch(expected)
  })

  test('names the line of the file behind each value', () => {
    const { yaml } = imported(MENDED)
    expect(yaml).toContain('address: 0.0.0.0:8080 # line 3\n')
    expect(yaml).toContain('attempts: 6 # line 11\n')
    expect(yaml).toContain('max_size: 100MB # line 16\n')
  })
})

describe('the file with partitions', () => {
  test('becomes one pool whose backends have one partition each, in the order of their numbers', () => {
    const result = imported(PARTITIONED)
    expect(routeOf(result)).toEqual({
      name: 'partition',
      listeners: ['http_in'],
      pool: 'partition'
    })
    expect(poolOf(result)).toEqual({
      name: 'partition',
      algorithm: 'partition',
      partition: {
        key: 'header:x-process-id',
        method: 'modulo',
        count: 3,
        when_unavailable: 'refuse'
      },
      backends: [
        { address: 'api-flow-0:8080' },
        { address: 'api-flow-1:8080' },
        { address: 'api-flow-2:8080' }
      ]
    })
    expect(result.warnings).toEqual([])
  })

  test('leaves nothing', () => {
    expect(leftOf(imported(PARTITIONED).entries)).toEqual([])
  })

  test.each([
    ['transforms.partition.type', /no transform of this type/],
    ['transforms.partition.partition.key', /only if `headers` of the source lists it/],
    ['sinks.http_0.type', /without `encoding\.codec`/],
    ['sinks.http_0.condition', /Sinks have no conditions/],
    ['sinks.http_2.condition', /Sinks have no conditions/]
  ])('says of %s what Vector makes of it', (path, expected) => {
    expect(entryOf(imported(PARTITIONED).entries, path).origin).toMatch(expected)
  })

  test('the order of the sinks in the file does not matter, their numbers do', () => {
    const [head, ...sinks] = PARTITIONED.split(/(?=^# Sink pre)/m)
    const turned = imported([head, ...sinks.toReversed()].join('\n'))
    expect(poolOf(turned)).toMatchObject(poolOf(imported(PARTITIONED)))
  })

  test('partitions without a sink are told', () => {
    const { entries } = imported(PARTITIONED.replace('partitions = 3', 'partitions = 5'))
    expect(entryOf(entries, 'transforms.partition.partitions').why).toMatch(
      /take 0, 1, 2 of 5 partitions.*modulo 3/
    )
  })

  test('two sinks for one partition are one too many', () => {
    const { entries, document } = imported(PARTITIONED.replace('== 2', '== 1'))
    expect(leftOf(entries)).toContain('27 sinks.http_2.type')
    expect(JSON.stringify(document)).not.toContain('api-flow-2')
  })

  test('two partitions for one server are one backend, and the second sink is told', () => {
    const { entries, document } = imported(PARTITIONED.replace('api-flow-2', 'api-flow-1'))
    expect(entryOf(entries, 'sinks.http_2.type')).toMatchObject({
      became: null,
      why: expect.stringContaining('sinks.http_1 in line 19 sends to the same backend')
    })
    expect(JSON.stringify(document).match(/api-flow-1/g)).toHaveLength(1)
  })

  test('what it does with a key that no request has is not guessed', () => {
    const result = resultOf(PARTITIONED.replace('headers.x-process-id', 'process'))
    expect(result).toMatchObject({ ok: false, problems: [{ code: 'MISSING' }] })
  })
})
