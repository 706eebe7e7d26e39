/**
 * Contract: a response that cannot be understood in one way only is a 502, or a connection cut
 * in the middle of the body; it never reaches another request or another client.
 */
import { describe, expect, test } from 'vitest'
import { benchOf } from './bench-of-proxies.ts'
import { RESPONSE_ATTACKS } from './response-attacks/index.ts'
import { observeResponse, type ResponseObservation } from './response-attacks/observe-response.ts'
import type { ResponseAttack } from './response-attacks/response-attack.ts'
import { switchyard } from './switchyard.ts'

describe('a backend that answers with', () => {
  const bench = benchOf(switchyard)
  test.each(RESPONSE_ATTACKS.map((attack) => [attack.name, attack] as const))(
    '%s',
    async (_, attack) => {
      assertOutcome(attack, await observeResponse(bench.port, bench.backend, attack))
    }
  )
})

function assertOutcome({ expect: wanted }: ResponseAttack, seen: ResponseObservation): void {
  expect(seen.areBystandersServed).toBe(true)
  expect(seen.violation).toBe(null)
  expect(seen.isClosed || seen.isFollowUpAnswered).toBe(true)
  switch (wanted.outcome) {
    case 'refused':
      expect(seen.response?.status).toBe(502)
      return
    case 'cut':
      // Where all of it came at once, the head had not left yet and a 502 was possible.
      if (seen.response) expect(seen.response.status).toBe(502)
      else expect(seen.isClosed).toBe(true)
      return
    case 'forwarded':
      expect(seen.response?.status).not.toBe(502)
      wanted.check?.(seen.response!)
  }
}
