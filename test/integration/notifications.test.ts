/**
 * Contract: `switchyard run` with a real engine tells of a failover by mail and by webhook: one
 * message each, no secret in the log. A server that hangs delays neither traffic nor the end.
 */
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { NotificationDocument } from '../../main/notifications/formats/notification-document.ts'
import { CertificateAuthority } from '../servers/certificate-authority.ts'
import { ChildServer } from '../servers/child-server.ts'
import { configuration } from '../servers/configuration.ts'
import { getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually, within } from '../servers/eventually.ts'
import { RawClient } from '../servers/raw-client.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'
import { SmtpSink, type SmtpSinkOptions } from '../servers/smtp-sink.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'
import { WebhookReceiver } from '../servers/webhook-receiver.ts'

const CLI = join(import.meta.dirname, '../../main/cli/cli.ts')
const DEADLINE_MS = 15_000
const PASSWORD = 'hunter2-and-more'
const SECRET_PATH = '/services/T000/XXXXsecretXXXX'

let folder: TemporaryFolder
let authority: CertificateAuthority
let certificate: { certPem: string; keyPem: string }
let primary: RecordingBackend
let backup: RecordingBackend

beforeAll(() => {
  authority = new CertificateAuthority()
  certificate = authority.issue({ names: ['127.0.0.1'] })
})

beforeEach(async () => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  folder.write('ca.pem', authority.certPem)
  primary = await startBackend('primary')
  backup = await startBackend('backup')
})

async function sinkOf(options: SmtpSinkOptions): Promise<SmtpSink> {
  const sink = await SmtpSink.start({ certificate, ...options })
  onTestFinished(() => sink.stop())
  return sink
}

async function receiverOf(): Promise<WebhookReceiver> {
  const receiver = await WebhookReceiver.start()
  onTestFinished(() => receiver.stop())
  return receiver
}

function mailTo(sink: SmtpSink): object {
  return {
    ...{ type: 'email', smtp_server: '127.0.0.1', smtp_port: sink.port, ca: 'ca.pem' },
    ...{ smtp_user: 'user@example.com', smtp_password: { env: 'SMTP_PASSWORD' } },
    recipients: ['ops@example.com']
  }
}

async function run(channels: readonly object[], env: Record<string, string>): Promise<ChildServer> {
  const notification = { channels, group_window: '200ms', quiet_period: '300ms' }
  const file = folder.write(
    'switchyard.yaml',
    configuration({
      backends: [primary.address, { address: backup.address, failover: true }],
      pool: {
        health_check: { type: 'tcp', interval: '50ms', timeout: '1s', unhealthy_threshold: 1 }
      },
      top: { shutdown_timeout: '1s', failover: { recovery_interval: '100ms', notification } }
    })
  )
  const server = await ChildServer.start(process.execPath, [CLI, 'run', file], {
    env: { XDG_STATE_HOME: folder.path, NO_COLOR: '1', SMTP_PASSWORD: PASSWORD, ...env },
    readyWhen: /Admin API: /
  })
  onTestFinished(async () => {
    await within('the end of both processes', server.stop('SIGKILL'), DEADLINE_MS)
  })
  return server
}

async function get(server: ChildServer, target: string): Promise<string> {
  const port = Number(/Listener web: http:\/\/127\.0\.0\.1:(\d+)/.exec(server.output)?.[1])
  const client = await RawClient.connect(port)
  try {
    client.send(getRequest(target))
    const response = await client.readResponse()
    return `${response.status} ${response.body.toString()}`
  } finally {
    client.close()
  }
}

test('a killed primary is one mail and one post, its return a second one, and no secret is in the log', async () => {
  const sink = await sinkOf({ login: { user: 'user@example.com', password: PASSWORD } })
  const receiver = await receiverOf()
  const hook = { type: 'webhook', url: { env: 'HOOK_URL' } }
  const server = await run([mailTo(sink), hook, { type: 'metrics' }], {
    HOOK_URL: receiver.url(SECRET_PATH)
  })
  const { port } = primary
  await primary.stop()
  const mail = await sink.received(1, DEADLINE_MS)
  await receiver.received(1, DEADLINE_MS)
  expect(await get(server, '/')).toContain('200 backup')
  expect(mail).toMatchObject({
    to: ['ops@example.com'],
    isEncrypted: true,
    user: 'user@example.com'
  })
  const opened = JSON.parse(receiver.posts[0]!.body) as NotificationDocument
  expect(opened).toMatchObject({ kind: 'opened', pool: 'main', severity: 'warning' })
  expect(opened.events.map(({ occasion }) => occasion)).toContain('failover')

  await startBackend('primary', { port })
  await sink.received(2, DEADLINE_MS)
  await receiver.received(2, DEADLINE_MS)
  const closed = JSON.parse(receiver.posts[1]!.body) as NotificationDocument
  expect(closed).toMatchObject({
    ...{ kind: 'closed', pool: 'main' },
    incident: { id: opened.incident!.id, state: 'closed' }
  })
  expect([sink.mails.length, receiver.posts.length]).toEqual([2, 2])
  expect(sink.violations).toEqual([])
  server.signal('SIGTERM')
  expect((await server.exited).code).toBe(0)
  for (const secret of [PASSWORD, SECRET_PATH, 'XXXXsecretXXXX']) {
    expect(server.output).not.toContain(secret)
  }
})

test('a mail server that hangs delays no request, no other channel, and the end by 2 s at most', async () => {
  const sink = await sinkOf({ script: { greeting: null } })
  const receiver = await receiverOf()
  const hook = { type: 'webhook', url: { env: 'HOOK_URL' } }
  const server = await run([mailTo(sink), hook], { HOOK_URL: receiver.url() })
  await primary.stop()
  await receiver.received(1, DEADLINE_MS)
  await eventually('the mail server is connected to', () => sink.openCount > 0, DEADLINE_MS)
  expect(await get(server, '/')).toContain('200 backup')
  server.signal('SIGTERM')
  const { code } = await within('the end', server.exited, DEADLINE_MS)
  expect(code).toBe(0)
  expect(server.output).toContain(
    'Notification channel email could not deliver a message before the end.'
  )
  expect(sink.openCount).toBe(0)
})

test('what is collected at the end is still told', async () => {
  const receiver = await receiverOf()
  const server = await run([{ type: 'webhook', url: { env: 'HOOK_URL' } }], {
    HOOK_URL: receiver.url()
  })
  await primary.stop()
  await eventually('the failover', () => server.output.includes('failover is active'), DEADLINE_MS)
  server.signal('SIGTERM')
  await within('the end', server.exited, DEADLINE_MS)
  expect(receiver.posts).toHaveLength(1)
})
