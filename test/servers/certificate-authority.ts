/**
 * Issues certificates for tests with nothing but node:crypto: a self-made authority signs
 * leaf certificates for any names, expired ones included. X.509 v3, ECDSA P-256.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  time,
  utf8
} from './der.ts'

export interface IssuedCertificate {
  readonly certPem: string
  readonly keyPem: string
}

export interface CertificateRequest {
  /** DNS names and IP addresses; the first becomes the common name. */
  readonly names: readonly string[]
  /** Default: a year from now. */
  readonly notAfter?: Date
}

const DAY_MS = 86_400_000
const ECDSA_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'))

export class CertificateAuthority {
  readonly certPem: string
  readonly #name: string
  readonly #key: KeyObject

  constructor(name = 'Switchyard test authority') {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#name = name
    this.#key = pair.privateKey
    this.certPem = this.#certify(name, pair.publicKey, daysFromNow(3650), [
      extension('2.5.29.19', true, sequence(boolean(true)))
    ])
  }

  issue(request: CertificateRequest): IssuedCertificate {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const names = sequence(...request.names.map(generalName))
    const certPem = this.#certify(
      request.names[0] ?? 'nameless',
      pair.publicKey,
      request.notAfter ?? daysFromNow(365),
      [extension('2.5.29.17', false, names)]
    )
    const keyPem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
    return { certPem, keyPem }
  }

  #certify(subject: string, publicKey: KeyObject, notAfter: Date, extensions: Buffer[]): string {
    const body = sequence(
      explicit(0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
      ECDSA_SHA256,
      commonName(this.#name),
      sequence(time(daysFromNow(-730)), time(notAfter)),
      commonName(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      explicit(3, sequence(...extensions))
    )
    return pem(sequence(body, ECDSA_SHA256, bitString(sign('sha256', body, this.#key))))
  }
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS)
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(objectId('2.5.4.3'), utf8(name))))
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const flag = isCritical ? [boolean(true)] : []
  return sequence(objectId(id), ...flag, octetString(value))
}

function generalName(name: string): Buffer {
  if (isIP(name) === 4) return implicit(7, Buffer.from(name.split('.').map(Number)))
  return implicit(2, Buffer.from(name, 'latin1'))
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{1,64}/g, '$&\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`
}
