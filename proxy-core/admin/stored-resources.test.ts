/**
 * Contract: operators find stored requests, look into them without their credentials, and delete or
 * replay them; what cannot be done is a code and changes nothing.
 */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import type { StoredHead } from '../model/stored-entry.ts'
import type { RequestLog } from '../store/request-log.ts'
import { nodeDisk } from '../store/node-disk.ts'
import { openStore, sampleEntry } from '../store/testing/store-stage.ts'
import { systemClock } from '../time/clock.ts'
import { jsonOf, refusalOf, useAdmin } from './testing/admin-under-test.ts'

const admin = useAdmin()
const API = '/api/v1/buffer'
let store: RequestLog

beforeEach(async () => {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const directory = `${folder.path}/buffer`
  const stage = await openStore(nodeDisk, { directory, clock: systemClock })
  store = stage.store
  onTestFinished(() => store.close())
  admin().engine.store = store
  await admin().start()
})

interface Page {
  readonly entries: readonly StoredHead[]
  readonly next: number | null
}

const get = async (path: string): Promise<unknown> => jsonOf(await admin().ask(`${API}/${path}`))
const list = async (query = ''): Promise<Page> => (await get(`entries${query}`)) as Page
const post = async (path: string): Promise<unknown> =>
  jsonOf(await admin().ask(`${API}/${path}`, { method: 'POST' }))

/** Entries 1 to `count`, of the routes `even` and `odd`, all with one key. */
async function keep(count: number): Promise<readonly string[]> {
  const ids: string[] = []
  for (let number = 1; number <= count; number++) {
    const route = number % 2 === 0 ? 'even' : 'odd'
    const { id } = await store.append(sampleEntry(number, { route, key: 'k' }))
    ids.push(id)
  }
  return ids
}

async function bury(...seqs: readonly number[]): Promise<void> {
  for (const seq of seqs) {
    store.attempted(seq, { attempts: 1, status: 400, reason: 'it answered 400' })
    store.settle(seq, { kind: 'dead', status: 400, reason: 'it answered 400' })
  }
  await store.settled()
}

describe('the list', () => {
  it('comes in pages, pending and dead ones unless others are asked for', async () => {
    const ids = await keep(5)
    store.settle(2, { kind: 'delivered', status: 200 })
    await bury(3)
    const first = await list('?limit=2')
    expect(first.entries.map(({ seq, state, id }) => [seq, state, id])).toEqual([
      [1, 'pending', ids[0]],
      [3, 'dead', ids[2]]
    ])
    expect((await list(`?limit=2&after=${first.next}`)).entries.map(({ seq }) => seq)).toEqual([
      4, 5
    ])
    expect((await list('?state=delivered')).entries.map(({ seq }) => seq)).toEqual([2])
    expect((await list('?state=dead')).entries).toMatchObject([
      { attempts: 1, lastStatus: 400, lastReason: 'it answered 400' }
    ])
    expect((await list('?route=even')).entries.map(({ seq }) => seq)).toEqual([4])
    expect((await list('?key=other')).entries).toEqual([])
  })

  it.each(['?state=gone', '?state=', '?limit=many', '?body=1'])(
    'does not take %s',
    async (query) => {
      expect(refusalOf(await admin().ask(`${API}/entries${query}`))).toEqual([
        400,
        'ADMIN_REQUEST_INVALID'
      ])
    }
  )
})

