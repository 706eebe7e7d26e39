/** What the kernel says about one process: CPU time, memory, family, listening sockets. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

/** USER_HZ is 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10
const PAGE_BYTES = 4096

export interface CpuTimes {
  readonly userMs: number
  readonly systemMs: number
}

export interface ProcessStat extends CpuTimes {
  readonly name: string
  readonly parentPid: number
  /** CPU of children that have ended and were waited for. */
  readonly childrenMs: number
  readonly rssBytes: number
}

/** All threads together; undefined when the process is gone. */
export function processStat(pid: number): ProcessStat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The name is in parentheses and may itself contain spaces and parentheses.
  const nameEnd = text.lastIndexOf(')')
  const fields = text.slice(nameEnd + 2).split(' ')
  return {
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    parentPid: Number(fields[1]),
    userMs: Number(fields[11]) * MS_PER_TICK,
    systemMs: Number(fields[12]) * MS_PER_TICK,
    childrenMs: (Number(fields[13]) + Number(fields[14])) * MS_PER_TICK,
    rssBytes: Number(fields[21]) * PAGE_BYTES
  }
}

/** Throws when the process is gone: a measured process must outlive its measurement. */
export function livingProcessStat(pid: number): ProcessStat {
  const stat = processStat(pid)
  if (!stat) throw new Error(`Process ${pid} ended while it was being measured.`)
  return stat
}

export interface MainThreadTimes {
  readonly runMs: number
  /** Ready to run, but its core was taken. */
  readonly waitMs: number
}

/** Zeros where the kernel keeps no such figures. */
export function mainThreadTimes(pid: number): MainThreadTimes {
  try {
    const [runNs, waitNs] = readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ').map(Number)
    return { runMs: runNs! / 1e6, waitMs: waitNs! / 1e6 }
  } catch {
    return { runMs: 0, waitMs: 0 }
  }
}

export function allPids(): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
}

/** Children, grandchildren and so on, nearest first. */
export function descendants(pid: number): readonly number[] {
  const parents = new Map<number, number>()
  for (const candidate of allPids()) {
    const stat = processStat(candidate)
    if (stat) parents.set(candidate, stat.parentPid)
  }
  const found = [pid]
  for (const ancestor of found) {
    for (const [child, parent] of parents) if (parent === ancestor) found.push(child)
  }
  return found.slice(1)
}

/** The process among `pids` that holds the listening TCP socket of a loopback port. */
export function ownerOfPort(port: number, pids: readonly number[]): number | undefined {
  const socket = `socket:[${listeningInode(port)}]`
  return pids.find((pid) => openFiles(pid).includes(socket))
}

function listeningInode(port: number): string {
  const hexPort = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const LISTEN = '0A'
  for (const line of readFileSync('/proc/net/tcp', 'latin1').split('\n')) {
    const fields = line.trim().split(/\s+/)
    if (fields[1]?.endsWith(hexPort) && fields[3] === LISTEN) return fields[9] ?? ''
  }
  return ''
}

function openFiles(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => linkTarget(`/proc/${pid}/fd/${fd}`))
  } catch {
    return []
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
