/** The columns of the traffic list. At narrow widths the least important hide. */
import type { FittingColumn } from '../pools/fitting-columns.ts'

export interface TrafficColumn extends FittingColumn {
  readonly id: 'time' | 'method' | 'path' | 'status' | 'ms' | 'backend' | 'attempts'
  readonly title: string
  /** For the tooltip of the header. */
  readonly explanation: string
}

/** In the order of the screen. */
export const TRAFFIC_COLUMNS: readonly TrafficColumn[] = [
  {
    id: 'time',
    title: 'Time',
    explanation: 'When the request head was complete',
    widthPx: 104,
    grow: 0,
    priority: 3
  },
  {
    id: 'method',
    title: 'Method',
    explanation: 'Request method',
    widthPx: 66,
    grow: 0,
    priority: 5
  },
  {
    id: 'path',
    title: 'Path',
    explanation: 'Target of the request',
    widthPx: 150,
    grow: 2,
    priority: 0
  },
  {
    id: 'status',
    title: 'Status',
    explanation: 'Status that the client got',
    widthPx: 56,
    grow: 0,
    priority: 1
  },
  {
    id: 'ms',
    title: 'Time taken',
    explanation: 'From the request head to the end of the response',
    widthPx: 82,
    grow: 0,
    priority: 2
  },
  {
    id: 'backend',
    title: 'Backend',
    explanation: 'Who answered last',
    widthPx: 140,
    grow: 1,
    priority: 4
  },
  {
    id: 'attempts',
    title: 'Attempts',
    explanation: 'Every backend that was tried, in order',
    widthPx: 200,
    grow: 3,
    priority: 6
  }
]
