/** Contract: TLS listeners choose certificates by SNI, reload them live, and refuse plain text. */
import { connect, type TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../servers/certificate-authority.ts'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { ManualClock } from '../servers/manual-clock.ts'
import { fieldValue } from '../servers/http-head.ts'
import { temporaryFolder, type TemporaryFolder } from '../servers/temporary-folder.ts'

const authority = new CertificateAuthority()
const ca = authority.certPem

function folder(): TemporaryFolder {
  const created = temporaryFolder()
  onTestFinished(() => created.remove())
  return created
}

function writePair(
  to: TemporaryFolder,
  file: string,
  ...names: string[]
): { cert: string; key: string } {
  const issued = authority.issue({ names })
  return {
    cert: to.write(`${file}.pem`, issued.certPem),
    key: to.write(`${file}.key`, issued.keyPem)
  }
}

function subject(port: number, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect(
      { port, host: '127.0.0.1', servername, rejectUnauthorized: false },
      () => {
        resolve(String(socket.getPeerCertificate().subject.CN))
        socket.destroy()
      }
    )
    socket.once('error', reject)
  })
}

test('requests over TLS reach the backend, which is told that they were https', async () => {
  const backend = await startBackend()
  const pair = writePair(folder(), 'site', 'a.test')
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { tls: { certificates: [pair] } } })
  )
  const client = await fixture.connect('web', { tls: { ca, servername: 'a.test' } })
  for (const target of ['/1', '/2']) {
    client.send(getRequest(target))
    expect((await client.readResponse()).body.toString()).toBe(`backend ${target} 0`)
  }
  expect(fieldValue(backend.requests[0]!, 'x-forwarded-proto')).toBe('https')
})

test('a megabyte passes over TLS both ways', async () => {
  const backend = await startBackend()
  backend.script = async (exchange) => exchange.respond({ body: (await exchange.request).body })
  const pair = writePair(folder(), 'site', 'a.test')
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { tls: { certificates: [pair] } } })
  )
  const client = await fixture.connect('web', { tls: { ca, servername: 'a.test' } })
  const body = Buffer.alloc(1_000_003, 'tls!')
  client.send(`PUT /big HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${body.length}\r\n\r\n`)
  client.send(body)
  expect((await client.readResponse('PUT')).body.equals(body)).toBe(true)
})

test('the certificate is chosen by name, wildcards included, else the first', async () => {
  const files = folder()
  const certificates = [
    writePair(files, 'one', 'one.test'),
    writePair(files, 'two', 'two.test'),
    writePair(files, 'wild', '*.wild.test')
  ]
  const fixture = await EngineFixture.start(
    configuration({ backends: [], listener: { tls: { certificates } } })
  )
  expect(await subject(fixture.port(), 'one.test')).toBe('one.test')
  expect(await subject(fixture.port(), 'two.test')).toBe('two.test')
  expect(await subject(fixture.port(), 'a.wild.test')).toBe('*.wild.test')
  expect(await subject(fixture.port(), 'other.test')).toBe('one.test')
  expect(await subject(fixture.port(), '')).toBe('one.test')
})

test('a reload takes a renewed certificate for new connections and keeps running ones', async () => {
  const backend = await startBackend()
  const files = folder()
  const yaml = configuration({
    backends: [backend],
    listener: { tls: { certificates: [writePair(files, 'site', 'old.test')] } }
  })
  const fixture = await EngineFixture.start(yaml)
  const running = await fixture.connect('web', { tls: { rejectUnauthorized: false } })
  writePair(files, 'site', 'new.test')
  await fixture.reload(yaml)
  await eventually(
    'the new certificate',
    async () => (await subject(fixture.port(), '')) === 'new.test'
  )
  running.send(getRequest('/still'))
  expect((await running.readResponse()).status).toBe(200)
})

test('a broken renewal keeps the last good certificate and says so', async () => {
  const files = folder()
  const yaml = configuration({
    backends: [],
    listener: { tls: { certificates: [writePair(files, 'site', 'good.test')] } }
  })
  const fixture = await EngineFixture.start(yaml)
  files.write('site.pem', 'not a certificate')
  await expect(fixture.reload(yaml)).rejects.toThrow(
    expect.objectContaining({ code: 'CERTIFICATE_INVALID' }) as Error
  )
  expect(await subject(fixture.port(), '')).toBe('good.test')
  expect(fixture.eventsOf('configuration').at(-1)?.reason).toContain('site.pem')
})

test('renewed files are noticed without a reload, and broken ones reported once', async () => {
  const files = folder()
  const clock = new ManualClock()
  const yaml = configuration({
    backends: [],
    listener: { tls: { certificates: [writePair(files, 'site', 'first.test')] } }
  })
  const fixture = await EngineFixture.start(yaml, { clock })
  writePair(files, 'site', 'second.test')
  await clock.advanceAsync(11_000)
  expect(await subject(fixture.port(), '')).toBe('second.test')
  files.write('site.key', 'not a key')
  await clock.advanceAsync(60_000)
  expect(await subject(fixture.port(), '')).toBe('second.test')
  const failures = fixture.eventsOf('listener').filter(({ outcome }) => outcome === 'failed')
  expect(failures.map(({ code }) => code)).toEqual(['CERTIFICATE_INVALID'])
})

test('plain text on a TLS port is closed and harms nobody', async () => {
  const backend = await startBackend()
  const pair = writePair(folder(), 'site', 'a.test')
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], listener: { tls: { certificates: [pair] } } })
  )
  const plain = await fixture.connect()
  plain.send(getRequest('/1'))
  await plain.readToEnd()
  const client = await fixture.connect('web', { tls: { ca, servername: 'a.test' } })
  client.send(getRequest('/2'))
  expect((await client.readResponse()).status).toBe(200)
  expect(backend.targets).toEqual(['/2'])
})

test('TLS 1.2 is refused where 1.3 is asked for', async () => {
  const pair = writePair(folder(), 'site', 'a.test')
  const fixture = await EngineFixture.start(
    configuration({
      backends: [],
      listener: { tls: { certificates: [pair], min_version: 'TLSv1.3' } }
    })
  )
  const old = { rejectUnauthorized: false, maxVersion: 'TLSv1.2' } as const
  await expect(fixture.connect('web', { tls: old })).rejects.toThrow(/version|alert/i)
  await fixture.connect('web', { tls: { rejectUnauthorized: false } })
})
