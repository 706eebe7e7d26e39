/**
 * A store as anybody would write it who has endless memory and a disk that never fails, and the
 * commands that do the same to it and to a real one. They must agree on everything.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { ManualClock } from '../../../test/servers/manual-clock.ts'
import type { EntryState, NewEntry, Outcome } from '../request-store.ts'
import type { RequestLog } from '../request-log.ts'
import type { FaultyDisk } from './faulty-disk.ts'
import { bodyOf, openStore, sampleEntry } from './store-stage.ts'

export interface ModelEntry {
  readonly seq: number
  readonly id: string
  readonly entry: NewEntry
  state: EntryState
  attempts: number
  replayedAs: number | null
}

export interface Model {
  readonly entries: ModelEntry[]
}

export interface Real {
  disk: FaultyDisk
  store: RequestLog
  readonly clock: ManualClock
}

const ROUTES = ['orders', 'users']
const KEYS = ['', 'a', 'b', 'c']
const MAX_BYTES = 4_000_000

type Command = fc.AsyncCommand<Model, Real>

/** Lets timers fire until the work is done: nothing in a store waits for anything else. */
async function whileTimePasses<T>({ clock }: Real, work: Promise<T>): Promise<T> {
  let isDone = false
  const done = work.finally(() => (isDone = true))
  done.catch(() => undefined)
  for (let turn = 0; !isDone && turn < 1000; turn++) await clock.advanceAsync(5)
  expect(isDone, 'the store answers').toBe(true)
  return done
}

class Append implements Command {
  readonly #entry: NewEntry

