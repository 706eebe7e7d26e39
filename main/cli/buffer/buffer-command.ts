/** `switchyard buffer`: requests that wait for a backend, and an operator who lets them wait. */
import { bufferSchema } from '../../../proxy-core/admin/handlers/buffer.ts'
import { holdChangeSchema, type HoldChange } from '../../../proxy-core/model/hold-report.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { print, type AdminAction, type AdminCall } from '../admin-call.ts'
import { ADMIN_OPTIONS, withAdmin } from '../admin-options.ts'
import { unknownWord } from '../command-line.ts'
import { UsageError, valueOf, type Command, type CommandInput } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { holdText } from './hold-text.ts'
import {
  deleteStored,
  listStored,
  purgeStored,
  replayStored,
  showStored
} from './stored-actions.ts'
import { storeText } from './stored-text.ts'

const ACTIONS = ['status', 'hold', 'release', 'list', 'show', 'replay', 'delete', 'purge'] as const

type Action = (typeof ACTIONS)[number]

const API = '/api/v1/buffer'

export const bufferCommand: Command = {
  name: 'buffer',
  summary: 'Show requests that wait, with their clients or on disk, and steer them',
  operands: ['action'],
  optionalOperands: ['id'],
  options: [
    {
      name: 'pool',
      value: '<name>',
      effect: 'The pool [status: all; else the only one that holds requests]'
    },
    { name: 'for', value: '<duration>', effect: 'How long hold lets them wait, at most 1h [30s]' },
    { name: 'reason', value: '<text>', effect: 'Kept in the events and the log' },
    {
      name: 'state',
      value: '<states>',
      effect: 'States for list, one for purge [list: pending,dead]'
    },
    { name: 'route', value: '<name>', effect: 'Only stored requests of this route' },
    { name: 'key', value: '<key>', effect: 'Only stored requests of this key' },
    { name: 'limit', value: '<number>', effect: 'How many list shows, at most 500 [50]' },
    {
      name: 'body',
      value: '<size>',
      effect: 'How much of the body show shows, at most 1MiB [16KiB]'
    },
    { name: 'yes', effect: 'Do not ask before delete, purge and a replay of many' },
    { name: 'json', effect: "Print the admin API's JSON instead of text" },
    ...ADMIN_OPTIONS
  ],
  notes: `
Actions:
  status   who waits in each pool, for how long, and what became of the others
  hold     let all new requests of a pool wait, as for the restart of its backends
  release  let them go before the time of hold is over
  list     stored requests, in the order of their acceptance
  show     the one of this id, with its fields and body; values of credentials are masked
  replay   deliver the dead one of this id once more; without an id, all dead ones
  delete   take the one of this id out for good
  purge    take all of a state out for good

Exit codes:
  0   done; also when it was so already
  4   no running instance was found, it does not answer, or it does not take the token
  5   nothing was changed: no such pool or request, it may not be done, or the answer was no
  64  the command line is wrong`,
  run: (input, terminal) => {
    const action = actionOf(input)
    return withAdmin(input, terminal, (client) => ACT[action]({ input, terminal, client }))
  }
}

const ACT: Readonly<Record<Action, AdminAction>> = {
  status: showStatus,
  hold,
  release,
  list: listStored,
  show: showStored,
  replay: replayStored,
  delete: deleteStored,
  purge: purgeStored
}

async function showStatus(call: AdminCall): Promise<ExitCode> {
  const { input, client } = call
  const buffer = await client.get(API, { pool: valueOf(input, 'pool') }, bufferSchema)
  const nowMs = systemClock.wallNow()
  print(call, buffer, () => {
    const texts = buffer.pools.map((pool) => holdText(pool, pool.requests, nowMs))
    if (buffer.store !== null) texts.push(storeText(buffer.store))
    return texts.length === 0
      ? 'The instance neither holds nor stores requests.'
      : texts.join('\n\n')
  })
  return EXIT.done
}

async function hold(call: AdminCall): Promise<ExitCode> {
  const { client, input } = call
  const query = { pool: await poolOf(call), for: valueOf(input, 'for'), reason: reasonOf(call) }
  return report(call, await client.post(`${API}/hold`, query, holdChangeSchema))
}

async function release(call: AdminCall): Promise<ExitCode> {
  const { client } = call
  const query = { pool: await poolOf(call), reason: reasonOf(call) }
  return report(call, await client.post(`${API}/release`, query, holdChangeSchema))
}

function report(call: AdminCall, change: HoldChange): ExitCode {
  const first = change.changed ? 'Done.' : 'It was so already; nothing was changed.'
  const nowMs = systemClock.wallNow()
  print(call, change, () =>
    [
      first,
      ...change.warnings.map((one) => `Note: ${one}`),
      '',
      holdText(change.status, [], nowMs)
    ].join('\n')
  )
  return EXIT.done
}

/** The named pool, or the only one that holds requests. Throws UsageError. */
async function poolOf({ input, client }: AdminCall): Promise<string> {
  const named = valueOf(input, 'pool')
  if (named !== undefined) return named
  const { pools } = await client.get(API, {}, bufferSchema)
  const names = pools.map(({ pool }) => pool)
  if (names.length === 1) return names[0]!
  if (names.length === 0) throw new UsageError('No pool of this instance holds requests.')
  throw new UsageError(`Name the pool with --pool: ${names.join(', ')}.`)
}

function reasonOf({ input }: AdminCall): string | undefined {
  return valueOf(input, 'reason')
}

function actionOf(input: CommandInput): Action {
  const word = input.operands[0]!
  const action = ACTIONS.find((one) => one === word)
  if (action !== undefined) return action
  throw unknownWord('action', word, ACTIONS)
}
