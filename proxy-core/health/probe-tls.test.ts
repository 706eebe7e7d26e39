/**
 * Contract: probes over TLS verify the backend as its traffic would, name the layer that
 * failed, and blame the backend only for its own certificate.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CertificateAuthority } from '../../test/servers/certificate-authority.ts'
import type { UpstreamTlsSettings } from '../model/settings.ts'
import { httpProbe } from './http-probe.ts'
import { tcpProbe } from './tcp-probe.ts'
import { ProbeLab } from './testing/probe-lab.ts'

const authority = new CertificateAuthority()
const good = authority.issue({ names: ['backend.test', '127.0.0.1'] })
const other = authority.issue({ names: ['other.test'] })
const expired = authority.issue({ names: ['backend.test'], notAfter: new Date(Date.now() - 1000) })

let folder = ''
let lab: ProbeLab
let trusting: UpstreamTlsSettings

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probe-tls-'))
  await writeFile(join(folder, 'ca.pem'), authority.certPem)
  await writeFile(join(folder, 'client.pem'), good.certPem)
  await writeFile(join(folder, 'client.key'), good.keyPem)
})
afterAll(() => rm(folder, { recursive: true }))

beforeEach(() => {
  lab = new ProbeLab()
  trusting = { caFile: join(folder, 'ca.pem'), serverName: null, certificate: null, verify: true }
})
afterEach(async () => {
  await lab.everythingReleased()
  await lab.close()
})

describe('an HTTP probe', () => {
  test('passes when the certificate is for the host of the backend and from a trusted CA', async () => {
    const names: unknown[] = []
    const port = await lab.https(good, (request, response) => {
      names.push((request.socket as TLSSocket).servername, request.headers.host)
      response.end('up')
    })
    const { record } = await httpProbe(lab.request(port, { tls: trusting }))
    expect(record).toMatchObject({ hasPassed: true, code: 'L7OK', status: 200 })
    expect(names).toEqual(['backend.test', `backend.test:${port}`])
  })

  test('fails with L7RSP over TLS as in plain text when the body is wrong', async () => {
    const port = await lab.https(good, (_, response) => response.end('down'))
    const { record } = await httpProbe(lab.request(port, { tls: trusting, bodyMatch: 'up' }))
    expect(record).toMatchObject({ hasPassed: false, code: 'L7RSP', status: 200 })
  })

  test('times out with L7TOUT after the handshake', async () => {
    const port = await lab.https(good, () => lab.clock.advance(1000))
    const { record } = await httpProbe(lab.request(port, { tls: trusting }))
    expect(record).toMatchObject({ hasPassed: false, code: 'L7TOUT' })
  })
})

describe('the handshake', () => {
  const handshake = (port: number, tls: UpstreamTlsSettings, host = 'backend.test') =>
    tcpProbe(lab.request(port, { type: 'tcp', tls }, { host }))

  test('passes a TCP probe', async () => {
    const port = await lab.https(good, () => undefined)
    const { record } = await handshake(port, trusting)
    expect(record).toMatchObject({ hasPassed: true, code: 'L4OK' })
    expect(record.detail).toBe(`127.0.0.1:${port} accepted TLS.`)
  })

  test('passes with an IP address as the host when the certificate names it', async () => {
    const port = await lab.https(good, () => undefined)
    expect((await handshake(port, trusting, '127.0.0.1')).record.code).toBe('L4OK')
  })

  test('passes with the server name of the check in place of the host', async () => {
    const port = await lab.https(other, () => undefined)
    const { record } = await handshake(port, { ...trusting, serverName: 'other.test' })
    expect(record.code).toBe('L4OK')
  })

  test.each([
    ['for another name', other, "does not match certificate's altnames"],
    ['that has expired', expired, 'certificate has expired']
  ])('fails with L6RSP on a certificate %s', async (_, certificate, words) => {
    const port = await lab.https(certificate, () => undefined)
    const { record, isConclusive } = await handshake(port, trusting)
    expect(record).toMatchObject({ hasPassed: false, code: 'L6RSP' })
    expect(record.detail).toContain(words)
    expect(isConclusive).toBe(true)
  })

  test('fails with L6RSP on a certificate from an unknown authority, unless verify is off', async () => {
    const port = await lab.https(good, () => undefined)
    const system = { ...trusting, caFile: null }
    expect((await handshake(port, system)).record.code).toBe('L6RSP')
    expect((await handshake(port, { ...system, verify: false })).record.code).toBe('L4OK')
  })

  test('fails with L6RSP when the backend speaks plain text', async () => {
    const port = await lab.tcp((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400\r\n'))
    )
    expect((await handshake(port, trusting)).record.code).toBe('L6RSP')
  })

  test('fails with L6RSP when the backend closes instead', async () => {
    const port = await lab.tcp((socket) => socket.end())
    expect((await handshake(port, trusting)).record.code).toBe('L6RSP')
  })

  test('fails with L6TOUT when it is not finished in time', async () => {
    const port = await lab.tcp((socket) => socket.once('data', () => lab.clock.advance(1000)))
    const { record } = await handshake(port, trusting)
    expect(record).toMatchObject({ hasPassed: false, code: 'L6TOUT', durationMs: 1000 })
  })

  test('is done with the certificate of the check where the backend asks for one', async () => {
    const { promise: subject, resolve } = Promise.withResolvers<string>()
    const server = createTlsServer(
      { cert: good.certPem, key: good.keyPem, ca: authority.certPem, requestCert: true },
      (socket) => resolve(String(socket.getPeerCertificate().subject.CN))
    )
    const port = await lab.serve(server)
    const certificate = {
      certFile: join(folder, 'client.pem'),
      keyFile: join(folder, 'client.key')
    }
    await handshake(port, { ...trusting, certificate })
    expect(await subject).toBe('backend.test')
  })

  test('that cannot begin because our CA file is missing is no fault of the backend', async () => {
    const port = await lab.https(good, () => undefined)
    const result = await handshake(port, { ...trusting, caFile: join(folder, 'missing.pem') })
    expect(result.isConclusive).toBe(false)
    expect(result.record.detail).toContain('missing.pem')
  })
})
