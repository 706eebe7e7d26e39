/**
 * Sends messages through a mail server. Encryption that was asked for is never given up: a server
 * that offers no STARTTLS gets neither the password nor the message.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createTransport } from 'nodemailer'
import type { EmailChannelSettings } from '../../../proxy-core/model/notification-settings.ts'
import { isMailAddress } from '../../../proxy-core/model/schema/mail-words.ts'
import { DeliveryFailure } from '../delivery-failure.ts'
import { mailMessage } from '../formats/mail-message.ts'
import { severityOf, type NotificationMessage } from '../message.ts'
import { inOneLine } from '../message-text.ts'
import type { NotificationSource } from '../notification-source.ts'
import type { NotificationChannel } from './notification-channel.ts'
import { withoutSecrets } from './secret-words.ts'

/** After the end of a conversation, for a server that does not close. */
const CLOSE_WITHIN_MS = 500
const MIN_TLS = 'TLSv1.2'
/** Of the answer of a server, in a sentence. */
const QUOTED_CHARACTERS = 200

export function emailChannel(
  settings: EmailChannelSettings,
  source: NotificationSource
): NotificationChannel {
  const { recipients, server, port, password, user } = settings
  const to = recipients.length === 1 ? recipients[0]! : `${recipients.length} recipients`
  return {
    destination: `${to} through ${server}:${port}`,
    async deliver(message, signal) {
      const ca = await certificatesOf(settings)
      const transport = createTransport(transportOptions(settings, source, ca))
      try {
        const sent = await transport.sendMail({ ...mailOf(message, settings, source), signal })
        return saidOf(sent.response, sent.rejected.length, recipients.length)
      } catch (error) {
        throw failureFrom(error, [password, base64Login(user, password)])
      } finally {
        transport.close()
      }
    }
  }
}

type Transport = Parameters<typeof createTransport>[0]

function transportOptions(
  settings: EmailChannelSettings,
  source: NotificationSource,
  ca: string | null
): Transport {
  const { server, port, tls, user, password, timeoutMs } = settings
  const options = {
    ...{ host: server, port, secure: tls === 'implicit', name: heloName(source) },
    ...{ requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
    tls: { minVersion: MIN_TLS, ...(ca === null ? {} : { ca }) },
    ...(user === null || password === null ? {} : { auth: { user, pass: password } }),
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, dnsTimeout: timeoutMs },
    ...{ socketTimeout: timeoutMs, socketCloseTimeout: CLOSE_WITHIN_MS },
    // Nothing of a message names a file or a URL; if something did, it would not be read.
    ...{ disableFileAccess: true, disableUrlAccess: true }
  }
  return options as Transport
}

async function certificatesOf({ caFile }: EmailChannelSettings): Promise<string | null> {
  if (caFile === null) return null
  try {
    return await readFile(caFile, 'utf8')
  } catch (error) {
    throw new DeliveryFailure(`Its \`ca\` cannot be read: ${messageOf(error)}.`)
  }
}

interface Mail {
  readonly from: string
  readonly to: string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  readonly references?: string[]
  readonly inReplyTo?: string
  readonly headers: Record<string, string>
  readonly priority?: 'high'
}

function mailOf(
  message: NotificationMessage,
  settings: EmailChannelSettings,
  source: NotificationSource
): Mail {
  const from = senderOf(settings, source)
  const thread = message.incidents.map(({ id }) => threadId(id, from))
  const isFirst = message.incidents.every(({ kind }) => kind !== 'updated' && kind !== 'closed')
  return {
    from,
    to: [...settings.recipients],
    ...mailMessage(message, source, settings.subject),
    ...(isFirst && thread.length === 1
      ? { messageId: thread[0]! }
      : { messageId: messageId(message, from), references: thread, inReplyTo: thread[0]! }),
    headers: {
      // RFC 3834: nobody's absence is answered to us.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All'
    },
    ...(severityOf(message) === 'critical' ? { priority: 'high' } : {})
  }
}

function senderOf({ from, user }: EmailChannelSettings, source: NotificationSource): string {
  if (from !== null) return from
  return user !== null && isMailAddress(user) ? user : `switchyard@${heloName(source)}`
}

/** What the mails about one incident refer to, whether or not its first one arrived. */
function threadId(incident: string, from: string): string {
  return `<incident-${incident}@${domainOf(from)}>`
}

/** The same for every attempt to deliver the same words, so that a repetition is recognised. */
function messageId({ incidents, lines }: NotificationMessage, from: string): string {
  const content = JSON.stringify([incidents, lines])
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 32)
  return `<${digest}@${domainOf(from)}>`
}

function domainOf(from: string): string {
  return /@([^@>]+)>?$/.exec(from)?.[1] ?? 'switchyard.invalid'
}

/** A name of the machine that may stand in a protocol. */
function heloName({ host }: NotificationSource): string {
  return /^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(host) ? host : 'switchyard.invalid'
}

function saidOf(response: string, rejected: number, asked: number): string {
  const said = inOneLine(response).slice(0, QUOTED_CHARACTERS)
  return rejected === 0 ? said : `${said}; ${rejected} of ${asked} recipients were refused`
}

/** Of SMTPError; the library's types do not say that it is thrown. */
interface SmtpError {
  readonly code?: string
  readonly responseCode?: number
}

function failureFrom(error: unknown, secrets: readonly (string | null)[]): DeliveryFailure {
  const { code, responseCode = 0 } = error as SmtpError
  const words = inOneLine(withoutSecrets(messageOf(error), secrets)).replace(/\.$/, '')
  // RFC 5321 section 4.2.1: 5yz is permanent, 4yz is worth another attempt.
  // A STARTTLS that is refused may be somebody on the way, who goes away again.
  const isPermanent = responseCode >= 500 && responseCode < 600 && code !== 'ETLS'
  return new DeliveryFailure(`${words.slice(0, 2 * QUOTED_CHARACTERS)}.`, { isPermanent })
}

/** As AUTH PLAIN carries it. */
function base64Login(user: string | null, password: string | null): string | null {
  if (user === null || password === null) return null
  return Buffer.from(`\0${user}\0${password}`).toString('base64')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
