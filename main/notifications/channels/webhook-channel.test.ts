/**
 * Contract: posts over real sockets: what arrives, what counts as delivered, what is repeated;
 * no URL in what is said; nothing left open.
 */
import { describe, expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../../../test/servers/certificate-authority.ts'
import { eventually } from '../../../test/servers/eventually.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import {
  WebhookReceiver,
  type WebhookReceiverOptions,
  type WebhookScript
} from '../../../test/servers/webhook-receiver.ts'
import type { WebhookChannelSettings } from '../../../proxy-core/model/notification-settings.ts'
import { DeliveryFailure } from '../delivery-failure.ts'
import { notificationDocument } from '../formats/notification-document.ts'
import { message, SOURCE } from '../testing/messages.ts'
import { formatOf, webhookChannel } from './webhook-channel.ts'

const SECRET_PATH = '/services/T000/B000/XXXXsecretXXXX'

async function receiverOf(options: WebhookReceiverOptions = {}): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.start(options)
  onTestFinished(() => receiver.stop())
  return receiver
}

function settings(
  url: string,
  changes: Partial<WebhookChannelSettings> = {}
): WebhookChannelSettings {
  return {
    ...{ type: 'webhook', name: 'webhook', on: ['failover'], minIntervalMs: 0, rateLimit: null },
    ...{ timeoutMs: 5_000, url, format: null, authorization: null, headers: {}, caFile: null },
    ...changes
  }
}

function send(to: WebhookChannelSettings, signal = new AbortController().signal): Promise<string> {
  return webhookChannel(to, SOURCE).deliver(message(), signal)
}

async function failureOf(sending: Promise<string>): Promise<DeliveryFailure> {
  const error: unknown = await sending.then(
    (said) => new Error(`It was delivered: ${said}`),
    (cause: unknown) => cause
  )
  expect(error).toBeInstanceOf(DeliveryFailure)
  return error as DeliveryFailure
}

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): WebhookScript =>
  (_post, response) =>
    response.writeHead(code, headers).end(body)

test('what is posted is our JSON, with its fields', async () => {
  const receiver = await receiverOf()
  const headers = { 'X-Team': 'platform' }
  const said = await send(
    settings(receiver.url('/hook?a=1'), { headers, authorization: 'Bearer t0ken' })
  )
  expect(said).toBe('HTTP 204')
  const post = await receiver.received()
  expect(post).toMatchObject({
    ...{ method: 'POST', path: '/hook?a=1' },
    headers: {
      ...{ 'content-type': 'application/json', 'user-agent': 'Switchyard/0.1.0' },
      ...{ 'x-team': 'platform', authorization: 'Bearer t0ken' }
    }
  })
  expect(JSON.parse(post.body)).toEqual(notificationDocument(message(), SOURCE))
  // Sooner than a client that keeps it alive for the next message would close it.
  const isClosed = async (): Promise<boolean> => (await receiver.openCount()) === 0
  await eventually('the connection is closed', isClosed, 2_000)
})

test.each([
  ['https://hooks.slack.com/services/x', 'slack'],
  ['https://discord.com/api/webhooks/1/x', 'discord'],
  ['https://discordapp.com/api/webhooks/1/x', 'discord'],
  ['https://hooks.example.com/slack', 'json'],
  [null, 'json']
] as const)('the format of %s is %s', (url, format) => {
  expect(formatOf(url)).toBe(format)
})

test('a written format wins over the host', async () => {
  const receiver = await receiverOf()
  await send(settings(receiver.url(), { format: 'discord' }))
  expect(JSON.parse((await receiver.received()).body)).toHaveProperty('embeds')
})

