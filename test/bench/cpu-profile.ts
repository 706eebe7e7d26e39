/** Reads a .cpuprofile of V8: who spent the time, by function and by file. */

interface CallFrame {
  readonly functionName: string
  readonly url: string
  /** From 0. */
  readonly lineNumber: number
}

export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[]
  /** Node ids. */
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
  /** Microseconds on the machine's monotonic clock, as `process.hrtime`. */
  readonly startTime: number
}

export interface SelfTime {
  /** "readHead proxy-core/http1/head-parser.ts:41", or a pseudo function like "(program)". */
  readonly name: string
  readonly selfMs: number
  /** Of the time that was not idle. */
  readonly share: number
}

export interface ProfileSummary {
  readonly busyMs: number
  readonly idleMs: number
  /** Longest first. */
  readonly functions: readonly SelfTime[]
  readonly files: readonly SelfTime[]
}

const IDLE = '(idle)'

/** `root` is cut off file names; samples before `fromUs`, such as the start-up, are left out. */
export function summariseProfile(profile: CpuProfile, root: string, fromUs = 0): ProfileSummary {
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]))
  const byFunction = new Map<string, number>()
  const byFile = new Map<string, number>()
  let [busyMs, idleMs] = [0, 0]
  let atUs = profile.startTime
  profile.samples.forEach((id, i) => {
    atUs += profile.timeDeltas[i] ?? 0
    if (atUs < fromUs) return
    // A sample stands for the time until the next one.
    const ms = (profile.timeDeltas[i + 1] ?? 0) / 1000
    const frame = frames.get(id)
    if (!frame) return
    if (frame.functionName === IDLE) {
      idleMs += ms
      return
    }
    busyMs += ms
    add(byFunction, functionLabel(frame, root), ms)
    add(byFile, fileLabel(frame, root), ms)
  })
  return { busyMs, idleMs, functions: ranked(byFunction, busyMs), files: ranked(byFile, busyMs) }
}

function add(times: Map<string, number>, name: string, ms: number): void {
  times.set(name, (times.get(name) ?? 0) + ms)
}

function functionLabel(frame: CallFrame, root: string): string {
  const name = frame.functionName || '(anonymous)'
  if (frame.url === '') return name
  return `${name} ${fileLabel(frame, root)}:${frame.lineNumber + 1}`
}

/** What has no file is V8 itself, or native code that it called. */
function fileLabel(frame: CallFrame, root: string): string {
  if (frame.url === '') return frame.functionName.startsWith('(') ? frame.functionName : '(native)'
  const path = frame.url.replace('file://', '')
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path
}

function ranked(times: ReadonlyMap<string, number>, totalMs: number): readonly SelfTime[] {
  return [...times]
    .map(([name, selfMs]) => ({ name, selfMs, share: selfMs / totalMs }))
    .sort((a, b) => b.selfMs - a.selfMs)
}
