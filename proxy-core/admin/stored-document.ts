/** Stored requests in the shape of the admin API. */
import type { BufferView } from '../engine/engine-view.ts'
import type { Entry, EntryHead, RequestStore } from '../store/request-store.ts'
import { SwitchyardError } from '../model/error-catalogue.ts'
import { isSensitiveField } from '../model/sensitive-field.ts'
import type { StoredEntry, StoredHead, StoreStatus } from '../model/stored-entry.ts'
import { MASKED } from '../model/traffic-sample.ts'

export function storeStatusOf(view: BufferView): StoreStatus {
  const { stats, maxBytes, refused, blocked, oldestMs, drainMs, routes } = view
  const { pending, pendingBytes, dead, diskBytes, segments } = stats ?? NOTHING
  const { appended, delivered, expired, deleted, quarantined } = stats ?? NOTHING
  const { syncFailures, lastSyncMs, refusal } = stats ?? NOTHING
  return {
    ...{ isOpen: stats !== null, pending, pendingBytes, dead, diskBytes, maxBytes, segments },
    oldestMs: pending === 0 ? null : oldestMs,
    drainMs: drainMs !== null && Number.isFinite(drainMs) ? drainMs : null,
    ...{ blocked, appended, delivered, expired, deleted, quarantined, syncFailures, lastSyncMs },
    ...{ refused, refusal, routes: [...routes] }
  }
}

export function storedHead(head: EntryHead): StoredHead {
  const { id, seq, state, route, key, method, target, bodyBytes, receivedAtMs } = head
  const { expiresAtMs, settledAtMs, attempts, lastStatus, lastReason, replayedAs } = head
  return {
    ...{ id, seq, state, route, key, method, target, bodyBytes, receivedAtMs },
    expiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : null,
    ...{ settledAtMs, attempts, lastStatus, lastReason, replayedAs }
  }
}

/** With at most `bodyLimit` octets of its body. */
export function storedEntry(entry: Entry, bodyLimit: number): StoredEntry {
  return {
    ...storedHead(entry),
    idempotencyKey: entry.idempotencyKey,
    fields: fieldsOf(entry.head),
    body: { ...shownBody(entry.body.subarray(0, bodyLimit)), isCut: entry.body.length > bodyLimit }
  }
}

/** Throws BUFFER_NONE. */
export function storeOf(view: { readonly store: RequestStore | null }): RequestStore {
  if (view.store !== null) return view.store
  throw new SwitchyardError('BUFFER_NONE', 'No route of this instance stores requests.')
}

/** Rejects with ENTRY_UNKNOWN. */
export async function findEntry(store: RequestStore, id: string): Promise<EntryHead> {
  const head = await store.find(id)
  if (head !== null) return head
  throw new SwitchyardError('ENTRY_UNKNOWN', `The buffer knows no request ${id}.`, { id })
}

function fieldsOf(head: string): [string, string][] {
  const lines = head.split('\r\n').filter((line) => line !== '')
  return lines.map((line) => {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    return [name, isSensitiveField(name) ? MASKED : line.slice(colon + 1).trim()]
  })
}

function shownBody(octets: Buffer): Pick<StoredEntry['body'], 'encoding' | 'content'> {
  const text = octets.toString('utf8')
  // A cut in the middle of a character leaves up to three octets of it.
  const isText = !text.slice(0, -1).includes('\ufffd') && !text.includes('\0')
  return isText
    ? { encoding: 'utf8', content: text }
    : { encoding: 'base64', content: octets.toString('base64') }
}

const NOTHING = {
  ...{ pending: 0, pendingBytes: 0, dead: 0, diskBytes: 0, segments: 0, appended: 0 },
  ...{ delivered: 0, expired: 0, deleted: 0, quarantined: 0, syncFailures: 0, lastSyncMs: 0 },
  refusal: 'the store is not open'
} as const
