/**
 * Contract: mail over real sockets to a real server: encrypted where that was asked for, or not
 * at all; nothing secret in what is said; nothing left open.
 */
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../../../test/servers/certificate-authority.ts'
import { eventually } from '../../../test/servers/eventually.ts'
import { SmtpSink, type SmtpSinkOptions } from '../../../test/servers/smtp-sink.ts'
import { temporaryFolder } from '../../../test/servers/temporary-folder.ts'
import type { EmailChannelSettings } from '../../../proxy-core/model/notification-settings.ts'
import { DeliveryFailure } from '../delivery-failure.ts'
import type { NotificationMessage } from '../message.ts'
import { BEGAN_MS, incident, linesOf, message, occurrence, SOURCE } from '../testing/messages.ts'
import { emailChannel } from './email-channel.ts'

const PASSWORD = 'hunter2-and-more'
const LOGIN = { user: 'user@example.com', password: PASSWORD }

let authority: CertificateAuthority
let certificate: { certPem: string; keyPem: string }
let caFile: string

beforeAll(() => {
  authority = new CertificateAuthority()
  certificate = authority.issue({ names: ['127.0.0.1'] })
  const folder = temporaryFolder()
  caFile = folder.write('ca.pem', authority.certPem)
  return () => folder.remove()
})

async function sinkOf(options: SmtpSinkOptions = { certificate }): Promise<SmtpSink> {
  const sink = await SmtpSink.start(options)
  onTestFinished(() => sink.stop())
  return sink
}

function settings(port: number, changes: Partial<EmailChannelSettings> = {}): EmailChannelSettings {
  return {
    ...{ type: 'email', name: 'email', on: ['failover'], minIntervalMs: 0, rateLimit: null },
    ...{ timeoutMs: 5_000, server: '127.0.0.1', port, tls: 'starttls', caFile },
    ...{ user: null, password: null, from: 'Switchyard <switchyard@example.com>' },
    ...{ recipients: ['ops@example.com'], subject: '[Switchyard] {title}' },
    ...changes
  }
}

function send(
  to: EmailChannelSettings,
  what: NotificationMessage = message(),
  signal = new AbortController().signal
): Promise<string> {
  return emailChannel(to, SOURCE).deliver(what, signal)
}

async function failureOf(sending: Promise<string>): Promise<DeliveryFailure> {
  const error: unknown = await sending.then(
    (said) => new Error(`It was delivered: ${said}`),
    (cause: unknown) => cause
  )
  expect(error).toBeInstanceOf(DeliveryFailure)
  return error as DeliveryFailure
}

describe('a mail', () => {
  test('is sent encrypted with STARTTLS, logged in, to all recipients', async () => {
    const sink = await sinkOf({ certificate, login: LOGIN })
    const recipients = ['ops@example.com', 'boss@example.com']
    const said = await send(settings(sink.port, { ...LOGIN, recipients }))
    expect(said).toBe('250 2.0.0 Queued as 42')
    const mail = await sink.received()
    expect(mail).toMatchObject({
      ...{ from: 'switchyard@example.com', to: recipients, isEncrypted: true, user: LOGIN.user }
    })
    expect(mail.raw).toContain('From: Switchyard <switchyard@example.com>\r\n')
    expect(mail.raw).toContain('Subject: [Switchyard] api: no backend left, its requests fail\r\n')
    expect(mail.raw).toContain('Auto-Submitted: auto-generated\r\n')
    expect(mail.raw).toMatch(/Content-Type: multipart\/alternative/)
    expect(sink.violations).toEqual([])
    await eventually('the connection is closed', () => sink.openCount === 0)
  })

  test('goes over TLS from the first byte where that is asked for', async () => {
    const sink = await sinkOf({ certificate, isImplicit: true })
    await send(settings(sink.port, { tls: 'implicit' }))
    expect((await sink.received()).isEncrypted).toBe(true)
  })

  test('goes unencrypted only where that is asked for', async () => {
    const sink = await sinkOf({})
    await send(settings(sink.port, { tls: 'none' }))
    expect(await sink.received()).toMatchObject({ isEncrypted: false, user: null })
  })

  test('comes from the user where no sender is given, else from this machine', async () => {
    const sink = await sinkOf()
    await send(settings(sink.port, { ...LOGIN, from: null }))
    await send(settings(sink.port, { from: null }))
    expect(sink.mails.map(({ from }) => from)).toEqual([
      'user@example.com',
      'switchyard@lb1.example.com'
    ])
  })

  test('about an incident belongs to one thread with the others about it', async () => {
    const sink = await sinkOf()
    const closed = incident({ kind: 'closed', closedAtMs: BEGAN_MS + 60_000 })
    await send(settings(sink.port), message())
    await send(settings(sink.port), message({ incidents: [closed] }))
    const [first, last] = sink.mails.map(({ raw }) => raw)
    const id = '<incident-a1b2c3d4e5f6-1@example.com>'
    expect(first).toContain(`Message-ID: ${id}\r\n`)
    expect(last).toContain(`In-Reply-To: ${id}\r\n`)
    expect(last).toContain(`References: ${id}\r\n`)
    expect(last).not.toContain(`Message-ID: ${id}\r\n`)
  })

  test('has no field that came with a text, and dots at the beginning of lines survive', async () => {
    const sink = await sinkOf()
    const sly = 'x\r\nBcc: all@evil.test\r\n\r\n.\r\nRSET'
    await send(
      settings(sink.port),
      message({
        incidents: [incident({ headline: sly })],
        lines: linesOf(occurrence({ text: sly }))
      })
    )
    const { raw, to } = await sink.received()
    expect(to).toEqual(['ops@example.com'])
    expect(raw).not.toMatch(/^Bcc:/im)
    expect(sink.commands).not.toContain('RSET')
  })

  test('of which some recipients are refused counts as delivered, and says so', async () => {
    const sink = await sinkOf({
      certificate,
      script: {
        recipient: (address) => (address.startsWith('gone') ? '550 5.1.1 Gone' : undefined!)
      }
    })
    const recipients = ['ops@example.com', 'gone@example.com']
    expect(await send(settings(sink.port, { recipients }))).toBe(
      '250 2.0.0 Queued as 42; 1 of 2 recipients were refused'
    )
  })
})