describe('one request', () => {
  it('shows fields and body, but nothing that lets its bearer in', async () => {
    const head = 'Host: a.test\r\nAuthorization: Bearer abc\r\nX-Api-Key: k\r\nX-Case: 7\r\n'
    const body = Buffer.from('größer als das')
    const { id } = await store.append(sampleEntry(1, { head, body }))
    expect(await get(`entries/${id}`)).toMatchObject({
      fields: [
        ['Host', 'a.test'],
        ['Authorization', '••••'],
        ['X-Api-Key', '••••'],
        ['X-Case', '7']
      ],
      body: { encoding: 'utf8', content: 'größer als das', isCut: false }
    })
    expect(await get(`entries/${id}?body=3`)).toMatchObject({ body: { isCut: true } })
  })

  it('that is no text comes in base64', async () => {
    const body = Buffer.from([0, 255, 128, 7, 200, 201])
    const { id } = await store.append(sampleEntry(1, { body }))
    expect(await get(`entries/${id}`)).toMatchObject({
      body: { encoding: 'base64', content: body.toString('base64') }
    })
  })

  it('is deleted once', async () => {
    const [id] = await keep(1)
    const remove = (): ReturnType<ReturnType<typeof admin>['ask']> =>
      admin().ask(`${API}/entries/${id}`, { method: 'DELETE' })
    expect(jsonOf(await remove())).toMatchObject({ id, state: 'deleted' })
    expect(refusalOf(await remove())).toEqual([409, 'ENTRY_SETTLED'])
    expect(refusalOf(await admin().ask(`${API}/entries/${id}`))).toEqual([409, 'ENTRY_SETTLED'])
  })

  it('is replayed when it is dead, as a new one at the end', async () => {
    const [first, second] = await keep(2)
    await bury(1)
    const replayed = (await post(`entries/${first}/replay`)) as StoredHead
    expect(replayed).toMatchObject({ seq: 3, state: 'pending', key: 'k', attempts: 0 })
    expect(replayed.id).not.toBe(first)
    const again = await admin().ask(`${API}/entries/${second}/replay`, { method: 'POST' })
    expect(refusalOf(again)).toEqual([409, 'ENTRY_SETTLED'])
  })

  it.each(['GET', 'DELETE'])('that nobody knows is 404: %s', async (method) => {
    const response = await admin().ask(`${API}/entries/${'0'.repeat(32)}`, { method })
    expect(refusalOf(response)).toEqual([404, 'ENTRY_UNKNOWN'])
  })
})

describe('many at once', () => {
  it('are purged by state and route', async () => {
    await keep(6)
    await bury(1, 2)
    expect(await post('purge?state=dead')).toEqual({ count: 2, hasMore: false })
    expect(await post('purge?state=pending&route=even')).toEqual({ count: 2, hasMore: false })
    expect((await list()).entries.map(({ seq }) => seq)).toEqual([3, 5])
  })

  it('are replayed in their order, each once', async () => {
    await keep(4)
    await bury(1, 2, 4)
    expect(await post('replay')).toEqual({ count: 3, hasMore: false })
    const { entries } = await list()
    expect(entries.map(({ seq, target }) => [seq, target])).toEqual(
      [
        [3, 3],
        [5, 1],
        [6, 2],
        [7, 4]
      ].map(([seq, number]) => [seq, sampleEntry(number!).target])
    )
    expect(await post('replay')).toEqual({ count: 0, hasMore: false })
  })

  it('are not purged without a word which', async () => {
    const response = await admin().ask(`${API}/purge`, { method: 'POST' })
    expect(refusalOf(response)).toEqual([400, 'ADMIN_REQUEST_INVALID'])
  })
})

it('the state of the buffer is told with that of the pools', async () => {
  await keep(2)
  const view = { maxBytes: 9, refused: 1, blocked: 0, intakeBytes: 0, oldestMs: 5, routes: [] }
  admin().engine.buffer = { ...view, stats: store.stats(), drainMs: Infinity }
  expect(jsonOf(await admin().ask(API))).toMatchObject({
    store: { isOpen: true, pending: 2, oldestMs: 5, drainMs: null, refusal: null }
  })
  admin().engine.buffer = { ...view, stats: null, drainMs: null }
  expect(jsonOf(await admin().ask(API))).toMatchObject({
    store: { isOpen: false, pending: 0, refusal: 'the store is not open' }
  })
})

it.each([
  ['GET', 'entries'],
  ['GET', `entries/${'0'.repeat(32)}`],
  ['POST', 'purge?state=dead'],
  ['POST', 'replay']
])('%s %s is a conflict where nothing is stored', async (method, path) => {
  admin().engine.store = null
  const response = await admin().ask(`${API}/${path}`, { method })
  expect(refusalOf(response)).toEqual([409, 'BUFFER_NONE'])
})
