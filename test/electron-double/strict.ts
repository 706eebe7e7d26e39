/** Objects that refuse what they do not model, instead of answering `undefined`. */

export function unmodelled(what: string): never {
  throw new Error(`The Electron double does not model ${what}.`)
}

/** Names that a promise resolution or the test runner's printer asks every object for. */
const ASKED_BY_RUNTIME: ReadonlySet<string> = new Set(['then', 'toJSON', 'constructor'])

export interface Strictness {
  /** Members that can be assigned. */
  readonly writable?: readonly string[]
  /** Whether Electron has destroyed the object behind it. */
  readonly isDestroyed?: () => boolean
}

/** What answers on a destroyed object, too: the listeners live in JavaScript. */
const IMMORTAL: ReadonlySet<string> = new Set(['isDestroyed', 'on', 'once'])

/**
 * Reading a member that the object lacks throws, and so does writing one that is not writable, and
 * every use of what is destroyed.
 */
export function strict<T extends object>(
  name: string,
  modelled: T,
  { writable = [], isDestroyed = () => false }: Strictness = {}
): T {
  return new Proxy(modelled, {
    get(target, key) {
      if (typeof key === 'symbol' || ASKED_BY_RUNTIME.has(key)) return boundTo(target, key)
      if (!(key in target)) return unmodelled(`${name}.${key}`)
      // In Electron's words.
      if (isDestroyed() && !IMMORTAL.has(key)) throw new TypeError('Object has been destroyed')
      return boundTo(target, key)
    },
    set: (target, key, value) =>
      writable.includes(String(key))
        ? Reflect.set(target, key, value, target)
        : unmodelled(`an assignment to ${name}.${String(key)}`)
  })
}

function boundTo(target: object, key: string | symbol): unknown {
  const value: unknown = Reflect.get(target, key, target)
  return typeof value === 'function' ? value.bind(target) : value
}

/** Throws for the first key of `given` that is not in `known`. */
export function refuseUnknownKeys(what: string, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) unmodelled(`${what} '${key}'`)
  }
}
