/** Contract: time belongs to the nearest part of telemetry up the stack, and to nothing else. */
import { expect, test } from 'vitest'
import { telemetryShare, type TreeProfile } from './telemetry-share.ts'

const CORE = 'file:///x/proxy-core'

function node(
  id: number,
  functionName: string,
  url: string,
  children: readonly number[] = []
): TreeProfile['nodes'][number] {
  return { id, callFrame: { functionName, url }, children }
}

const NODES = [
  node(1, '(root)', '', [2, 3, 7]),
  node(2, '(idle)', ''),
  node(3, 'settleExchange', `${CORE}/listener/settle-exchange.ts`, [4, 5]),
  node(4, 'recordLatency', `${CORE}/metrics/traffic-counters.ts`),
  node(5, 'finished', `${CORE}/telemetry/traffic-sampler.ts`, [6]),
  node(6, 'draftOf', `${CORE}/telemetry/sample-draft.ts`),
  node(7, '#tick', `${CORE}/telemetry/telemetry.ts`, [8]),
  node(8, 'stringify', '')
]

/** One millisecond in each of these nodes. */
function profileOf(...samples: readonly number[]): TreeProfile {
  return { nodes: NODES, samples, timeDeltas: [0, ...samples.map(() => 1000)] }
}

test('what telemetry calls is telemetry, also where it has no file', () => {
  expect(telemetryShare(profileOf(7, 8, 8))).toMatchObject({ ticksMs: 3, busyMs: 3 })
})

test("copying for samples is told apart from ticks, counters from both, and sleep is nobody's", () => {
  expect(telemetryShare(profileOf(2, 3, 4, 5, 6, 7))).toEqual({
    busyMs: 5,
    countersMs: 1,
    samplingMs: 2,
    ticksMs: 1
  })
})
