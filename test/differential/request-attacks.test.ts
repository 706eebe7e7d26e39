/**
 * Contract: every request that two readers could understand differently ends in an error and a
 * closed connection, or reaches the backend as one message that the strict judge accepts. The
 * result does not depend on how the network cuts the bytes.
 */
import { describe, expect, test } from 'vitest'
import type { AttackCase } from './attack-case.ts'
import { benchOf } from './bench-of-proxies.ts'
import type { Observation } from './observation.ts'
import { observeAttack } from './observe-attack.ts'
import { REQUEST_ATTACKS } from './request-attacks/index.ts'
import { switchyard } from './switchyard.ts'

/** Larger requests are cut into a few pieces only: byte by byte they would take minutes. */
const BYTEWISE_LIMIT = 1500

for (const { title, cases } of REQUEST_ATTACKS) {
  describe(title, () => {
    const bench = benchOf(switchyard)
    for (const attack of cases) {
      test(attack.name, async () => {
        const bytes = Buffer.from(attack.bytes as string, 'latin1')
        for (const pieces of [[bytes], behindTheHead(bytes), oneByOne(bytes)]) {
          assertOutcome(attack, await observeAttack(bench.port, bench.backend, pieces))
        }
      })
    }
  })
}

function assertOutcome({ expect: wanted }: AttackCase, seen: Observation): void {
  expect(seen.isBystanderServed).toBe(true)
  expect(seen.violations).toEqual([])
  expect(seen.isWaiting).toBe(false)
  if (wanted.outcome === 'forwarded') {
    expect(seen.messages).toHaveLength(1)
    expect(seen.leftover).toBe('')
    expect(seen.statuses).toEqual([200])
    wanted.check?.(seen.messages[0]!)
    return
  }
  expect(seen.messages).toEqual([])
  expect(seen.isLeftoverCut).toBe(true)
  if (wanted.outcome === 'unrouted') {
    expect(seen.statuses).toEqual([404])
    expect(seen.isFollowUpAnswered).toBe(true)
    return
  }
  expect(seen.isClosed).toBe(true)
  expect(seen.isFollowUpAnswered).toBe(false)
  expect(seen.statuses).toEqual([wanted.status])
  if (wanted.outcome === 'rejected') expect(seen.leftover).toBe('')
}

/** The head first, so that it is on its way when the body turns out bad. */
function behindTheHead(bytes: Buffer): Buffer[] {
  const end = bytes.indexOf('\r\n\r\n')
  return end < 0 ? [bytes] : [bytes.subarray(0, end + 4), bytes.subarray(end + 4)]
}

function oneByOne(bytes: Buffer): Buffer[] {
  const size = bytes.length <= BYTEWISE_LIMIT ? 1 : Math.ceil(bytes.length / 50)
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size)
  )
}
