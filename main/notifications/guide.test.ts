/**
 * Contract: a real mail server and a real receiver get exactly what docs/guides/notifications.md
 * shows, and its configurations load.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../../test/servers/certificate-authority.ts'
import { mailParts } from '../../test/servers/mail-parts.ts'
import { SmtpSink } from '../../test/servers/smtp-sink.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { WebhookReceiver } from '../../test/servers/webhook-receiver.ts'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import { DEFAULT_OCCASIONS } from '../../proxy-core/model/default-notification.ts'
import {
  OCCASIONS,
  type EmailChannelSettings,
  type WebhookFormat
} from '../../proxy-core/model/notification-settings.ts'
import { emailChannel } from './channels/email-channel.ts'
import { webhookChannel } from './channels/webhook-channel.ts'
import { THREAD_PHASES } from './incident-thread.ts'
import { EXAMPLE_CLOSED, EXAMPLE_OPENED, SOURCE } from './testing/messages.ts'

const GUIDE = readFileSync(new URL('../../docs/guides/notifications.md', import.meta.url), 'utf8')
const REFERENCE = readFileSync(
  new URL('../../docs/reference/notifications.md', import.meta.url),
  'utf8'
)

/** The blocks of a language under a heading. */
function blocks(text: string, heading: string, language: string): readonly string[] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/^```(\w*)\n([^]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , block]) => block!)
}

describe('the mail of the guide', () => {
  test('is what a mail server receives', async () => {
    const authority = new CertificateAuthority()
    const certificate = authority.issue({ names: ['127.0.0.1'] })
    const sink = await SmtpSink.start({ certificate })
    const folder = temporaryFolder()
    onTestFinished(async () => {
      await sink.stop()
      folder.remove()
    })
    const settings: EmailChannelSettings = {
      ...{ type: 'email', name: 'email', on: DEFAULT_OCCASIONS, minIntervalMs: 0, rateLimit: null },
      ...{ timeoutMs: 5_000, server: '127.0.0.1', port: sink.port, tls: 'starttls' },
      ...{ caFile: folder.write('ca.pem', authority.certPem), user: null, password: null },
      ...{ from: 'user@example.com', recipients: ['admin@example.com'] },
      subject: '[Switchyard] {title}'
    }
    const channel = emailChannel(settings, SOURCE)
    await channel.deliver(EXAMPLE_OPENED, new AbortController().signal)
    await channel.deliver(EXAMPLE_CLOSED, new AbortController().signal)
    const shown = sink.mails.map(({ raw }) => {
      const { fields, text } = mailParts(raw)
      const head = ['From', 'To', 'Subject'].map(
        (name) => `${name}: ${fields.get(name.toLowerCase())}`
      )
      return `${head.join('\n')}\n\n${text.trimEnd()}\n`
    })
    expect(shown).toEqual(blocks(GUIDE, 'Mail', 'text'))
  })
})

describe.each<[string, WebhookFormat]>([
  ['Any other service', 'json'],
  ['Slack', 'slack'],
  ['Discord', 'discord']
])('the post under "%s"', (heading, format) => {
  test('is what a receiver gets', async () => {
    const receiver = await WebhookReceiver.start()
    onTestFinished(() => receiver.stop())
    const channel = webhookChannel(
      {
        ...{ type: 'webhook', name: 'webhook', on: DEFAULT_OCCASIONS, minIntervalMs: 0 },
        ...{ rateLimit: null, timeoutMs: 5_000, url: receiver.url(), format },
        ...{ authorization: null, headers: {}, caFile: null }
      },
      SOURCE
    )
    await channel.deliver(EXAMPLE_OPENED, new AbortController().signal)
    const { body } = await receiver.received()
    const [shown] = blocks(GUIDE, heading, 'json')
    expect(JSON.parse(body)).toEqual(JSON.parse(shown ?? 'null'))
  })
})

test('every configuration of the guide loads without a warning', () => {
  const configurations = [...GUIDE.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text]) => text!)
  expect(configurations.length).toBeGreaterThanOrEqual(4)
  for (const text of configurations) {
    const result = loadConfig(text, { file: 'guide.yaml', baseDir: '/etc/switchyard' })
    const found = result.ok ? result.warnings : result.problems
    // Parts of a file have no pools.
    expect(found.filter(({ code }) => code !== 'NO_POOLS')).toEqual([])
  }
})

test('the guide says when each occasion is one, and the reference every phase', () => {
  const rows = (text: string): readonly string[] =>
    [...text.matchAll(/^\| `([a-z_]+)`/gm)].map(([, word]) => word!)
  expect(OCCASIONS.filter((one) => !rows(GUIDE).includes(one))).toEqual([])
  expect(THREAD_PHASES.filter((one) => !rows(REFERENCE).includes(one))).toEqual([])
})
