/** Contract: the benchmark fails exactly when a measured value breaks one of its limits. */
import { describe, expect, it } from 'vitest'
import type { Comparison } from './comparison.ts'
import { gateLine, judge, type Findings, type GateResult } from './gates.ts'
import { LOADS, type Cell } from './loads.ts'
import type { Summary } from './sample.ts'

const NOTHING: Findings = { comparison: null, backends: null, routes: null, idle: null }

const TINY: Cell = { load: LOADS.tiny, connections: 64, seconds: 1, rounds: 1 }
const CLOSE: Cell = { load: LOADS.close, connections: 64, seconds: 1, rounds: 1 }

function summaryOf(figures: Partial<Summary>): Summary {
  return {
    requestsPerSecond: 1,
    p50Ms: 1,
    p99Ms: 1,
    userUs: 0,
    systemUs: 0,
    cpuUs: 1,
    cpuSpread: 0,
    companionUs: 0,
    coreShare: 1,
    rssBytes: 0,
    errors: 0,
    rounds: 1,
    disturbedRounds: 0,
    ...figures
  }
}

function comparisonOf(cell: Cell, figures: Readonly<Record<string, Partial<Summary>>>): Comparison {
  return {
    cells: [cell],
    proxies: [],
    summary: (_cell, proxy) => (figures[proxy] ? summaryOf(figures[proxy]) : undefined)
  }
}

function verdictOf(findings: Partial<Findings>, title: string): GateResult {
  const result = judge({ ...NOTHING, ...findings }).find((gate) => gate.title.startsWith(title))
  if (!result) throw new Error(`no gate ${title}`)
  return result
}

describe('gates', () => {
  it('skips everything that was not measured', () => {
    expect(judge(NOTHING).map((gate) => gate.verdict)).toEqual(Array(9).fill('SKIP'))
  })

  it('passes a plain request that costs 1.15 times what it costs HAProxy, and misses the goal', () => {
    const comparison = comparisonOf(TINY, { haproxy: { cpuUs: 20 }, switchyard: { cpuUs: 23 } })
    const gate = verdictOf({ comparison }, "CPU per tiny GET, plain, against HAProxy's")
    expect(gate).toMatchObject({ verdict: 'PASS', measured: '1.15 ×', isGoalMet: false })
  })

  it('fails a plain request that costs more than that', () => {
    const comparison = comparisonOf(TINY, { haproxy: { cpuUs: 20 }, switchyard: { cpuUs: 23.3 } })
    const gate = verdictOf({ comparison }, "CPU per tiny GET, plain, against HAProxy's")
    expect(gate.verdict).toBe('FAIL')
  })

  it('asks for at least 0.6 of the rate with a connection per request', () => {
    const rates = (ours: number): Comparison =>
      comparisonOf(CLOSE, {
        haproxy: { requestsPerSecond: 1000 },
        switchyard: { requestsPerSecond: ours }
      })
    const title = 'Requests per second with a connection each'
    expect(verdictOf({ comparison: rates(599) }, title).verdict).toBe('FAIL')
    expect(verdictOf({ comparison: rates(600) }, title).verdict).toBe('PASS')
    expect(verdictOf({ comparison: rates(850) }, title).isGoalMet).toBe(true)
  })

  it('compares the largest configuration with the smallest, for Switchyard only', () => {
    const point = (proxy: 'switchyard' | 'nginx', size: number, cpuUs: number) => ({
      proxy,
      size,
      summary: summaryOf({ cpuUs })
    })
    const backends = [
      point('switchyard', 2, 20),
      point('nginx', 2, 1),
      point('switchyard', 1000, 27),
      point('nginx', 1000, 100)
    ]
    const gate = verdictOf({ backends }, 'CPU per request with 1000 backends')
    expect(gate).toMatchObject({ verdict: 'FAIL', measured: '1.35 ×' })
  })

  it('fails when one request through Switchyard failed, however fast the others were', () => {
    const comparison = comparisonOf(TINY, { switchyard: { errors: 1 }, nginx: { errors: 5 } })
    const gate = verdictOf({ comparison }, 'Failed requests')
    expect(gate).toMatchObject({ verdict: 'FAIL', measured: '1 requests' })
  })

  it('fails a figure that is not a number', () => {
    const comparison = comparisonOf(TINY, { haproxy: { cpuUs: NaN }, switchyard: { cpuUs: 1 } })
    const gate = verdictOf({ comparison }, "CPU per tiny GET, plain, against HAProxy's")
    expect(gate.verdict).toBe('FAIL')
  })

  it('says when a verdict rests on nothing but disturbed rounds', () => {
    const comparison = comparisonOf(TINY, {
      haproxy: { cpuUs: 20, rounds: 3, disturbedRounds: 3 },
      switchyard: { cpuUs: 19, rounds: 3, disturbedRounds: 2 }
    })
    const gate = verdictOf({ comparison }, "CPU per tiny GET, plain, against HAProxy's")
    expect(gate.isDisturbed).toBe(true)
    expect(gateLine(gate)).toContain('disturbed in every round, measure again')
  })

  it('prints verdict, figure, limit and goal in one line', () => {
    const comparison = comparisonOf(TINY, { haproxy: { cpuUs: 20 }, switchyard: { cpuUs: 19 } })
    const gate = verdictOf({ comparison }, "CPU per tiny GET, plain, against HAProxy's")
    expect(gateLine(gate)).toBe(
      "PASS  CPU per tiny GET, plain, against HAProxy's: 0.95 × (at most 1.15 ×, goal 1.00 × (met))"
    )
  })
})
