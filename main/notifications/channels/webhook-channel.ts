/** Posts messages to a URL. Redirections are not followed: the body would go to another place. */
import { readFile } from 'node:fs/promises'
import { Agent, request, type Dispatcher } from 'undici'
import { retryAfterMs } from '../../../proxy-core/http1/retry-after.ts'
import type {
  WebhookChannelSettings,
  WebhookFormat
} from '../../../proxy-core/model/notification-settings.ts'
import { isSensitiveField } from '../../../proxy-core/model/sensitive-field.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import { DeliveryFailure } from '../delivery-failure.ts'
import { discordMessage } from '../formats/discord-message.ts'
import { notificationDocument } from '../formats/notification-document.ts'
import { slackMessage } from '../formats/slack-message.ts'
import type { NotificationMessage } from '../message.ts'
import type { NotificationSource } from '../notification-source.ts'
import type { NotificationChannel } from './notification-channel.ts'
import { secretParts, withoutSecrets } from './secret-words.ts'
import { isWellKnown, SERVICE_FORMATS } from './well-known-hosts.ts'

/** Of what the other side answers: enough for its reason. */
const MAX_ANSWER_BYTES = 4 * 1024
/** Of that, in a sentence. */
const QUOTED_CHARACTERS = 200
/** Beside 5xx: the same request may be taken later. */
const PASSING = new Set([408, 425, 429])

type Body = (message: NotificationMessage, source: NotificationSource) => unknown

const FORMATS: Readonly<Record<WebhookFormat, Body>> = {
  json: notificationDocument,
  slack: slackMessage,
  discord: discordMessage
}

export function webhookChannel(
  settings: WebhookChannelSettings,
  source: NotificationSource
): NotificationChannel {
  const { url } = settings
  const format = settings.format ?? formatOf(url)
  const post = new WebhookPost(settings, source)
  return {
    destination: destinationOf(url, format),
    deliver: async (message, signal) => {
      const body = JSON.stringify(FORMATS[format](message, source))
      return post.send(body, signal)
    }
  }
}

export function formatOf(url: string | null): WebhookFormat {
  const host = url === null ? undefined : URL.parse(url)?.hostname
  return SERVICE_FORMATS.get(host ?? '') ?? 'json'
}

function destinationOf(url: string | null, format: WebhookFormat): string {
  const host = url === null ? undefined : URL.parse(url)?.hostname
  const where = host !== undefined && isWellKnown(host) ? host : 'a URL that is kept secret'
  return `${where}, format ${format}`
}

class WebhookPost {
  readonly #settings: WebhookChannelSettings
  readonly #source: NotificationSource
  readonly #secrets: readonly (string | null)[]

  constructor(settings: WebhookChannelSettings, source: NotificationSource) {
    this.#settings = settings
    this.#source = source
    const { url, authorization, headers } = settings
    this.#secrets = [
      ...(url === null ? [] : secretParts(url)),
      authorization,
      ...(authorization?.split(' ').slice(1) ?? []),
      ...Object.entries(headers).flatMap(([name, value]) => (isSensitiveField(name) ? [value] : []))
    ]
  }

  async send(body: string, signal: AbortSignal): Promise<string> {
    const target = this.#target()
    const dispatcher = await this.#agent()
    try {
      const answer = await request(target, {
        ...{ method: 'POST', headers: this.#headers(), body, signal, dispatcher },
        ...{ headersTimeout: this.#settings.timeoutMs, bodyTimeout: this.#settings.timeoutMs }
      })
      const text = await beginningOf(answer.body)
      return this.#judge(answer, text)
    } catch (error) {
      throw this.#failure(error)
    } finally {
      // A connection of its own for each message: they are rare, and nothing stays open.
      await dispatcher.destroy().catch(() => {})
    }
  }

  #target(): URL {
    const { url } = this.#settings
    const target = url === null ? null : URL.parse(url)
    if (target?.protocol === 'https:' || target?.protocol === 'http:') return target
    throw new DeliveryFailure('Its URL is no http or https URL.', { isPermanent: true })
  }

  async #agent(): Promise<Agent> {
    const { caFile, timeoutMs } = this.#settings
    try {
      const ca = caFile === null ? undefined : await readFile(caFile, 'utf8')
      return new Agent({ connect: { timeout: timeoutMs, ...(ca && { ca }) } })
    } catch (error) {
      throw new DeliveryFailure(`Its \`ca\` cannot be read: ${reasonOf(error)}.`)
    }
  }

  #headers(): Record<string, string> {
    const { authorization, headers } = this.#settings
    return {
      ...headers,
      'content-type': 'application/json',
      'user-agent': `Switchyard/${this.#source.version}`,
      ...(authorization === null ? {} : { authorization })
    }
  }

  #judge({ statusCode, headers }: Dispatcher.ResponseData, text: string): string {
    if (statusCode >= 200 && statusCode < 300) return `HTTP ${statusCode}`
    if (statusCode >= 300 && statusCode < 400) {
      const message = `It answered with HTTP ${statusCode}: redirections are not followed.`
      throw new DeliveryFailure(message, { isPermanent: true })
    }
    const said = withoutSecrets(text, this.#secrets).replaceAll(/\s+/g, ' ').trim()
    const quote = said === '' ? '.' : `: ${JSON.stringify(said.slice(0, QUOTED_CHARACTERS))}.`
    throw new DeliveryFailure(`It answered with HTTP ${statusCode}${quote}`, {
      isPermanent: statusCode < 500 && !PASSING.has(statusCode),
      retryAfterMs: askedWaitMs(headers['retry-after'], systemClock.wallNow())
    })
  }

  #failure(error: unknown): DeliveryFailure {
    if (error instanceof DeliveryFailure) return error
    return new DeliveryFailure(`${withoutSecrets(reasonOf(error), this.#secrets)}.`)
  }
}

async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MAX_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8')
}

/** null: nothing that can be understood, so our own wait holds. */
function askedWaitMs(value: string | string[] | undefined, wallNowMs: number): number | null {
  return typeof value === 'string' ? retryAfterMs(value, wallNowMs) || null : null
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const reason = cause instanceof Error ? cause.message : String(cause)
  return reason.replace(/\.$/, '') || 'the connection failed'
}
