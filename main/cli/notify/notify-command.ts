/** `switchyard notify test`: whether the notification channels of a file reach anybody. */
import { randomBytes } from 'node:crypto'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { ChannelSettings } from '../../../proxy-core/model/notification-settings.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { readConfig } from '../../config-file/config-file.ts'
import { instanceOf } from '../../engine-host/state-directory.ts'
import { createChannel } from '../../notifications/channels/channel-registry.ts'
import {
  notificationSource,
  type NotificationSource
} from '../../notifications/notification-source.ts'
import {
  countingChannel,
  selected,
  testChannels,
  testMessage,
  type TestedChannel,
  type TestOutcome
} from '../../notifications/test-message.ts'
import { unknownWord } from '../command-line.ts'
import { UsageError, valueOf, type Command, type CommandInput } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { OperatorLog } from '../run/operator-log.ts'
import { problemsEntry } from '../run/refusal.ts'
import type { Terminal } from '../terminal.ts'

const INCIDENT_BYTES = 6

export const notifyCommand: Command = {
  name: 'notify',
  summary: 'Send a test message through the notification channels of a file',
  operands: ['action'],
  options: [
    { name: 'config', value: '<file>', effect: 'The configuration file' },
    {
      name: 'channel',
      value: '<name|number|type>',
      effect: 'Only this channel, or only those of this type [all]'
    },
    { name: 'json', effect: 'Print one JSON object instead of text' }
  ],
  notes: `
  switchyard notify test --config switchyard.yaml --channel email

The message says that it is a test. Nothing else is started, and what is sent does not count
against the limits of a \`switchyard run\` of the same file.

Exit codes:
  0   every channel has delivered
  1   a channel has failed, or there is none
  2   the file has problems or cannot be read
  64  the command line is wrong, or names a channel that there is not`,
  run: notify
}

async function notify(input: CommandInput, terminal: Terminal): Promise<ExitCode> {
  const [action] = input.operands
  if (action !== 'test') throw unknownWord('action of notify', action ?? '', ['test'])
  const file = valueOf(input, 'config')
  if (file === undefined) throw new UsageError('The command notify test needs --config <file>.')
  const log = new OperatorLog(terminal, systemClock, 'text')
  const config = await readConfig(file)
  if (!config.result.ok) {
    log.write(problemsEntry('Nothing is sent.', config, config.result.problems, log.isColoured))
    return EXIT.configuration
  }
  const source = notificationSource(instanceOf(file))
  const channels = config.result.notification.channels.map((one) => tested(one, source, log))
  const outcomes = await testChannels(
    chosen(channels, valueOf(input, 'channel') ?? null),
    testMessage(randomBytes(INCIDENT_BYTES).toString('hex'), systemClock.wallNow())
  )
  terminal.out(input.options.has('json') ? json(file, outcomes) : text(file, outcomes))
  const hasFailed = outcomes.some(({ outcome }) => outcome === 'failed')
  return hasFailed || outcomes.length === 0 ? EXIT.incomplete : EXIT.done
}

function tested(
  settings: ChannelSettings,
  source: NotificationSource,
  log: OperatorLog
): TestedChannel {
  const { name, type } = settings
  if (settings.type === 'metrics') return countingChannel(settings)
  const channel = createChannel(settings, source, (entry) => log.write(entry))
  const { destination } = channel
  const deliver: TestedChannel['deliver'] = (message, signal) => channel.deliver(message, signal)
  return { name, type, destination, timeoutMs: settings.timeoutMs, deliver }
}

/** A channel that there is not is a wrong word on the command line. */
function chosen(
  channels: readonly TestedChannel[],
  selector: string | null
): readonly TestedChannel[] {
  try {
    return selected(channels, selector)
  } catch (error) {
    if (error instanceof SwitchyardError) throw new UsageError(error.message)
    throw error
  }
}

function json(file: string, outcomes: readonly TestOutcome[]): string {
  return `${JSON.stringify({ file, channels: outcomes }, null, 2)}\n`
}

function text(file: string, outcomes: readonly TestOutcome[]): string {
  if (outcomes.length === 0) return `${file} has no notification channel: nobody is told.\n`
  const width = Math.max(...outcomes.map(({ channel }) => channel.length))
  return outcomes.map((one) => `${one.channel.padEnd(width)}  ${sentenceOf(one)}\n`).join('')
}

function sentenceOf({ outcome, destination, detail, durationMs }: TestOutcome): string {
  switch (outcome) {
    case 'delivered':
      return `delivered to ${destination} in ${durationMs} ms (${detail})`
    case 'failed':
      return `failed, to ${destination}: ${detail}`
    case 'skipped':
      return `skipped: ${detail}`
  }
}
