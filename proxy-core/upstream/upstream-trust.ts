/** What a pool's `tls` block means for its connections: whom to believe, and who we are. */
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import { SwitchyardError } from '../model/error-catalogue.ts'
import type { UpstreamTlsSettings } from '../model/settings.ts'

export interface UpstreamTrust {
  readonly context: SecureContext
  /** null: the backend's own host name. */
  readonly serverName: string | null
  readonly isVerifying: boolean
}

/** Reads the files. Throws CERTIFICATE_INVALID. */
export function trustOf(settings: UpstreamTlsSettings): UpstreamTrust {
  try {
    const options: SecureContextOptions = {
      ...(settings.caFile === null ? {} : { ca: readFileSync(settings.caFile) }),
      ...(settings.certificate === null
        ? {}
        : {
            cert: readFileSync(settings.certificate.certFile),
            key: readFileSync(settings.certificate.keyFile)
          })
    }
    return {
      context: createSecureContext(options),
      serverName: settings.serverName,
      isVerifying: settings.verify
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SwitchyardError(
      'CERTIFICATE_INVALID',
      `The certificate files for connections to backends cannot be used: ${reason}.`,
      { caFile: settings.caFile, certificate: settings.certificate },
      { cause: error }
    )
  }
}
