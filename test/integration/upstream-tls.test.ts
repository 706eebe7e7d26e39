/** Contract: backends over TLS are verified by default, by authority and by name. */
import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../servers/certificate-authority.ts'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, startBackend } from '../servers/engine-fixture.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import type { RecordingBackend } from '../servers/recording-backend.ts'

const authority = new CertificateAuthority()
const stranger = new CertificateAuthority('Another authority')

function file(name: string, content: string): string {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  return folder.write(name, content)
}

function secureBackend(...names: string[]): Promise<RecordingBackend> {
  const { certPem, keyPem } = authority.issue({ names })
  return startBackend('secure', { tls: { cert: certPem, key: keyPem } })
}

const trusted = (): string => file('ca.pem', authority.certPem)

test('a backend of the trusted authority under the right name is used, its connection reused', async () => {
  const backend = await secureBackend('api.internal')
  const fixture = await EngineFixture.start(
    configuration({
      backends: [backend],
      pool: { tls: { ca: trusted(), server_name: 'api.internal' } }
    })
  )
  expect((await fixture.get('/1')).body).toBe('secure /1 0')
  expect((await fixture.get('/2')).body).toBe('secure /2 0')
  expect(backend.acceptedCount).toBe(1)
})

test('an address in the certificate is enough where no name is configured', async () => {
  const backend = await secureBackend('127.0.0.1')
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { tls: { ca: trusted() } } })
  )
  expect((await fixture.get('/1')).status).toBe(200)
})

test('the name of a backend address is the name that is verified', async () => {
  const backend = await secureBackend('backend.test')
  const fixture = await EngineFixture.start(
    configuration({ backends: [`backend.test:${backend.port}`], pool: { tls: { ca: trusted() } } })
  )
  expect((await fixture.get('/1')).status).toBe(200)
})

test.each([
  ['another name', { server_name: 'other.internal' }, () => trusted()],
  ['another authority', { server_name: 'api.internal' }, () => file('ca.pem', stranger.certPem)]
])('%s in the certificate gets the client a 502 and the backend no byte', async (_, tls, ca) => {
  const backend = await secureBackend('api.internal')
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { tls: { ca: ca(), ...tls } } })
  )
  expect((await fixture.get('/1')).status).toBe(502)
  expect(backend.requests).toEqual([])
  expect(fixture.backend(backend.address).counters.connectErrors).toBe(1)
})

test('an expired certificate gets the client a 502', async () => {
  const issued = authority.issue({ names: ['api.internal'], notAfter: new Date(Date.now() - 1000) })
  const backend = await startBackend('old', { tls: { cert: issued.certPem, key: issued.keyPem } })
  const fixture = await EngineFixture.start(
    configuration({
      backends: [backend],
      pool: { tls: { ca: trusted(), server_name: 'api.internal' } }
    })
  )
  expect((await fixture.get('/1')).status).toBe(502)
})

test('verification can be switched off', async () => {
  const backend = await secureBackend('whatever')
  const fixture = await EngineFixture.start(
    configuration({ backends: [backend], pool: { tls: { verify: false } } })
  )
  expect((await fixture.get('/1')).status).toBe(200)
})

test('a client certificate is shown to backends that ask for one', async () => {
  const server = authority.issue({ names: ['api.internal'] })
  const client = authority.issue({ names: ['balancer'] })
  const backend = await startBackend('mutual', {
    tls: {
      cert: server.certPem,
      key: server.keyPem,
      ca: authority.certPem,
      requestCert: true,
      rejectUnauthorized: true
    }
  })
  const tls = { ca: trusted(), server_name: 'api.internal' }
  const shown = {
    ...tls,
    cert: file('client.pem', client.certPem),
    key: file('client.key', client.keyPem)
  }
  const showing = await EngineFixture.start(
    configuration({ backends: [backend], pool: { tls: shown } })
  )
  expect((await showing.get('/1')).status).toBe(200)
  const without = await EngineFixture.start(configuration({ backends: [backend], pool: { tls } }))
  expect((await without.get('/2')).status).toBe(502)
  expect(backend.targets).toEqual(['/1'])
})

test('a backend that speaks plain text where TLS is configured gets the client a 502', async () => {
  const server = createServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const fixture = await EngineFixture.start(
    configuration({ backends: [address], pool: { tls: { verify: false } } })
  )
  expect((await fixture.get('/1')).status).toBe(502)
})
