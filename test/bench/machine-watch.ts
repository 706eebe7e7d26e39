/**
 * Tells whether anything else used the machine during a measurement. The kernel counts
 * how long the proxy waited for its core; other processes show up by name; what lived too
 * briefly for that is the remainder of the load core's busy time; and steal is what the
 * host of a virtual machine gave to its other guests.
 */
import { readFileSync } from 'node:fs'
import { LOAD_CORE } from './pinned-process.ts'
import { allPids, mainThreadTimes, processStat, type MainThreadTimes } from './process-figures.ts'

const MS_PER_TICK = 10
const KERNEL_THREADS_PARENT = 2
/** One per core, named "ksoftirqd/1". */
const SOFTIRQ_THREAD = 'ksoftirqd/'

/** Shares of one core over the measurement; above any of them it is repeated. */
const LIMITS = { steal: 0.02, foreign: 0.04, proxyWait: 0.06, loadCoreRest: 0.12 } as const

export interface OwnPids {
  /** Under load now. */
  readonly proxy: number
  /** Upstream servers and this process. */
  readonly onLoadCore: readonly number[]
  /** Proxies that wait for their turn, and what belongs to them. */
  readonly idle: readonly number[]
}

interface CoreTimes {
  readonly busyMs: number
  readonly stealMs: number
}

interface ProcessTimes {
  readonly name: string
  readonly cpuMs: number
}

export interface MachineMoment {
  readonly atMs: number
  readonly cores: readonly CoreTimes[]
  readonly processes: ReadonlyMap<number, ProcessTimes>
  readonly proxyMainThread: MainThreadTimes
  /** CPU of this process's children that have ended: wrk. */
  readonly endedChildrenMs: number
}

export interface Disturbance {
  /** The largest share by which a limit was met; above 1 is disturbed. */
  readonly severity: number
  readonly reason: string
}

export function machineMoment(proxyPid: number): MachineMoment {
  return {
    atMs: performance.now(),
    cores: coreTimes(readFileSync('/proc/stat', 'latin1')),
    processes: userProcesses(),
    proxyMainThread: mainThreadTimes(proxyPid),
    endedChildrenMs: processStat(process.pid)?.childrenMs ?? 0
  }
}

/** `text` is /proc/stat. Guest time is already part of user time. */
export function coreTimes(text: string): readonly CoreTimes[] {
  return [...text.matchAll(/^cpu\d+ (.*)$/gm)].map((match) => {
    const [user, nice, system, , , irq, softirq, steal] = match[1]!.split(' ').map(Number)
    return {
      busyMs: (user! + nice! + system! + irq! + softirq!) * MS_PER_TICK,
      stealMs: steal! * MS_PER_TICK
    }
  })
}

/** Without the kernel's threads, except those that carry network traffic for the load itself. */
function userProcesses(): ReadonlyMap<number, ProcessTimes> {
  const found = new Map<number, ProcessTimes>()
  for (const pid of allPids()) {
    const stat = processStat(pid)
    if (!stat) continue
    if (stat.parentPid === KERNEL_THREADS_PARENT && !stat.name.startsWith(SOFTIRQ_THREAD)) continue
    found.set(pid, { name: stat.name, cpuMs: stat.userMs + stat.systemMs })
  }
  return found
}

export function disturbanceBetween(
  before: MachineMoment,
  after: MachineMoment,
  own: OwnPids
): Disturbance {
  const wallMs = after.atMs - before.atMs
  const stealMs = Math.max(...after.cores.map((core, i) => core.stealMs - before.cores[i]!.stealMs))
  const foreign = busiestForeigners(before, after, own)
  return worstOf([
    finding(stealMs / wallMs, LIMITS.steal, 'stolen by the host'),
    finding(foreign.cpuMs / wallMs, LIMITS.foreign, `of a core used by ${foreign.names}`),
    finding(
      proxyWaitMs(before, after, own) / wallMs,
      LIMITS.proxyWait,
      'of the time the proxy waited for its core'
    ),
    finding(
      loadCoreRestMs(before, after, own) / wallMs,
      LIMITS.loadCoreRest,
      "of the load generator's core used by others"
    )
  ])
}

/** The main thread of a Node process also waits for its own compiler and collector threads. */
function proxyWaitMs(before: MachineMoment, after: MachineMoment, { proxy }: OwnPids): number {
  const waitMs = after.proxyMainThread.waitMs - before.proxyMainThread.waitMs
  const runMs = after.proxyMainThread.runMs - before.proxyMainThread.runMs
  return waitMs - Math.max(0, usedMs(before, after, proxy) - runMs)
}

function loadCoreRestMs(before: MachineMoment, after: MachineMoment, own: OwnPids): number {
  const softirqPids = [...after.processes]
    .filter(([, { name }]) => name === `${SOFTIRQ_THREAD}${LOAD_CORE}`)
    .map(([pid]) => pid)
  const knownMs = [...own.onLoadCore, ...softirqPids].reduce(
    (sum, pid) => sum + usedMs(before, after, pid),
    after.endedChildrenMs - before.endedChildrenMs
  )
  return after.cores[LOAD_CORE]!.busyMs - before.cores[LOAD_CORE]!.busyMs - knownMs
}

function finding(share: number, limit: number, what: string): Disturbance {
  return { severity: share / limit, reason: `${(share * 100).toFixed(0)} % ${what}` }
}

function worstOf(findings: readonly Disturbance[]): Disturbance {
  return findings.reduce((worst, each) => (each.severity > worst.severity ? each : worst))
}

function usedMs(before: MachineMoment, after: MachineMoment, pid: number): number {
  return (after.processes.get(pid)?.cpuMs ?? 0) - (before.processes.get(pid)?.cpuMs ?? 0)
}

function busiestForeigners(
  before: MachineMoment,
  after: MachineMoment,
  own: OwnPids
): { readonly cpuMs: number; readonly names: string } {
  const ownPids = new Set([own.proxy, ...own.onLoadCore, ...own.idle])
  const foreigners = [...after.processes]
    .filter(([pid, { name }]) => !ownPids.has(pid) && !name.startsWith(SOFTIRQ_THREAD))
    .map(([pid, { name }]) => ({ name, cpuMs: usedMs(before, after, pid) }))
    .filter(({ cpuMs }) => cpuMs > 0)
    .sort((a, b) => b.cpuMs - a.cpuMs)
  return {
    cpuMs: foreigners.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    names: foreigners
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ')
  }
}
