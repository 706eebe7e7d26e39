/** Contract: a test through real channels, an answer for each, and an exit code. */
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../../../test/servers/certificate-authority.ts'
import { SmtpSink } from '../../../test/servers/smtp-sink.ts'
import { temporaryFolder, type TemporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { WebhookReceiver } from '../../../test/servers/webhook-receiver.ts'
import type { NotificationDocument } from '../../notifications/formats/notification-document.ts'
import { runCli } from '../run-cli.ts'
import { CapturedTerminal } from '../testing/captured-terminal.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
})

async function cli(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new CapturedTerminal()
  const code = await runCli(['notify', ...words], terminal)
  return { code, out: terminal.stdout.replaceAll(/\d+ ms/g, 'N ms'), err: terminal.stderr }
}

function file(...channels: readonly object[]): string {
  const text = JSON.stringify({ failover: { notification: { channels } } })
  return folder.write('a.yaml', text)
}

async function sinkOf(): Promise<{ sink: SmtpSink; channel: object }> {
  const authority = new CertificateAuthority()
  const certificate = authority.issue({ names: ['127.0.0.1'] })
  const sink = await SmtpSink.start({ certificate })
  onTestFinished(() => sink.stop())
  folder.write('ca.pem', authority.certPem)
  const mail = { smtp_server: '127.0.0.1', smtp_port: sink.port, recipients: ['ops@example.com'] }
  return { sink, channel: { type: 'email', from: 'a@example.com', ca: 'ca.pem', ...mail } }
}

async function receiverOf(): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.start()
  onTestFinished(() => receiver.stop())
  return receiver
}

test('every channel gets a message that says it is a test, and each is answered for', async () => {
  const { sink, channel } = await sinkOf()
  const receiver = await receiverOf()
  const hook = { type: 'webhook', url: receiver.url() }
  const config = file({ type: 'log' }, channel, hook, { type: 'metrics' })
  const { code, out, err } = await cli('test', '--config', config)
  expect(out).toBe(
    'log      delivered to the log in N ms (written)\n' +
      `email    delivered to ops@example.com through 127.0.0.1:${sink.port} in N ms (250 2.0.0 Queued as 42)\n` +
      'webhook  delivered to 127.0.0.1, format json in N ms (HTTP 204)\n' +
      'metrics  skipped: It sends nothing: what it counts is in `/metrics` of a running engine.\n'
  )
  expect(code).toBe(0)
  expect(err).toMatch(/info +Notification: Test message\. This is a test that somebody asked for/)
  expect((await sink.received()).raw).toContain('Subject: [Switchyard] Test message\r\n')
  const document = JSON.parse((await receiver.received()).body) as NotificationDocument
  expect(document).toMatchObject({ kind: 'test', severity: 'info', incident: { state: 'none' } })
})

test('one failure is exit code 1, without the URL, and the others are sent all the same', async () => {
  const [good, gone] = [await receiverOf(), await receiverOf()]
  const url = gone.url('/T0/secret-part')
  await gone.stop()
  const config = file({ type: 'webhook', url }, { type: 'webhook', url: good.url() })
  const { code, out, err } = await cli('test', '--config', config)
  expect(code).toBe(1)
  expect(out).toMatch(
    /^webhook {4}failed, to 127\.0\.0\.1, format json: .*ECONNREFUSED.*\nwebhook-2 {2}delivered/
  )
  expect(out + err).not.toContain('secret-part')
})

test.each([
  ['webhook', ['webhook', 'webhook-2']],
  ['webhook-2', ['webhook-2']],
  ['1', ['log']],
  ['3', ['webhook-2']]
])('--channel %s means %j', async (selector, expected) => {
  const receiver = await receiverOf()
  const hook = { type: 'webhook', url: receiver.url() }
  const words = ['test', '--config', file({ type: 'log' }, hook, hook), '--channel', selector]
  const { code, out } = await cli(...words, '--json')
  const { channels } = JSON.parse(out) as { channels: { channel: string; outcome: string }[] }
  expect(channels.map(({ channel }) => channel)).toEqual(expected)
  expect(channels.every(({ outcome }) => outcome === 'delivered')).toBe(true)
  expect(code).toBe(0)
})

test('a file without channels tells nobody, and says so', async () => {
  const config = file()
  expect(await cli('test', '--config', config)).toEqual({
    ...{ code: 1, err: '' },
    out: `${config} has no notification channel: nobody is told.\n`
  })
})

test('a file with problems sends nothing', async () => {
  const { code, err } = await cli('test', '--config', file({ type: 'sms' }))
  expect(code).toBe(2)
  expect(err).toContain('Nothing is sent.')
})

test.each([
  [['test'], 'The command notify test needs --config <file>.'],
  [['tset', '--config', 'a'], 'There is no action of notify tset. Did you mean test?'],
  [[], 'The command notify needs <action>.']
])('%j is a wrong command line', async (words, message) => {
  expect(await cli(...words)).toEqual({
    ...{ code: 64, out: '' },
    err: `switchyard: ${message}\nSee switchyard --help.\n`
  })
})

test('a channel that there is not is named with those that there are', async () => {
  const { code, err } = await cli('test', '--config', file({ type: 'log' }), '--channel', 'mail')
  expect(code).toBe(64)
  expect(err).toContain('There is no notification channel "mail". There are: 1 log.')
})
