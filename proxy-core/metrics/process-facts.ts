/** What the operating system says about this process, for metrics and the status resource. */
import { readdir, readFile } from 'node:fs/promises'

export interface ProcessFacts {
  readonly pid: number
  readonly nodeVersion: string
  /** User and system time since the process began. */
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapUsedBytes: number
  /** null where there is no /proc: macOS, Windows. */
  readonly openDescriptors: number | null
  /** null where there is no /proc, or no limit. */
  readonly descriptorLimit: number | null
}

/** Never rejects. The directory of descriptors is read off the event loop: it may be long. */
export async function readProcessFacts(): Promise<ProcessFacts> {
  const cpu = process.cpuUsage()
  const memory = process.memoryUsage()
  const [openDescriptors, descriptorLimit] = await Promise.all([
    countOpenDescriptors(),
    readDescriptorLimit()
  ])
  return {
    pid: process.pid,
    nodeVersion: process.version,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    residentBytes: memory.rss,
    heapUsedBytes: memory.heapUsed,
    openDescriptors,
    descriptorLimit
  }
}

async function countOpenDescriptors(): Promise<number | null> {
  try {
    const names = await readdir('/proc/self/fd')
    // One of them is the directory that is being read.
    return names.length - 1
  } catch {
    return null
  }
}

async function readDescriptorLimit(): Promise<number | null> {
  try {
    const limits = await readFile('/proc/self/limits', 'utf8')
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1]
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}
