/** Objects that refuse what they do not model, instead of answering `undefined`. */

export function unmodelled(what: string): never {
  throw new Error(`The Electron double does not model ${what}.`)
}

/** Names that a promise resolution or the test runner's printer asks every object for. */
const ASKED_BY_RUNTIME: ReadonlySet<string> = new Set(['then', 'toJSON', 'constructor'])

/** Reading a member that the object lacks throws, and so does writing any. */
export function strict<T extends object>(name: string, modelled: T): T {
  return new Proxy(modelled, {
    get(target, key) {
      if (typeof key === 'symbol' || key in target || ASKED_BY_RUNTIME.has(key)) {
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      }
      return unmodelled(`${name}.${key}`)
    },
    set: (_target, key) => unmodelled(`an assignment to ${name}.${String(key)}`)
  })
}

/** Throws for the first key of `given` that is not in `known`. */
export function refuseUnknownKeys(what: string, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) unmodelled(`${what} '${key}'`)
  }
}
