/** The options with which a command finds the running instance that it speaks to. */
import { AdminClient } from '../admin-client/admin-client.ts'
import { findTarget, type TargetWish } from '../admin-client/admin-target.ts'
import { instanceOf, isInstanceName } from '../engine-host/state-directory.ts'
import { UsageError, valueOf, type CommandInput, type OptionSpec } from './command.ts'
import type { Terminal } from './terminal.ts'

export const ADMIN_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'config',
    value: '<file>',
    effect: 'The instance that runs this file [the only one that runs]'
  },
  { name: 'instance', value: '<name>', effect: 'The instance of this name, as given to run' },
  {
    name: 'admin',
    value: '<url>',
    effect: 'Any admin API; its token is in SWITCHYARD_ADMIN_TOKEN'
  }
]

/** Asks one instance and lets go of it. Throws UsageError, or what `findTarget` throws. */
export async function withAdmin<Result>(
  input: CommandInput,
  terminal: Terminal,
  use: (client: AdminClient) => Promise<Result>
): Promise<Result> {
  const target = await findTarget(wishOf(input), terminal.environment)
  const client = await AdminClient.open(target)
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}

function wishOf(input: CommandInput): TargetWish {
  const given = ADMIN_OPTIONS.filter(({ name }) => input.options.has(name))
  if (given.length > 1) {
    const names = given.map(({ name }) => `--${name}`).join(' and ')
    throw new UsageError(`${names} both say which instance is meant; give one of them.`)
  }
  const config = valueOf(input, 'config')
  const instance = config === undefined ? valueOf(input, 'instance') : instanceOf(config)
  if (instance !== undefined && !isInstanceName(instance)) {
    throw new UsageError(`${instance} is no instance name.`)
  }
  return { instance: instance ?? null, url: valueOf(input, 'admin') ?? null }
}
