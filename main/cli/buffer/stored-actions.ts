/** `switchyard buffer list | show | replay | delete | purge`: requests that wait on disk. */
import { bulkSchema } from '../../../proxy-core/admin/handlers/buffer-bulk.ts'
import { storedPageSchema } from '../../../proxy-core/admin/handlers/buffer-entries.ts'
import {
  storedEntrySchema,
  storedHeadSchema,
  type StoredHead
} from '../../../proxy-core/model/stored-entry.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { print, type AdminCall } from '../admin-call.ts'
import { UsageError, valueOf, type CommandInput } from '../command.ts'
import { isConfirmed } from '../confirmation.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { entryText, storedLine } from './stored-text.ts'

const API = '/api/v1/buffer'

export async function listStored(call: AdminCall): Promise<ExitCode> {
  const { input, client } = call
  const query = {
    ...filterOf(input),
    state: valueOf(input, 'state'),
    limit: valueOf(input, 'limit')
  }
  const page = await client.get(`${API}/entries`, query, storedPageSchema)
  const nowMs = systemClock.wallNow()
  print(call, page, () => {
    if (page.entries.length === 0) return 'There is no such request.'
    const more = page.next === null ? [] : ['There are more: --limit shows up to 500.']
    return [...page.entries.map((one) => storedLine(one, nowMs)), ...more].join('\n')
  })
  return EXIT.done
}

export async function showStored(call: AdminCall): Promise<ExitCode> {
  const { input, client } = call
  const path = `${API}/entries/${idOf(input)}`
  const entry = await client.get(path, { body: valueOf(input, 'body') }, storedEntrySchema)
  print(call, entry, () => entryText(entry, systemClock.wallNow()))
  return EXIT.done
}

/** With an id one request, else all dead ones that the filter lets through. */
export async function replayStored(call: AdminCall): Promise<ExitCode> {
  const { input, client } = call
  if (input.operands.length > 1) {
    const path = `${API}/entries/${idOf(input)}/replay`
    return reportOne(
      call,
      await client.post(path, {}, storedHeadSchema),
      'Done: it is delivered as'
    )
  }
  const question = 'Deliver all these dead requests once more?'
  if (!(await isConfirmed(call, question, () => stake(call, 'dead')))) return EXIT.refused
  const bulk = await client.post(`${API}/replay`, filterOf(input), bulkSchema)
  print(call, bulk, () => `Done: ${counted(bulk)} delivered once more.${more(bulk)}`)
  return EXIT.done
}

export async function deleteStored(call: AdminCall): Promise<ExitCode> {
  const { input, client } = call
  const id = idOf(input)
  const isWanted = await isConfirmed(call, `Delete the request ${id} for good?`, async () =>
    entryText(
      await client.get(`${API}/entries/${id}`, {}, storedEntrySchema),
      systemClock.wallNow()
    )
  )
  if (!isWanted) return EXIT.refused
  const gone = await client.remove(`${API}/entries/${id}`, storedHeadSchema)
  return reportOne(call, gone, 'Done: it is gone:')
}

export async function purgeStored(call: AdminCall): Promise<ExitCode> {
  const { input, client } = call
  const state = valueOf(input, 'state')
  if (state !== 'dead' && state !== 'pending') {
    throw new UsageError('Say what is to be purged: --state dead, or --state pending.')
  }
  const question = `Delete all these ${state} requests for good?`
  if (!(await isConfirmed(call, question, () => stake(call, state)))) return EXIT.refused
  const bulk = await client.post(`${API}/purge`, { ...filterOf(input), state }, bulkSchema)
  print(call, bulk, () => `Done: ${counted(bulk)} deleted.${more(bulk)}`)
  return EXIT.done
}

async function stake({ input, client }: AdminCall, state: string): Promise<string> {
  const query = { ...filterOf(input), state, limit: '10' }
  const page = await client.get(`${API}/entries`, query, storedPageSchema)
  const nowMs = systemClock.wallNow()
  const lines = page.entries.map((one) => storedLine(one, nowMs))
  return [...lines, ...(page.next === null ? [] : ['and more'])].join('\n')
}

function reportOne(call: AdminCall, head: StoredHead, words: string): ExitCode {
  print(call, head, () => `${words}\n${storedLine(head, systemClock.wallNow())}`)
  return EXIT.done
}

function counted({ count }: { readonly count: number }): string {
  return count === 1 ? '1 request is' : `${count} requests are`
}

function more({ hasMore }: { readonly hasMore: boolean }): string {
  return hasMore ? ' There are more: repeat it.' : ''
}

function filterOf(input: CommandInput): Readonly<Record<'route' | 'key', string | undefined>> {
  return { route: valueOf(input, 'route'), key: valueOf(input, 'key') }
}

function idOf(input: CommandInput): string {
  const [, id] = input.operands
  if (id === undefined) throw new UsageError('Say which request, by its id from `buffer list`.')
  if (!/^[0-9a-f]{32}$/.test(id)) throw new UsageError(`${id} is no id: it has 32 digits, 0 to f.`)
  return id
}
