/** Contract: the table of docs/reference/failover.md, row by row, as it stands there. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MachineLab } from './testing/machine-lab.ts'

const DOCUMENT = readFileSync(new URL('../../docs/reference/failover.md', import.meta.url), 'utf8')

interface Row {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly levels: string
}

function rowsOf(document: string): readonly Row[] {
  const pattern = /^\| ([A-Z]\d+) \| `(\w+)` \| [^|]+ \| `(\w+)` \| (\d → \d) \|$/gm
  return [...document.matchAll(pattern)].map(([, id, from, to, levels]) => ({
    ...{ id: id!, from: from!, to: to!, levels: levels! }
  }))
}

const THREE = [1, 1, 1]
/** Leaves one of two: lost, and something is left. */
const PARTIAL = { strategy: 'graceful', minEligible: 2 } as const
const HOLDING = { strategy: 'graceful', holdsRequests: true } as const
const DELAYED = { strategy: 'delayed' } as const

const lab = (...parts: ConstructorParameters<typeof MachineLab>): MachineLab =>
  new MachineLab(...parts).begin()
const active = (...parts: ConstructorParameters<typeof MachineLab>): MachineLab =>
  lab(...parts).set(0)
const recovering = (...parts: ConstructorParameters<typeof MachineLab>): MachineLab =>
  active(...parts).set(2)
const latched = (...parts: ConstructorParameters<typeof MachineLab>): MachineLab => {
  const one = lab(...parts)
  one.activate()
  return one
}

/** Brings a machine into the phase of the row and returns what happens then. */
const SCRIPTS: Readonly<Record<string, () => readonly [MachineLab, (one: MachineLab) => unknown]>> =
  {
    N1: () => [lab(), (one) => one.set(0)],
    N2: () => [lab({ strategy: 'graceful' }), (one) => one.set(0)],
    N3: () => [lab(PARTIAL), (one) => one.set(1)],
    N4: () => [lab(DELAYED), (one) => one.set(0)],
    N5: () => [lab(), (one) => one.activate()],
    N6: () => [lab({ strategy: 'graceful' }), (one) => one.activate()],
    N8: () => [lab(HOLDING), (one) => one.set(0)],
    N7: () => [lab({}, THREE).set(1, 0), (one) => one.set(0)],
    P1: () => [lab(DELAYED).set(0), (one) => one.wait(4999).set(1)],
    P2: () => [lab(DELAYED).set(0), (one) => one.wait(5000)],
    P3: () => [lab(DELAYED).set(0), (one) => one.activate()],
    P4: () => [lab(DELAYED).set(0, 0), (one) => one.wait(6000).set(0, 1)],
    P5: () => [active(DELAYED).wait(5000).set(0, 0), (one) => one.set(0, 1)],
    P6: () => [
      active({ ...DELAYED, delayMs: 30_000 })
        .wait(30_000)
        .set(1)
        .wait(5000)
        .set(1, 0),
      (one) => one.wait(5000)
    ],
    S1: () => [lab(PARTIAL).set(1), (one) => one.wait(30_000)],
    S2: () => [lab(PARTIAL).set(1), (one) => one.wait(10_000).set(0)],
    S3: () => [lab(PARTIAL).set(1).set(2), (one) => one.set(2, 0)],
    S4: () => [lab(PARTIAL).set(1).wait(5000).set(2), (one) => one.wait(10_000)],
    S6: () => [
      lab({ ...PARTIAL, ...HOLDING }).set(1),
      (one) => one.wait(10_000).set(0).wait(20_000)
    ],
    S5: () => [latched({ strategy: 'graceful' }), (one) => one.wait(30_000)],
    A1: () => [active(), (one) => one.set(1)],
    A2: () => [active({}, THREE), (one) => one.set(0, 0)],
    A3: () => [active(DELAYED, THREE).wait(5000), (one) => one.set(0, 0)],
    A4: () => [active(), (one) => one.activate()],
    A5: () => [recovering({ failback: 'manual' }).wait(10_000), (one) => one.deactivate()],
    R1: () => [recovering(), (one) => one.wait(10_000)],
    R2: () => [recovering({ failbackRampMs: 0 }), (one) => one.wait(10_000)],
    R3: () => [recovering().wait(10_000), (one) => one.wait(10_000)],
    R4: () => [recovering(), (one) => one.wait(9999).set(0)],
    R5: () => [recovering().wait(15_000), (one) => one.set(0)],
    R6: () => [recovering(), (one) => one.activate()],
    R7: () => [recovering(), (one) => one.set(1, 0)],
    L1: () => [latched({}, THREE), (one) => one.set(1, 0)],
    L2: () => [latched(DELAYED), (one) => one.set(2, 0)],
    L3: () => [latched(), (one) => one.deactivate()],
    L4: () => [latched().set(0).set(1).wait(4000), (one) => one.deactivate()],
    L5: () => [latched().set(0), (one) => one.deactivate()],
    L6: () => [latched({}, THREE).set(1, 0).set(1, 1), (one) => one.wait(10_000)],
    L7: () => [latched().set(2, 0), (one) => one.deactivate()]
  }

test('every row has its script, and every script its row', () => {
  const ids = rowsOf(DOCUMENT).map(({ id }) => id)
  expect(ids.toSorted()).toEqual(Object.keys(SCRIPTS).toSorted())
})

test.each(rowsOf(DOCUMENT))('$id: $from becomes $to, $levels', ({ id, from, to, levels }) => {
  const [one, happen] = SCRIPTS[id]!()
  expect(one.machine.phase).toBe(from)
  const before = one.transitions.length
  const level = one.machine.level
  happen(one)
  expect(one.machine.phase).toBe(to)
  expect(`${level} → ${one.machine.level}`).toBe(levels)
  const last = one.transitions.at(-1)!
  expect(one.transitions.length).toBe(before + 1)
  expect([last.from, last.to, last.toLevel]).toEqual([from, to, one.machine.level])
  expect(last.reason).toMatch(/\d/)
})

test('every phase is in the table, as a beginning and as an end', () => {
  const rows = rowsOf(DOCUMENT)
  const phases = ['normal', 'pending', 'switching', 'active', 'recovering', 'latched']
  expect([...new Set(rows.map(({ from }) => from))].toSorted()).toEqual(phases.toSorted())
  expect([...new Set(rows.map(({ to }) => to))].toSorted()).toEqual(phases.toSorted())
})
