/** Contract: every way from a source to a sink is found, over named outputs and patterns; what leads nowhere ends. */
import { describe, expect, test } from 'vitest'
import { readToml } from '../toml/toml-document.ts'
import { componentsOf } from './component.ts'
import { Wiring } from './wiring.ts'

/** `in > t.a`: the ways to the sink `out`, and the inputs of it that are nobody's. */
function waysOf(inputs: string, transforms = ''): readonly string[] {
  const reading = readToml(
    `[sources.in]\n[sources."in.2"]\n${transforms}\n[sinks.out]\ninputs = ${inputs}\n`
  )
  if (!reading.ok) throw new Error(reading.problem.message)
  const [sources, steps, [sink]] = (['source', 'transform', 'sink'] as const).map((kind) =>
    componentsOf(reading.root, kind)
  ) as [
    ReturnType<typeof componentsOf>,
    ReturnType<typeof componentsOf>,
    ReturnType<typeof componentsOf>
  ]
  const wiring = new Wiring(sources, steps)
  const ways = wiring
    .suppliesOf(sink!)
    .map(({ source, steps: way }) =>
      [
        source.id,
        ...way.map(({ transform, output }) => transform.id + (output === null ? '' : `.${output}`))
      ].join(' > ')
    )
  return [...ways, ...wiring.unknownInputsOf(sink!).map((name) => `unknown ${name}`)]
}

const ROUTE =
  '[transforms.t]\ntype = "route"\ninputs = ["in"]\nroute.a = ".x == 1"\nroute.b = ".x == 2"'

describe('inputs', () => {
  test('name sources, also such with dots, and one of them without a list', () => {
    expect(waysOf('["in", "in.2"]')).toEqual(['in', 'in.2'])
    expect(waysOf('"in.2"')).toEqual(['in.2'])
  })

  test('name outputs of transforms, known or not', () => {
    expect(waysOf('["t.b", "t._unmatched"]', ROUTE)).toEqual(['in > t.b', 'in > t._unmatched'])
  })

  test('may be patterns, which take sources and outputs', () => {
    expect(waysOf('["*"]', ROUTE)).toEqual(['in', 'in.2', 'in > t.a', 'in > t.b'])
    expect(waysOf('["t.*"]', ROUTE)).toEqual(['in > t.a', 'in > t.b'])
    expect(waysOf('["*n*2"]', ROUTE)).toEqual(['in.2'])
    expect(waysOf('["inn*"]')).toEqual(['unknown inn*'])
  })

  test('lead over several transforms, in the order in which events take them', () => {
    const chain = `${ROUTE}\n[transforms.u]\ntype = "remap"\ninputs = ["t.a", "in.2"]`
    expect(waysOf('["u"]', chain)).toEqual(['in > t.a > u', 'in.2 > u'])
  })

  test('that are nobody’s, or no texts, lead nowhere', () => {
    expect(waysOf('["ghost", "t.a"]')).toEqual(['unknown ghost', 'unknown t.a'])
    expect(waysOf('[1, 2]')).toEqual([])
  })
})

describe('what would not end', () => {
  test('a circle ends, and the way into it is found', () => {
    const circle =
      '[transforms.a]\ninputs = ["b", "in"]\n[transforms.b]\ninputs = ["a"]\n[transforms.c]\ninputs = ["c"]'
    expect(waysOf('["a", "c"]', circle)).toEqual(['in > a'])
  })

  test('a way of thousands of steps is not looked at', () => {
    const chain = Array.from(
      { length: 20_000 },
      (_, at) => `[transforms.t${at}]\ninputs = ["${at === 0 ? 'in' : `t${at - 1}`}"]`
    ).join('\n')
    expect(waysOf('["t98"]', chain)).toHaveLength(1)
    expect(waysOf('["t19999"]', chain)).toEqual([])
  })

  test('ways that double at every step are looked at up to a bound', () => {
    const doubling = Array.from({ length: 60 }, (_, at) => {
      const from = at === 0 ? '"in", "in.2"' : `"a${at - 1}", "b${at - 1}"`
      return `[transforms.a${at}]\ninputs = [${from}]\n[transforms.b${at}]\ninputs = [${from}]`
    }).join('\n')
    expect(waysOf('["a59"]', doubling)).toHaveLength(100)
  })
})
