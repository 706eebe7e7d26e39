/** Channels of notifications whose options contradict each other, or would give a password away. */
import { isLoopback } from '../../model/schema/addresses.ts'
import type { Finding } from '../finding.ts'
import type { LooseNode } from '../loose-document.ts'
import { channelNames } from '../resolve-notification.ts'

/** Ours: they say what the body is, and where it goes. */
const RESERVED_FIELDS = ['content-type', 'content-length', 'host']

export function* checkNotification(root: LooseNode): Generator<Finding> {
  const channels = root.at('failover').at('notification').at('channels').items
  yield* checkNames(channels)
  for (const channel of channels) {
    if (channel.at('type').value === 'email') yield* checkEmail(channel)
    if (channel.at('type').value === 'webhook') yield* checkWebhook(channel)
  }
}

function* checkNames(channels: readonly LooseNode[]): Generator<Finding> {
  const names = channelNames(
    channels.map((channel) => ({
      type: channel.at('type').text ?? '',
      name: channel.at('name').text
    }))
  )
  for (const [index, name] of names.entries()) {
    if (name === '' || names.indexOf(name) === index) continue
    const channel = channels[index]!
    yield {
      code: 'DUPLICATE',
      path: channel.has('name') ? channel.at('name').path : channel.path,
      at: 'value',
      message: `Two notification channels are called ${JSON.stringify(name)}.`,
      hint: 'Give one of them another `name`.'
    }
  }
}

function* checkEmail(channel: LooseNode): Generator<Finding> {
  for (const [present, absent] of [
    ['smtp_user', 'smtp_password'],
    ['smtp_password', 'smtp_user']
  ] as const) {
    if (!channel.has(present) || channel.has(absent)) continue
    yield {
      code: 'MISSING',
      path: channel.at(present).path,
      at: 'key',
      message: `\`${present}\` needs \`${absent}\` beside it.`,
      hint: null
    }
  }
  const tls = channel.at('tls')
  const server = channel.at('smtp_server').text
  const isLocal = server !== undefined && isLoopback(server)
  if (tls.value !== 'none' || !channel.has('smtp_password') || isLocal) return
  yield {
    code: 'CONFLICT',
    path: tls.path,
    at: 'value',
    message: '`tls: none` would send the password over the network as it is.',
    hint: 'Use `starttls` or `implicit`.'
  }
}

function* checkWebhook(channel: LooseNode): Generator<Finding> {
  const headers = channel.at('headers')
  for (const name of headers.keys) {
    const lower = name.toLowerCase()
    const isTwice = lower === 'authorization' && channel.has('authorization')
    if (!RESERVED_FIELDS.includes(lower) && !isTwice) continue
    yield {
      code: 'CONFLICT',
      path: headers.at(name).path,
      at: 'key',
      message: isTwice
        ? `\`${name}\` is written twice: here and as \`authorization\`.`
        : `\`${name}\` of a webhook is set by Switchyard.`,
      hint: 'Take it out.'
    }
  }
}