  constructor(number: number, route: number, key: number, bytes: number) {
    const [routeName, keyText] = [ROUTES[route]!, KEYS[key]!]
    this.#entry = sampleEntry(number, {
      route: routeName,
      key: keyText,
      body: bodyOf(number, bytes)
    })
  }

  check(): boolean {
    return true
  }

  async run(model: Model, real: Real): Promise<void> {
    const { seq, id } = await whileTimePasses(real, real.store.append(this.#entry))
    expect(seq).toBeGreaterThan(model.entries.at(-1)?.seq ?? 0)
    const fresh = { state: 'pending' as const, attempts: 0, replayedAs: null }
    model.entries.push({ seq, id, entry: this.#entry, ...fresh })
  }

  toString(): string {
    return `append(${this.#entry.target}, ${this.#entry.body.length} octets)`
  }
}

/** What is done to one entry, chosen by where it stands among all. */
abstract class OnOne implements Command {
  readonly #at: number

  constructor(at: number) {
    this.#at = at
  }

  check({ entries }: Readonly<Model>): boolean {
    return entries.length > 0
  }

  run(model: Model, real: Real): Promise<void> {
    return this.act(model, real, model.entries[Math.floor(this.#at * model.entries.length)]!)
  }

  abstract act(model: Model, real: Real, one: ModelEntry): Promise<void>

  toString(): string {
    return `${this.constructor.name}(${this.#at})`
  }
}

class Settle extends OnOne {
  readonly #outcome: Outcome

  constructor(at: number, outcome: Outcome) {
    super(at)
    this.#outcome = outcome
  }

  act(_: Model, real: Real, one: ModelEntry): Promise<void> {
    real.store.settle(one.seq, this.#outcome)
    const isDeadDeleted = one.state === 'dead' && this.#outcome.kind === 'deleted'
    if (one.state === 'pending' || (isDeadDeleted && one.replayedAs === null)) {
      one.state = this.#outcome.kind
    }
    return Promise.resolve()
  }
}

class Attempted extends OnOne {
  act(_: Model, real: Real, one: ModelEntry): Promise<void> {
    const attempts = one.attempts + 1
    real.store.attempted(one.seq, { attempts, status: 503, reason: 'it answered 503' })
    if (one.state === 'pending') one.attempts = attempts
    return Promise.resolve()
  }
}

class Replay extends OnOne {
  async act(model: Model, real: Real, one: ModelEntry): Promise<void> {
    const receipt = await whileTimePasses(real, real.store.replay(one.seq))
    const isDead = one.state === 'dead' && one.replayedAs === null
    expect(receipt !== null).toBe(isDead)
    if (receipt === null) return
    one.replayedAs = receipt.seq
    const fresh = { state: 'pending' as const, attempts: 0, replayedAs: null }
    model.entries.push({ ...receipt, entry: one.entry, ...fresh })
  }
}

class Read extends OnOne {
  async act(_: Model, real: Real, one: ModelEntry): Promise<void> {
    const isKept = one.state === 'pending' || (one.state === 'dead' && one.replayedAs === null)
    const read = await whileTimePasses(real, real.store.read(one.seq))
    if (!isKept) expect(read).toBeNull()
    else {
      const { expiresAtMs: _expires, ...fields } = one.entry
      const { id, seq, state, attempts } = one
      expect(read).toMatchObject({ ...fields, id, seq, state, attempts })
    }
  }
}

class Find extends OnOne {
  async act(_: Model, real: Real, one: ModelEntry): Promise<void> {
    const head = await whileTimePasses(real, real.store.find(one.id))
    const { seq, id, state, attempts, replayedAs } = one
    expect(head).toMatchObject({ seq, id, state, attempts, replayedAs })
  }
}

class List implements Command {
  check(): boolean {
    return true
  }

  async run(model: Model, { store }: Real): Promise<void> {
    const seqsOf = (isWanted: (one: ModelEntry) => boolean): readonly number[] =>
      model.entries.filter(isWanted).map(({ seq }) => seq)
    const isDead = ({ state, replayedAs }: ModelEntry): boolean =>
      state === 'dead' && replayedAs === null
    const pending = await store.pendingAfter(0, 100_000)
    expect(pending.map(({ seq }) => seq)).toEqual(seqsOf(({ state }) => state === 'pending'))
    const dead = await store.list({ states: ['dead'], limit: 100_000 })
    expect(dead.map(({ seq }) => seq)).toEqual(seqsOf(isDead))
    const some = await store.list({ states: ['pending'], route: 'users', key: 'a', limit: 100_000 })
    expect(some.map(({ seq }) => seq)).toEqual(
      seqsOf(({ state, entry }) => {
        return state === 'pending' && entry.route === 'users' && entry.key === 'a'
      })
    )
    const { pending: pendingCount, dead: deadCount } = store.stats()
    expect(pendingCount).toBe(pending.length)
    expect(deadCount).toBe(dead.length)
  }

  toString(): string {
    return 'list'
  }
}

/** Also what housekeeping does in that time. */
class Pass implements Command {
  readonly #ms: number

  constructor(ms: number) {
    this.#ms = ms
  }

  check(): boolean {
    return true
  }

  async run(_: Model, { clock }: Real): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await clock.advanceAsync(this.#ms / 20)
  }

  toString(): string {
    return `pass(${this.#ms} ms)`
  }
}

/** Closed, or killed when everything that was told is on the disk. */
class Reopen implements Command {
  readonly #how: 'close' | 'kill' | 'power'

  constructor(how: 'close' | 'kill' | 'power') {
    this.#how = how
  }

  check(): boolean {
    return true
  }

  async run(_: Model, real: Real): Promise<void> {
    if (this.#how === 'close') await whileTimePasses(real, real.store.close())
    else await whileTimePasses(real, real.store.settled())
    real.disk = real.disk.afterCrash(this.#how === 'power' ? 'power' : 'kill')
    const stage = await openStore(real.disk, { maxBytes: MAX_BYTES }, real.clock)
    expect(stage.events).toEqual([])
    real.store = stage.store
  }

  toString(): string {
    return `reopen after ${this.#how}`
  }
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

const outcome = fc.constantFrom<Outcome>(
  { kind: 'delivered', status: 200 },
  { kind: 'delivered', status: 204 },
  { kind: 'dead', status: 422, reason: 'it answered 422' },
  { kind: 'expired' },
  { kind: 'deleted' }
)

const append = fc
  .tuple(
    fc.nat({ max: 9_999_999 }),
    fc.nat({ max: 1 }),
    fc.nat({ max: 3 }),
    fc.constantFrom(0, 20, 2000, 20_000)
  )
  .map((drawn) => new Append(...drawn))

const settle = fc.tuple(share, outcome).map((drawn) => new Settle(...drawn))

/** Twice as many appends and settlements as of the rest, so that there is something to do. */
export const STORE_COMMANDS: readonly fc.Arbitrary<Command>[] = [
  append,
  append,
  append,
  settle,
  settle,
  share.map((at) => new Attempted(at)),
  share.map((at) => new Replay(at)),
  share.map((at) => new Read(at)),
  share.map((at) => new Find(at)),
  fc.constant(new List()),
  fc.constantFrom(10, 1000, 40_000).map((ms) => new Pass(ms)),
  fc.constantFrom('close' as const, 'kill' as const, 'power' as const).map((how) => new Reopen(how))
]

export async function freshStore(disk: FaultyDisk, clock: ManualClock): Promise<Real> {
  const { store } = await openStore(disk, { maxBytes: MAX_BYTES }, clock)
  return { disk, store, clock }
}
