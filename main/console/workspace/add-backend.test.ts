/** Contract: one line comes, nothing else of the text changes, and the result means what was asked. */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { addBackend } from './add-backend.ts'

const NEW = { address: '10.0.0.9:80', weight: 100, level: 0 }

interface Parsed {
  readonly pools?: readonly { readonly name: string; readonly backends?: readonly unknown[] }[]
  readonly backends?: readonly unknown[]
}

function lastOf(text: string, pool: string): unknown {
  const { pools, backends } = parse(text) as Parsed
  return (pools?.find(({ name }) => name === pool)?.backends ?? backends)?.at(-1)
}

describe('the new line', () => {
  test('follows the last backend of its pool, with its comment left where it was', () => {
    const text = `# Top.
pools:
  - name: api   # ours
    backends:
      - { address: "10.0.0.1:80",   weight: 5 }   # odd   spacing
      - { address: '10.0.0.2:80' } # last
      # - { address: "10.0.0.3:80" }

  - name: web
    backends: [ { address: "10.1.0.1:80" } ]
`
    expect(addBackend(text, 'api', NEW)).toBe(
      text.replace('# last\n', '# last\n      - { address: "10.0.0.9:80" }\n')
    )
    expect(addBackend(text, 'web', NEW)).toBe(
      text.replace('"10.1.0.1:80" }', '"10.1.0.1:80" }, { address: "10.0.0.9:80" }')
    )
  })

  test('says weight and level where they are not the default', () => {
    const text = 'pools: [{ name: api, backends: [] }]\n'
    expect(addBackend(text, 'api', { ...NEW, weight: 50, level: 2 })).toBe(
      'pools: [{ name: api, backends: [{ address: "10.0.0.9:80", weight: 50, failover_level: 2 }] }]\n'
    )
  })

  test('is written in lines where the last one is', () => {
    const text = `pools:
- name: api
  backends:
  - address: 10.0.0.1:80
    health_check:
      path: /health
  queue: { size: 5 }
`
    expect(addBackend(text, 'api', { ...NEW, weight: 7 })).toBe(
      text.replace('  queue', '  - address: "10.0.0.9:80"\n    weight: 7\n  queue')
    )
  })

  test('keeps the gap behind the dash', () => {
    const text = 'pools:\n  - name: api\n    backends:\n      -   address: 10.0.0.1:80\n'
    expect(addBackend(text, 'api', { ...NEW, weight: 7 })).toBe(
      `${text}      -   address: "10.0.0.9:80"\n          weight: 7\n`
    )
  })

  test('comes with its key where the pool has no backends yet', () => {
    const block = 'pools:\n  - name: api\n    algorithm: random # why not\nroutes: []\n'
    expect(addBackend(block, 'api', NEW)).toBe(
      block.replace('not\n', 'not\n    backends:\n      - { address: "10.0.0.9:80" }\n')
    )
    const flow = 'pools: [{ name: api }]'
    expect(addBackend(flow, 'api', NEW)).toBe(
      'pools: [{ name: api, backends: [{ address: "10.0.0.9:80" }] }]'
    )
  })

  test('is possible at the end of a text without a line break, and keeps foreign ones', () => {
    const text = 'pools:\r\n  - name: api\r\n    backends:\r\n      - address: a:80'
    const windows = `${text}\r\n# end\r\n`
    expect(addBackend(windows, 'api', NEW)).toBe(
      `${text}\r\n      - address: "10.0.0.9:80"\r\n# end\r\n`
    )
    expect(lastOf(addBackend(text, 'api', NEW), 'api')).toEqual({ address: '10.0.0.9:80' })
  })

  test('goes into the list without pools', () => {
    const text = 'backends:\n  - { address: "10.0.0.1:80" }\n'
    expect(addBackend(text, 'default', NEW)).toBe(`${text}  - { address: "10.0.0.9:80" }\n`)
  })
})

test.each([
  'x: &own-list\npools:\n  - name: api\n    backends:\n      - &a-b { address: "a:80" }\n',
  'pools:\n  - name: api\n    backends:\n      -\n        address: a:80\n',
  'pools:\n  - name: api\n    backends:\n      - { address: "a:80" }\n      - *a-b\n'.replace(
    '{ address: "a:80" }',
    '&a-b { address: "a:80" }'
  ),
  'pools:\n  - name: api\n    backends: [\n      { address: "a:80" },\n    ]\n',
  'pools:\n  - name: api\n    backends: [\n    ]\n',
  'pools:\n  - &pool\n    name: api\n    backends: &list\n      - address: a:80\n        region: |\n          far\n          away\n    timeouts: {}\n'
])(
  'odd layout %#: the backend is the last one of its pool, and the rest means the same',
  (text) => {
    const added = addBackend(text, 'api', { ...NEW, weight: 3 })
    expect(lastOf(added, 'api')).toEqual({ address: '10.0.0.9:80', weight: 3 })
    const before = (parse(text) as Parsed).pools![0]!.backends!
    expect((parse(added) as Parsed).pools![0]!.backends).toHaveLength(before.length + 1)
  }
)

test('an unknown pool is POOL_UNKNOWN, and a broken text CONFIG_INVALID', () => {
  expect(() => addBackend('pools: []\n', 'api', NEW)).toThrow(
    expect.objectContaining({ code: 'POOL_UNKNOWN' })
  )
  expect(() => addBackend('pools: [\n', 'api', NEW)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' })
  )
  expect(() => addBackend('pools: [{ name: api, backends: }]\n', 'api', NEW)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' })
  )
})
