/** The certificate of an admin server that is reachable from outside this machine. */
import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { CertificateFiles } from '../model/settings.ts'

export type CertificateLoader = (files: CertificateFiles) => Promise<SecureContextOptions>

/** Rejects with CERTIFICATE_INVALID when a file cannot be read or the two do not belong together. */
export async function loadCertificate(files: CertificateFiles): Promise<SecureContextOptions> {
  try {
    const [cert, key] = await Promise.all([readFile(files.certFile), readFile(files.keyFile)])
    const options: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2' }
    createSecureContext(options)
    return options
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SwitchyardError(
      'CERTIFICATE_INVALID',
      `The admin certificate ${files.certFile} with key ${files.keyFile} cannot be used: ${reason}.`,
      { ...files },
      { cause: error }
    )
  }
}
