/** Contract: who waits goes on when what they wait for is there; rates say how soon all have gone. */
import { expect, test } from 'vitest'
import type { FleetPool } from '../../../proxy-core/model/engine-telemetry.ts'
import type { HoldOutlook } from '../../../preload/contract/live-state.ts'
import { holdOutlook } from './hold-outlook.ts'
import { backend, down, HOLDING, pool, TWO_LEVELS } from './testing/fleet-double.ts'

const SERVING: FleetPool = { ...pool('api', [backend('a')]), hold: HOLDING }
const AWAY: FleetPool = { ...pool('api', [down('a')]), hold: HOLDING }
const HELD: FleetPool = { ...SERVING, hold: { ...HOLDING, operator: { untilMs: 1, reason: 'r' } } }
const DELAYED: FleetPool = { ...SERVING, failover: { ...TWO_LEVELS, isWaiting: true } }

test.each<[string, number, number, number, FleetPool, HoldOutlook]>([
  ['nobody waits', 0, 5, 5, AWAY, { kind: 'empty' }],
  ['nobody serves', 40, 9, 0, AWAY, { kind: 'backend' }],
  ['the delay of a lost level runs', 40, 9, 0, DELAYED, { kind: 'backend' }],
  ['an operator holds them', 40, 9, 0, HELD, { kind: 'operator' }],
  ['more go than come', 40, 10, 30, SERVING, { kind: 'draining', leftMs: 2000 }],
  ['more come than go', 40, 30, 10, SERVING, { kind: 'growing', perSecond: 20 }],
  ['as many come as go', 40, 10, 10, SERVING, { kind: 'steady' }]
])('while %s', (_, held, entered, released, facts, outlook) => {
  expect(holdOutlook({ held, entered, released }, facts)).toEqual(outlook)
})
