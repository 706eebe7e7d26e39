/** `switchyard failover`: what seed 004 does with curl, with a look before the leap. */
import {
  failoverChangeSchema,
  failoverPreviewSchema,
  failoverStatusSchema,
  type FailoverChange,
  type FailoverPreview,
  type FailoverStatus
} from '../../../proxy-core/model/failover-report.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { z } from 'zod'
import { print, type AdminAction, type AdminCall } from '../admin-call.ts'
import { ADMIN_OPTIONS, withAdmin } from '../admin-options.ts'
import { unknownWord } from '../command-line.ts'
import { isConfirmed } from '../confirmation.ts'
import { UsageError, valueOf, type Command, type CommandInput } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { previewText } from './preview-text.ts'
import { statusText } from './status-text.ts'

const ACTIONS = ['status', 'test', 'activate', 'deactivate'] as const

type Action = (typeof ACTIONS)[number]

const API = '/api/v1/failover'

const statusesSchema = z.strictObject({ pools: z.array(failoverStatusSchema) })

export const failoverCommand: Command = {
  name: 'failover',
  summary: 'Show the failover of a running instance, try it, switch it by hand',
  operands: ['action'],
  options: [
    {
      name: 'pool',
      value: '<name>',
      effect: 'The pool [status: all; else the only one that the action can mean]'
    },
    {
      name: 'level',
      value: '<number>',
      effect: 'The level to serve [the backup latched, else serving, else first able]'
    },
    { name: 'force', effect: 'Activate also with fewer eligible backends there than min_eligible' },
    { name: 'reason', value: '<text>', effect: 'Kept in the events and the log' },
    { name: 'yes', effect: 'Do not ask before activate and deactivate' },
    { name: 'json', effect: "Print the admin API's JSON instead of text" },
    ...ADMIN_OPTIONS
  ],
  notes: `
Actions:
  status      where each pool stands, level by level
  test        what activate would do now; nothing is changed
  activate    take a pool to another level, and keep it there until deactivate
  deactivate  give it back to its own judgement: the primary returns when it is healthy

Exit codes:
  0   done; also when it was so already
  4   no running instance was found, it does not answer, or it does not take the token
  5   nothing was changed: no such pool, no standby, or the answer was no
  64  the command line is wrong`,
  run: (input, terminal) => {
    const action = actionOf(input)
    return withAdmin(input, terminal, (client) => ACT[action]({ input, terminal, client }))
  }
}

const ACT: Readonly<Record<Action, AdminAction>> = {
  status: showStatus,
  test: showPreview,
  activate,
  deactivate
}

async function showStatus(call: AdminCall): Promise<ExitCode> {
  const { input, client } = call
  const pool = valueOf(input, 'pool')
  if (pool === undefined) {
    const all = await client.get(`${API}/status`, {}, statusesSchema)
    print(call, all, () => statusesText(all.pools))
  } else {
    const one = await client.get(`${API}/status`, { pool }, failoverStatusSchema)
    print(call, one, () => statusesText([one]))
  }
  return EXIT.done
}

async function showPreview(call: AdminCall): Promise<ExitCode> {
  const preview = await previewOf(call, await poolOf(call, 'test'))
  print(call, preview, () => previewText(preview))
  return preview.toLevel === null ? EXIT.refused : EXIT.done
}

async function activate(call: AdminCall): Promise<ExitCode> {
  const { client, input } = call
  const pool = await poolOf(call, 'activate')
  const query = { pool, ...wishesOf(input), reason: valueOf(input, 'reason') }
  const isWanted = await isConfirmed(call, `Activate the failover of pool ${pool}?`, async () =>
    previewText(await previewOf(call, pool))
  )
  if (!isWanted) return EXIT.refused
  return report(call, await client.post(`${API}/activate`, query, failoverChangeSchema))
}

async function deactivate(call: AdminCall): Promise<ExitCode> {
  const { client, input } = call
  const pool = await poolOf(call, 'deactivate')
  const query = { pool, reason: valueOf(input, 'reason') }
  const isWanted = await isConfirmed(call, `Deactivate the failover of pool ${pool}?`, async () =>
    statusesText([await client.get(`${API}/status`, { pool }, failoverStatusSchema)])
  )
  if (!isWanted) return EXIT.refused
  return report(call, await client.post(`${API}/deactivate`, query, failoverChangeSchema))
}

function report(call: AdminCall, change: FailoverChange): ExitCode {
  const first = change.changed ? 'Done.' : 'It was so already; nothing was changed.'
  print(call, change, () => `${first}\n\n${statusesText([change.status])}`)
  return EXIT.done
}

function previewOf({ input, client }: AdminCall, pool: string): Promise<FailoverPreview> {
  return client.post(`${API}/test`, { pool, ...wishesOf(input) }, failoverPreviewSchema)
}

/** The named pool, or the only one that the action can mean. Throws UsageError. */
async function poolOf({ input, client }: AdminCall, action: Action): Promise<string> {
  const named = valueOf(input, 'pool')
  if (named !== undefined) return named
  const { pools } = await client.get(`${API}/status`, {}, statusesSchema)
  const able = meantBy(action, pools).map(({ pool }) => pool)
  if (able.length === 1) return able[0]!
  if (able.length === 0) {
    throw new UsageError('No pool of this instance has levels that can be switched by hand.')
  }
  throw new UsageError(`Name the pool with --pool: ${able.join(', ')}.`)
}

function meantBy(action: Action, pools: readonly FailoverStatus[]): readonly FailoverStatus[] {
  // A reload may have taken the levels of a latched pool away, and its latch can be released still.
  const latched = pools.filter(({ latchedLevel }) => latchedLevel !== null)
  if (action === 'deactivate' && latched.length > 0) return latched
  return pools.filter(({ isEnabled, mode }) => isEnabled && mode === 'switch')
}

function wishesOf(input: CommandInput): Readonly<Record<'level' | 'force', string | undefined>> {
  const level = valueOf(input, 'level')
  if (level !== undefined && !/^\d{1,4}$/.test(level)) {
    throw new UsageError(`The option --level takes a whole number, not ${level}.`)
  }
  return { level, force: input.options.has('force') ? 'true' : undefined }
}

function statusesText(statuses: readonly FailoverStatus[]): string {
  const nowMs = systemClock.wallNow()
  const texts = statuses.map((status) => statusText(status, nowMs))
  return texts.length === 0 ? 'The instance has no pools.' : texts.join('\n\n')
}

function actionOf(input: CommandInput): Action {
  const word = input.operands[0]!
  const action = ACTIONS.find((one) => one === word)
  if (action !== undefined) return action
  throw unknownWord('action', word, ACTIONS)
}