describe('a server', () => {
  test('that offers no STARTTLS gets neither password nor mail', async () => {
    const sink = await sinkOf({})
    const failure = await failureOf(send(settings(sink.port, LOGIN)))
    expect(failure.isPermanent).toBe(false)
    expect(sink.mails).toEqual([])
    expect(sink.commands.join(' ')).not.toMatch(/AUTH|MAIL/)
  })

  test('whose certificate is of nobody that is trusted gets neither', async () => {
    const sink = await sinkOf({
      certificate: new CertificateAuthority().issue({ names: ['127.0.0.1'] })
    })
    const failure = await failureOf(send(settings(sink.port, LOGIN)))
    expect(failure.message).toMatch(/certificate/i)
    expect(sink.commands.join(' ')).not.toMatch(/AUTH|MAIL/)
  })

  test('whose certificate is of another name gets neither', async () => {
    const sink = await sinkOf({ certificate: authority.issue({ names: ['mail.example.com'] }) })
    await failureOf(send(settings(sink.port, LOGIN)))
    expect(sink.commands.join(' ')).not.toMatch(/AUTH|MAIL/)
  })

  test('that refuses the log-in fails for good, and what it quotes of it is masked', async () => {
    const sink = await sinkOf({ certificate, login: LOGIN })
    const failure = await failureOf(
      send(settings(sink.port, { user: LOGIN.user, password: 'wrong-word' }))
    )
    expect(failure.isPermanent).toBe(true)
    expect(failure.message).toContain('535')
    expect(failure.message).not.toContain('wrong-word')
  })

  test.each([
    ['450 4.2.0 Later', false],
    ['550 5.7.1 Never', true]
  ])('that answers "%s" fails for good: %s', async (end, isPermanent) => {
    const sink = await sinkOf({ certificate, script: { end } })
    const failure = await failureOf(send(settings(sink.port)))
    expect(failure).toMatchObject({ isPermanent, message: expect.stringContaining(end) as string })
  })

  test.each([
    ['says nothing', { greeting: null }],
    ['stops in the midst', { data: null }]
  ])('that %s is left when the attempt is aborted', async (_what, script) => {
    const sink = await sinkOf({ certificate, script })
    const abort = new AbortController()
    const failing = failureOf(
      send(settings(sink.port, { timeoutMs: 60_000 }), message(), abort.signal)
    )
    await eventually('a connection', () => sink.openCount === 1)
    abort.abort()
    await failing
    await eventually('the connection is closed', () => sink.openCount === 0)
  })

  test('that is not there is named with its reason', async () => {
    const sink = await sinkOf()
    await sink.stop()
    const failure = await failureOf(send(settings(sink.port)))
    expect(failure.message).toContain('ECONNREFUSED')
  })
})

test('a file of authorities that cannot be read is a failure with its name', async () => {
  const failure = await failureOf(send(settings(1, { caFile: '/nonexistent/ca.pem' })))
  expect(failure.message).toContain('/nonexistent/ca.pem')
})

test('the destination tells the server and never the password', () => {
  const one = emailChannel(settings(587, { ...LOGIN, server: 'smtp.example.com' }), SOURCE)
  expect(one.destination).toBe('ops@example.com through smtp.example.com:587')
})
