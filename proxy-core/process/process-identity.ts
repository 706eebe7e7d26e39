/**
 * Which process a pid means. A pid alone is reused; with the start time from /proc it
 * names one process until the next boot. Where there is no /proc, the pid has to do.
 */
import { readFileSync } from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks after boot; null where the system does not tell. */
  readonly startTicks: number | null
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startTicks: startTicksOf(pid) }
}

export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  if (!answersSignals(pid)) return false
  const now = startTicksOf(pid)
  return startTicks === null || now === null || startTicks === now
}

function answersSignals(pid: number): boolean {
  // Zero and negative numbers would address whole process groups.
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Field 22 of proc(5) stat, counted after the name, which may contain anything. */
function startTicksOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie answers signals and does nothing any more.
    if (fields[0] === 'Z') return -1
    return Number(fields[19])
  } catch {
    return null
  }
}
