/** Which part of a CPU profile belongs to telemetry, with everything that it called. */

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}

export interface TreeProfile {
  readonly nodes: readonly ProfileNode[]
  /** Node ids. */
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

export interface TelemetryShare {
  /** On the wall, as the others, and without the time that the thread slept. */
  readonly busyMs: number
  /** The counters that every request increments, whether or not anybody observes. */
  readonly countersMs: number
  /** Copying exchanges that may become samples, and noting failed attempts. */
  readonly samplingMs: number
  /** Ticks with all that they send. */
  readonly ticksMs: number
}

type Part = 'counters' | 'sampling' | 'ticks' | 'other' | 'idle'

/** The nearest of these functions up the stack decides; what the profiler inlined counts too. */
export function telemetryShare(profile: TreeProfile): TelemetryShare {
  const parts = partsOf(profile.nodes)
  const ms: Record<Part, number> = { counters: 0, sampling: 0, ticks: 0, other: 0, idle: 0 }
  profile.samples.forEach((id, i) => {
    // A sample stands for the time until the next one.
    ms[parts.get(id) ?? 'other'] += (profile.timeDeltas[i + 1] ?? 0) / 1000
  })
  return {
    busyMs: ms.counters + ms.sampling + ms.ticks + ms.other,
    countersMs: ms.counters,
    samplingMs: ms.sampling,
    ticksMs: ms.ticks
  }
}

function partsOf(nodes: readonly ProfileNode[]): ReadonlyMap<number, Part> {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parts = new Map<number, Part>()
  const root = nodes[0]
  const open: (readonly [ProfileNode, Part])[] = root ? [[root, 'other']] : []
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, inherited] = next
    const part = partOf(node) ?? inherited
    parts.set(node.id, part)
    for (const child of node.children ?? []) {
      const found = byId.get(child)
      if (found) open.push([found, part])
    }
  }
  return parts
}

function partOf({ callFrame: { functionName, url } }: ProfileNode): Part | null {
  if (functionName === '(idle)') return 'idle'
  if (url.endsWith('/exchange/attempt-trail.ts')) return 'sampling'
  if (url.endsWith('/telemetry/telemetry.ts')) return 'ticks'
  if (url.endsWith('/telemetry/traffic-sampler.ts') && functionName === 'finished') {
    return 'sampling'
  }
  if (url.endsWith('/metrics/traffic-counters.ts')) return 'counters'
  if (url.endsWith('/metrics/latency-histogram.ts')) return 'counters'
  if (url.endsWith('/listener/settle-exchange.ts') && functionName === 'count') return 'counters'
  return null
}
