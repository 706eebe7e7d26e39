/**
 * Contract: the certificate follows the name that the client asked for, and a pair that does
 * not work never takes the place of one that does.
 */
import { X509Certificate } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { CertificateAuthority } from '../../test/servers/certificate-authority.ts'
import { temporaryFolder, type TemporaryFolder } from '../../test/servers/temporary-folder.ts'
import type { CertificateFiles } from '../model/settings.ts'
import { CertificateStore } from './certificate-store.ts'

const authority = new CertificateAuthority()

function folder(): TemporaryFolder {
  const created = temporaryFolder()
  onTestFinished(() => created.remove())
  return created
}

function issue(to: TemporaryFolder, file: string, ...names: string[]): CertificateFiles {
  const { certPem, keyPem } = authority.issue({ names })
  return { certFile: to.write(`${file}.pem`, certPem), keyFile: to.write(`${file}.key`, keyPem) }
}

function storeOf(...certificates: CertificateFiles[]): CertificateStore {
  return new CertificateStore({ certificates, minVersion: 'TLSv1.2' })
}

/** The first name of the certificate that a client gets who asks for `name`. */
function servedTo(store: CertificateStore, name: string): string {
  const { context } = store.contextFor(name) as unknown as {
    context: { getCertificate(): Buffer }
  }
  return new X509Certificate(context.getCertificate()).subject.replace('CN=', '')
}

test('an exact name goes before a wildcard, and a wildcard before the first certificate', () => {
  const files = folder()
  const store = storeOf(
    issue(files, 'first', 'first.test'),
    issue(files, 'wild', '*.a.test', 'other.test'),
    issue(files, 'exact', 'www.a.test')
  )
  expect(servedTo(store, 'www.a.test')).toBe('www.a.test')
  expect(servedTo(store, 'shop.a.test')).toBe('*.a.test')
  expect(servedTo(store, 'OTHER.test')).toBe('*.a.test')
  expect(servedTo(store, 'unknown.test')).toBe('first.test')
})

test.each(['a.test', 'deep.www.a.test', 'wwwa.test', '', 'localhost', '*.a.test.evil'])(
  'a wildcard stands for one label, so it is not for %j',
  (name) => {
    const files = folder()
    const store = storeOf(issue(files, 'first', 'first.test'), issue(files, 'wild', '*.a.test'))
    expect(servedTo(store, name)).toBe('first.test')
  }
)

test('a key of another certificate, a missing file and nonsense are named as such', () => {
  const files = folder()
  const [one, other] = [issue(files, 'one', 'a.test'), issue(files, 'other', 'b.test')]
  const broken: [CertificateFiles, RegExp][] = [
    [{ ...one, keyFile: other.keyFile }, /the key does not belong to the certificate/],
    [{ ...one, keyFile: `${one.keyFile}.gone` }, /ENOENT/],
    [{ ...one, certFile: files.write('bad.pem', 'nonsense') }, /bad\.pem/]
  ]
  for (const [pair, reason] of broken) {
    expect(() => storeOf(pair)).toThrow(expect.objectContaining({ code: 'CERTIFICATE_INVALID' }))
    expect(() => storeOf(pair)).toThrow(reason)
  }
})

test('a renewed pair is taken, unchanged ones are not read again', () => {
  const files = folder()
  const [one, two] = [issue(files, 'one', 'one.test'), issue(files, 'two', 'two.test')]
  const store = storeOf(one, two)
  const [first, second] = [store.contextFor('one.test'), store.contextFor('two.test')]
  expect(store.refresh()).toEqual([])
  issue(files, 'two', 'two.test', 'new.test')
  expect(store.refresh()).toEqual([two.certFile])
  expect(store.contextFor('one.test')).toBe(first)
  expect(store.contextFor('two.test')).not.toBe(second)
  expect(servedTo(store, 'new.test')).toBe('two.test')
})

test('clients without a name get the renewed first certificate too', () => {
  const files = folder()
  const store = storeOf(issue(files, 'one', 'one.test'))
  const before = store.first().cert
  let changes = 0
  store.onFirstChanged(() => changes++)
  issue(files, 'one', 'one.test')
  store.refresh()
  expect(changes).toBe(1)
  expect(store.first().cert.equals(before)).toBe(false)
})

test('a broken renewal keeps the last good pair and is reported once, until it changes', () => {
  const files = folder()
  const one = issue(files, 'one', 'one.test')
  const store = storeOf(one)
  const good = store.contextFor('one.test')
  files.write('one.pem', 'half a certi')
  expect(() => store.refresh()).toThrow(/one\.pem/)
  expect(store.contextFor('one.test')).toBe(good)
  expect(store.refresh()).toEqual([])
  files.write('one.pem', 'three quarters of a certificate')
  expect(() => store.refresh()).toThrow(/one\.pem/)
  issue(files, 'one', 'one.test')
  expect(store.refresh()).toEqual([one.certFile])
  expect(store.contextFor('one.test')).not.toBe(good)
})

test('one broken renewal does not hold up another', () => {
  const files = folder()
  const [one, two] = [issue(files, 'one', 'one.test'), issue(files, 'two', 'two.test')]
  const store = storeOf(one, two)
  const second = store.contextFor('two.test')
  files.write('one.key', 'nonsense')
  issue(files, 'two', 'two.test')
  expect(() => store.refresh()).toThrow(/one\.key/)
  expect(store.contextFor('two.test')).not.toBe(second)
})

test('another list of pairs is prepared whole or not at all, and used when it is applied', () => {
  const files = folder()
  const store = storeOf(issue(files, 'one', 'one.test'))
  const two = issue(files, 'two', 'two.test')
  expect(() => store.prepare([two, { ...two, keyFile: 'gone' }])).toThrow(/gone/)
  const apply = store.prepare([two])
  expect(servedTo(store, 'two.test')).toBe('one.test')
  apply()
  expect(servedTo(store, 'one.test')).toBe('two.test')
})

test('the first certificate that ends is the one that counts, also after a renewal', () => {
  const files = folder()
  const ending = (file: string, notAfter: string): CertificateFiles => {
    const { certPem, keyPem } = authority.issue({ names: [file], notAfter: new Date(notAfter) })
    return {
      certFile: files.write(`${file}.pem`, certPem),
      keyFile: files.write(`${file}.key`, keyPem)
    }
  }
  const late = ending('late.test', '2040-01-01T00:00:00Z')
  const store = storeOf(late, ending('soon.test', '2039-01-01T00:00:00Z'))
  expect(new Date(store.expiresAtMs).toISOString()).toBe('2039-01-01T00:00:00.000Z')
  ending('soon.test', '2041-06-01T00:00:00Z')
  store.refresh()
  expect(new Date(store.expiresAtMs).toISOString()).toBe('2040-01-01T00:00:00.000Z')
})
