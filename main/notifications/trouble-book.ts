/** Everything that is wrong at the moment, by what it is wrong with. */
import { subjectOf, type Trouble } from './occurrence.ts'

export interface Place {
  readonly pool: string | null
  readonly backend: string | null
}

export interface LastingTrouble extends Place {
  readonly key: string
}

interface Entry extends LastingTrouble {
  /** The engine that had reported it has died, and its successor has not repeated it. */
  isDoubted: boolean
}

export class TroubleBook {
  readonly #entries = new Map<string, Entry>()

  begin(place: Place, { key }: Trouble): void {
    const { pool, backend } = place
    this.#entries.set(idOf(place, key), { pool, backend, key, isDoubted: false })
  }

  /** Those of the keys that were there. */
  end(place: Place, keys: readonly string[]): readonly string[] {
    return keys.filter((key) => this.#entries.delete(idOf(place, key)))
  }

  doubtAll(): void {
    for (const entry of this.#entries.values()) entry.isDoubted = true
  }

  /** Ends what is still doubted, and says what that was, by pool. */
  settleDoubts(): readonly { readonly pool: string | null; readonly keys: readonly string[] }[] {
    const byPool = new Map<string, { pool: string | null; keys: string[] }>()
    for (const [id, { pool, key, isDoubted }] of this.#entries) {
      if (!isDoubted) continue
      this.#entries.delete(id)
      const subject = subjectOf({ pool })
      const group = byPool.get(subject) ?? { pool, keys: [] }
      byPool.set(subject, group)
      group.keys.push(key)
    }
    return [...byPool.values()]
  }

  /** Ends what fits, and returns it. */
  withdraw(fits: (place: Place) => boolean): readonly LastingTrouble[] {
    const gone = [...this.#entries].filter(([, entry]) => fits(entry))
    for (const [id] of gone) this.#entries.delete(id)
    return gone.map(([, { pool, backend, key }]) => ({ pool, backend, key }))
  }
}

function idOf({ pool }: Place, key: string): string {
  return JSON.stringify([subjectOf({ pool }), key])
}
