/** Stores for tests: on a disk in memory or in a folder, on a clock that moves by hand. */
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import type { Disk } from '../disk.ts'
import type { NewEntry } from '../request-store.ts'
import { RequestLog } from '../request-log.ts'
import type { StoreEvent } from '../store-event.ts'
import type { StoreOptions } from '../store-options.ts'

export interface StoreStage {
  readonly store: RequestLog
  readonly clock: ManualClock
  readonly events: StoreEvent[]
}

export async function openStore(
  disk: Disk,
  options: Partial<StoreOptions> = {},
  clock = new ManualClock()
): Promise<StoreStage> {
  const events: StoreEvent[] = []
  const store = await RequestLog.open(
    {
      ...{ directory: '/store', maxBytes: 1_000_000, fsyncIntervalMs: 0, keepStatusMs: 3_600_000 },
      ...{ fsyncEveryCount: Infinity, clock, report: (event) => void events.push(event) },
      ...options
    },
    disk
  )
  return { store, clock, events }
}

/** An entry that says in every field which one it is. */
export function sampleEntry(number: number, parts: Partial<NewEntry> = {}): NewEntry {
  return {
    route: 'orders',
    key: '',
    method: 'POST',
    target: `/orders/${number}?größe=1`,
    head: `Host: api.test\r\nX-Number: ${number}\r\nX-Octet: \xff\r\n`,
    idempotencyKey: `key-${number}`,
    receivedAtMs: 1_770_000_000_000 + number,
    expiresAtMs: Infinity,
    body: bodyOf(number),
    ...parts
  }
}

/** Different octets for each number, so that nothing can be taken for something else. */
export function bodyOf(number: number, bytes = 100): Buffer {
  const body = Buffer.alloc(bytes, `${number}.`)
  if (bytes > 0) body.writeUInt8(number & 0xff, bytes - 1)
  return body
}