describe('an answer', () => {
  test.each([
    [400, true],
    [404, true],
    [408, false],
    [425, false],
    [429, false],
    [500, false],
    [503, false]
  ])('with the status %d fails for good: %s', async (code, isPermanent) => {
    const receiver = await receiverOf({ script: status(code) })
    const failure = await failureOf(send(settings(receiver.url())))
    expect(failure).toMatchObject({ isPermanent, message: `It answered with HTTP ${code}.` })
  })

  test('that asks for patience is heard', async () => {
    const receiver = await receiverOf({ script: status(429, { 'retry-after': '7' }) })
    expect((await failureOf(send(settings(receiver.url())))).retryAfterMs).toBe(7_000)
  })

  test('that names the time is heard too, and what is neither is not', async () => {
    let value = new Date(Date.now() + 60_000).toUTCString()
    const script: WebhookScript = (_post, response) =>
      response.writeHead(503, { 'retry-after': value }).end()
    const receiver = await receiverOf({ script })
    const asked = async (): Promise<number | null> =>
      (await failureOf(send(settings(receiver.url())))).retryAfterMs
    const askedMs = await asked()
    expect(askedMs).toBeGreaterThan(50_000)
    expect(askedMs).toBeLessThanOrEqual(60_000)
    for (value of ['1e3', '0x10', 'soon']) expect(await asked()).toBeNull()
  })

  test('that redirects is not followed', async () => {
    const other = await receiverOf()
    const receiver = await receiverOf({ script: status(307, { location: other.url() }) })
    const failure = await failureOf(send(settings(receiver.url())))
    expect(failure).toMatchObject({ isPermanent: true })
    expect(failure.message).toContain('redirections are not followed')
    expect(other.posts).toEqual([])
  })

  test('is quoted in short, without the secret that it may quote itself', async () => {
    const script: WebhookScript = (post, response) =>
      response.writeHead(500).end(`no such hook: ${post.path} ${'x'.repeat(5_000)}`)
    const receiver = await receiverOf({ script })
    const failure = await failureOf(send(settings(receiver.url(SECRET_PATH))))
    expect(failure.message).toContain('no such hook: ••••')
    expect(failure.message).not.toContain('XXXXsecretXXXX')
    expect(failure.message.length).toBeLessThan(300)
  })

  test('without an end is read up to its first 4 KiB', async () => {
    const script: WebhookScript = (_post, response) => {
      response.writeHead(200)
      const more = (): void => {
        while (response.write('x'.repeat(1_000)));
      }
      response.on('drain', more)
      response.on('error', () => {})
      more()
    }
    const receiver = await receiverOf({ script })
    expect(await send(settings(receiver.url()))).toBe('HTTP 200')
  })
})

describe('a URL', () => {
  test('that cannot be reached is not told', async () => {
    const receiver = await receiverOf()
    const url = receiver.url(SECRET_PATH)
    await receiver.stop()
    const failure = await failureOf(send(settings(url)))
    expect(failure.message).toContain('ECONNREFUSED')
    expect(failure.message).not.toContain('secret')
  })

  test('whose host is the secret is not told', async () => {
    const failure = await failureOf(send(settings('https://e0ab1f-token.invalid/x')))
    expect(failure.message).not.toContain('e0ab1f')
    const { destination } = webhookChannel(settings('https://e0ab1f-token.invalid/x'), SOURCE)
    expect(destination).toBe('a URL that is kept secret, format json')
  })

  test('of a well-known service shows its host', () => {
    const { destination } = webhookChannel(
      settings(`https://hooks.slack.com${SECRET_PATH}`),
      SOURCE
    )
    expect(destination).toBe('hooks.slack.com, format slack')
  })

  test('that is none fails for good', async () => {
    expect(await failureOf(send(settings('ftp://x/')))).toMatchObject({ isPermanent: true })
    expect(await failureOf(send(settings('no url')))).toMatchObject({ isPermanent: true })
  })
})

test('TLS is verified, with authorities of its own where they are named', async () => {
  const authority = new CertificateAuthority()
  const receiver = await receiverOf({ certificate: authority.issue({ names: ['127.0.0.1'] }) })
  const failure = await failureOf(send(settings(receiver.url())))
  expect(failure.message).toMatch(/certificate/i)
  expect(receiver.posts).toEqual([])
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const caFile = folder.write('ca.pem', authority.certPem)
  expect(await send(settings(receiver.url(), { caFile }))).toBe('HTTP 204')
})

test('an attempt that is aborted ends, and its connection with it', async () => {
  let closed = 0
  const receiver = await receiverOf({
    script: (_post, response) => void response.on('close', () => (closed += 1))
  })
  const abort = new AbortController()
  const failing = failureOf(send(settings(receiver.url()), abort.signal))
  await receiver.received()
  abort.abort()
  await failing
  await eventually('the connection is closed', () => closed === 1)
})
