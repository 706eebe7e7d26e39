/**
 * The certificates of one TLS listener: read from files, chosen by the names in them, read
 * again when the files change. A pair that cannot be read, parsed or matched never replaces
 * one that works.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { CertificateFiles, ListenerTlsSettings } from '../model/settings.ts'

interface Loaded {
  readonly files: CertificateFiles
  readonly cert: Buffer
  readonly key: Buffer
  readonly context: SecureContext
  /** Lower-case DNS names; a leading "*." stands for one label. */
  readonly names: readonly string[]
  /** Wall clock. */
  readonly expiresAtMs: number
  readonly version: string
}

export class CertificateStore {
  readonly #minVersion: ListenerTlsSettings['minVersion']
  #loaded: readonly Loaded[]
  #firstChanged: () => void = () => undefined
  /** States of files that proved unusable. */
  readonly #refused = new Map<CertificateFiles, string>()

  /** Throws CERTIFICATE_INVALID when a pair is unusable. */
  constructor(settings: ListenerTlsSettings) {
    this.#minVersion = settings.minVersion
    this.#loaded = settings.certificates.map((files) => this.#load(files))
  }

  first(): { readonly cert: Buffer; readonly key: Buffer } {
    const { cert, key } = this.#loaded[0]!
    return { cert, key }
  }

  /** Wall clock: when the first of them is no longer valid. */
  get expiresAtMs(): number {
    return Math.min(...this.#loaded.map(({ expiresAtMs }) => expiresAtMs))
  }

  onFirstChanged(callback: () => void): void {
    this.#firstChanged = callback
  }

  /** By exact name, then by wildcard, then the first certificate. */
  contextFor(serverName: string): SecureContext {
    const name = serverName.toLowerCase()
    const wildcard = `*${name.slice(name.indexOf('.'))}`
    const chosen =
      this.#loaded.find(({ names }) => names.includes(name)) ??
      this.#loaded.find(({ names }) => names.includes(wildcard)) ??
      this.#loaded[0]!
    return chosen.context
  }

  /** Loads another list of pairs; the result puts it into use. Throws CERTIFICATE_INVALID. */
  prepare(certificates: readonly CertificateFiles[]): () => void {
    const loaded = certificates.map((files) => this.#load(files))
    return () => {
      this.#loaded = loaded
      this.#firstChanged()
    }
  }

  /**
   * Reads every pair again whose files changed. Returns the certificate files that were
   * replaced; throws CERTIFICATE_INVALID after having kept the last good pair, once for each
   * state of the files.
   */
  refresh(): readonly string[] {
    const replaced: string[] = []
    let failure: Error | undefined
    const next = this.#loaded.map((current) => {
      const version = versionOf(current.files)
      if (version === current.version || version === this.#refused.get(current.files)) {
        return current
      }
      try {
        const loaded = this.#load(current.files)
        replaced.push(current.files.certFile)
        return loaded
      } catch (error) {
        this.#refused.set(current.files, version)
        failure = error as Error
        return current
      }
    })
    const hasFirstChanged = next[0] !== this.#loaded[0]
    this.#loaded = next
    if (hasFirstChanged) this.#firstChanged()
    if (failure !== undefined) throw failure
    return replaced
  }

  #load(files: CertificateFiles): Loaded {
    try {
      const version = versionOf(files)
      const cert = readFileSync(files.certFile)
      const key = readFileSync(files.keyFile)
      const certificate = new X509Certificate(cert)
      if (!certificate.checkPrivateKey(createPrivateKey(key))) {
        throw new Error('the key does not belong to the certificate')
      }
      const context = createSecureContext({ cert, key, minVersion: this.#minVersion })
      const expiresAtMs = certificate.validToDate.getTime()
      return { files, cert, key, context, names: namesOf(certificate), expiresAtMs, version }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new SwitchyardError(
        'CERTIFICATE_INVALID',
        `The certificate ${files.certFile} with the key ${files.keyFile} cannot be used: ${reason}.`,
        { certFile: files.certFile, keyFile: files.keyFile },
        { cause: error }
      )
    }
  }
}

function namesOf(certificate: X509Certificate): readonly string[] {
  const alternative = certificate.subjectAltName ?? ''
  const names = [...alternative.matchAll(/DNS:([^,\s]+)/g)].map((match) => match[1]!.toLowerCase())
  const common = /^CN=(.+)$/m.exec(certificate.subject)?.[1]
  return names.length > 0 || common === undefined ? names : [common.toLowerCase()]
}

/** Changes with every replacement, also through a symbolic link as Kubernetes mounts them. */
function versionOf(files: CertificateFiles): string {
  return [files.certFile, files.keyFile]
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false })
      return found === undefined ? 'missing' : `${found.ino}:${found.mtimeMs}:${found.size}`
    })
    .join('|')
}
