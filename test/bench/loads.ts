/** What is asked of each proxy, with how many connections, how long and how often. */

export type LoadName = 'tiny' | '10kb' | '1mb' | 'post' | 'close'

export interface Load {
  readonly name: LoadName
  readonly title: string
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly requestBodyBytes: number
  /** `Connection: close` on every request. */
  readonly closesConnection: boolean
}

/** One row of a results table for each proxy: a load at a number of connections. */
export interface Cell {
  readonly load: Load
  readonly connections: number
  readonly seconds: number
  readonly rounds: number
}

export const LOADS: Readonly<Record<LoadName, Load>> = {
  tiny: load('tiny', 'Tiny GET (30-byte body)', '/tiny'),
  '10kb': load('10kb', '10 KB GET', '/10kb'),
  '1mb': load('1mb', '1 MB GET', '/1mb'),
  post: { ...load('post', '10 KB POST', '/sink'), method: 'POST', requestBodyBytes: 10 * 1024 },
  close: { ...load('close', 'Connection per request (tiny GET)', '/tiny'), closesConnection: true }
}

function load(name: LoadName, title: string, path: string): Load {
  return { name, title, path, method: 'GET', requestBodyBytes: 0, closesConnection: false }
}

const CONNECTIONS = [1, 64, 256] as const
/** The cells that the gates read get longer and more rounds. */
const GATED = { seconds: 3, rounds: 5 } as const
const OTHER = { seconds: 2, rounds: 3 } as const

export const GATED_CONNECTIONS = 64
const BULK_CONNECTIONS = 16

export function fullCells(): readonly Cell[] {
  return Object.values(LOADS).flatMap((each) => {
    const counts = each.name === '1mb' ? [BULK_CONNECTIONS] : CONNECTIONS
    return counts.map((connections) => ({ load: each, connections, ...effort(each, connections) }))
  })
}

function effort(each: Load, connections: number): { seconds: number; rounds: number } {
  const isGated =
    (each.name === 'tiny' || each.name === 'close') && connections === GATED_CONNECTIONS
  return isGated ? GATED : OTHER
}

export function quickCells(): readonly Cell[] {
  return [{ load: LOADS.tiny, connections: GATED_CONNECTIONS, seconds: 3, rounds: 3 }]
}

export function cellKey(cell: Cell): string {
  return `${cell.load.name}@${cell.connections}`
}
