/** Contract: issued certificates are accepted by Node's TLS for their names and for no others. */
import { X509Certificate } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from './certificate-authority.ts'
import { RawClient } from './raw-client.ts'
import { RecordingBackend } from './recording-backend.ts'

test('a TLS client that trusts the authority accepts the name and refuses another', async () => {
  const authority = new CertificateAuthority()
  const { certPem, keyPem } = authority.issue({ names: ['a.test', '127.0.0.1'] })
  const backend = await RecordingBackend.start({ tls: { cert: certPem, key: keyPem } })
  onTestFinished(() => backend.stop())
  const ca = authority.certPem
  const client = await RawClient.connect(backend.port, { tls: { ca, servername: 'a.test' } })
  client.send('GET /tls HTTP/1.1\r\nHost: a.test\r\n\r\n')
  expect((await client.readResponse()).body.toString()).toBe('backend /tls 0')
  client.close()
  await expect(
    RawClient.connect(backend.port, { tls: { ca, servername: 'b.test' } })
  ).rejects.toThrow(/altname/i)
})

test('a certificate can be issued that has expired', () => {
  const notAfter = new Date('2026-01-01T00:00:00Z')
  const { certPem } = new CertificateAuthority().issue({ names: ['old.test'], notAfter })
  expect(new X509Certificate(certPem).validToDate).toEqual(notAfter)
})
