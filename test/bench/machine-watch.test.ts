/** Contract: a measurement is called disturbed when, and only when, others used the machine. */
import { describe, expect, it } from 'vitest'
import { coreTimes, disturbanceBetween, type MachineMoment } from './machine-watch.ts'

const PROXY = 10
const UPSTREAM = 11
const OTHER = 12
const OWN = { proxy: PROXY, onLoadCore: [UPSTREAM], idle: [] }

function moment(figures: {
  atMs: number
  busyMs?: readonly [number, number]
  stealMs?: number
  cpuMs?: Readonly<Record<number, number>>
  wrkMs?: number
  mainThread?: { readonly runMs: number; readonly waitMs: number }
}): MachineMoment {
  const cpuMs = { [PROXY]: 0, [UPSTREAM]: 0, [OTHER]: 0, ...figures.cpuMs }
  return {
    atMs: figures.atMs,
    cores: [0, 1].map((core) => ({
      busyMs: figures.busyMs?.[core] ?? 0,
      stealMs: figures.stealMs ?? 0
    })),
    processes: new Map(
      Object.entries(cpuMs).map(([pid, ms]) => [Number(pid), { name: `p${pid}`, cpuMs: ms }])
    ),
    proxyMainThread: figures.mainThread ?? { runMs: 0, waitMs: 0 },
    endedChildrenMs: figures.wrkMs ?? 0
  }
}

const START = moment({ atMs: 0 })

describe('machine watch', () => {
  it('adds up the busy states of each core in /proc/stat and keeps steal apart', () => {
    const text = 'cpu  9 9 9 9 9 9 9 9 0 0\ncpu0 1 2 3 400 5 6 7 8 0 0\ncpu1 10 0 0 0 0 0 0 0 0 0\n'
    expect(coreTimes(text)).toEqual([
      { busyMs: 190, stealMs: 80 },
      { busyMs: 100, stealMs: 0 }
    ])
  })

  it('finds nothing when both cores were busy with the benchmark itself', () => {
    const end = moment({
      atMs: 1000,
      busyMs: [950, 990],
      cpuMs: { [PROXY]: 985, [UPSTREAM]: 500 },
      wrkMs: 440
    })
    expect(disturbanceBetween(START, end, OWN).severity).toBeLessThan(1)
  })

  it('names a process that took part of a core', () => {
    const end = moment({
      atMs: 1000,
      busyMs: [0, 1000],
      cpuMs: { [PROXY]: 900, [OTHER]: 100 }
    })
    const { severity, reason } = disturbanceBetween(START, end, OWN)
    expect(severity).toBeGreaterThan(1)
    expect(reason).toBe('10 % of a core used by p12')
  })

  it('notices short-lived processes by the time that the proxy waited for its core', () => {
    const end = moment({
      atMs: 1000,
      cpuMs: { [PROXY]: 800 },
      mainThread: { runMs: 800, waitMs: 200 }
    })
    const { severity, reason } = disturbanceBetween(START, end, OWN)
    expect(severity).toBeGreaterThan(1)
    expect(reason).toBe('20 % of the time the proxy waited for its core')
  })

  it("does not count the time in which the proxy's main thread waited for its own other threads", () => {
    const end = moment({
      atMs: 1000,
      cpuMs: { [PROXY]: 990 },
      mainThread: { runMs: 790, waitMs: 210 }
    })
    expect(disturbanceBetween(START, end, OWN).severity).toBeLessThan(1)
  })

  it("notices short-lived processes by the remainder of the load generator's core", () => {
    const end = moment({
      atMs: 1000,
      busyMs: [1000, 0],
      cpuMs: { [UPSTREAM]: 400 },
      wrkMs: 400
    })
    const { severity, reason } = disturbanceBetween(START, end, OWN)
    expect(severity).toBeGreaterThan(1)
    expect(reason).toBe("20 % of the load generator's core used by others")
  })

  it('notices steal', () => {
    const end = moment({ atMs: 1000, stealMs: 50 })
    expect(disturbanceBetween(START, end, OWN)).toMatchObject({ reason: '5 % stolen by the host' })
  })
})
