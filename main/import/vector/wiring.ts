/** Which way events take: from the inputs of a sink back through transforms to the sources. */
import { find, textsOf, type Component } from './component.ts'

/** A transform on the way, and the one of its outputs that is taken; null: its only one. */
export interface Step {
  readonly transform: Component
  readonly output: string | null
}

/** One way to a sink. The steps are in the order in which events take them. */
export interface Supply {
  readonly source: Component
  readonly steps: readonly Step[]
}

/** More are not looked at: a sink of a real configuration has a handful. */
const MAX_SUPPLIES = 100
/** Longer ways are not looked at, either; each step is a call within a call. */
const MAX_STEPS = 100

export class Wiring {
  readonly #sources: ReadonlyMap<string, Component>
  readonly #transforms: ReadonlyMap<string, Component>
  readonly #patterns = new Map<string, readonly Named[]>()
  /** null: being found out, so that transforms in a circle end. */
  readonly #known = new Map<Component, readonly Supply[] | null>()
  #depth = 0

  constructor(sources: readonly Component[], transforms: readonly Component[]) {
    this.#sources = new Map(sources.map((one) => [one.id, one]))
    this.#transforms = new Map(transforms.map((one) => [one.id, one]))
  }

  /** Every way into this component; none where its inputs lead to no source. */
  suppliesOf(component: Component): readonly Supply[] {
    const known = this.#known.get(component)
    if (known !== undefined) return known ?? []
    if (this.#depth >= MAX_STEPS) return []
    this.#known.set(component, null)
    this.#depth += 1
    const found: Supply[] = []
    for (const input of inputsOf(component)) {
      for (const supply of this.#suppliesThrough(input)) {
        if (found.length < MAX_SUPPLIES) found.push(supply)
      }
    }
    this.#depth -= 1
    this.#known.set(component, found)
    return found
  }

  /** Inputs that name nothing. */
  unknownInputsOf(component: Component): readonly string[] {
    return inputsOf(component).filter((input) => this.#named(input).length === 0)
  }

  #suppliesThrough(input: string): readonly Supply[] {
    return this.#named(input).flatMap(({ component, output }): readonly Supply[] => {
      if (component.kind === 'source') return [{ source: component, steps: [] }]
      return this.suppliesOf(component)
        .filter(({ steps }) => steps.length < MAX_STEPS)
        .map(({ source, steps }) => ({
          source,
          steps: [...steps, { transform: component, output }]
        }))
    })
  }

  #named(input: string): readonly Named[] {
    if (input.includes('*')) return this.#matching(input)
    const component = this.#sources.get(input) ?? this.#transforms.get(input)
    if (component !== undefined) return [{ name: input, component, output: null }]
    // An id may have dots, too: the longest one counts.
    for (let dot = input.lastIndexOf('.'); dot > 0; dot = input.lastIndexOf('.', dot - 1)) {
      const transform = this.#transforms.get(input.slice(0, dot))
      if (transform === undefined) continue
      return [{ name: input, component: transform, output: input.slice(dot + 1) }]
    }
    return []
  }

  /** Every sink of a file may have the same pattern. */
  #matching(pattern: string): readonly Named[] {
    const known = this.#patterns.get(pattern)
    if (known !== undefined) return known
    const found = this.#outputs().filter(({ name }) => isMatch(name, pattern))
    this.#patterns.set(pattern, found)
    return found
  }

  #outputs(): readonly Named[] {
    const components = [...this.#sources.values(), ...this.#transforms.values()]
    return components.flatMap((component): readonly Named[] => {
      const outputs = outputsOf(component)
      if (outputs.length === 0) return [{ name: component.id, component, output: null }]
      return outputs.map((output) => ({ name: `${component.id}.${output}`, component, output }))
    })
  }
}

interface Named {
  readonly name: string
  readonly component: Component
  readonly output: string | null
}

export function inputsOf({ table }: Component): readonly string[] {
  return textsOf(find(table, 'inputs')) ?? []
}

/** The named outputs of a `route`. */
function outputsOf({ type, table }: Component): readonly string[] {
  const routes = type === 'route' ? find(table, 'route')?.value : undefined
  return routes?.kind === 'table' ? [...routes.table.keys()] : []
}

/** Without backtracking, because a file may hold any pattern. */
function isMatch(name: string, pattern: string): boolean {
  const [head = '', ...middle] = pattern.split('*')
  const tail = middle.pop() ?? ''
  if (!name.startsWith(head) || !name.endsWith(tail)) return false
  let at = head.length
  for (const part of middle) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= name.length - tail.length
}
