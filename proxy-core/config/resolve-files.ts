/** Paths of the document, which start at the folder of the configuration file. */
import { resolve } from 'node:path'
import type { CertificateFiles, UpstreamTlsSettings } from '../model/settings.ts'

export function resolvePath(path: string, baseDir: string): string {
  return resolve(baseDir, path)
}

export function resolveCertificate(
  files: { readonly cert: string; readonly key: string },
  baseDir: string
): CertificateFiles {
  return { certFile: resolvePath(files.cert, baseDir), keyFile: resolvePath(files.key, baseDir) }
}

export interface UpstreamTlsDocument {
  readonly ca?: string | undefined
  readonly server_name?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly verify?: boolean | undefined
}

export function resolveUpstreamTls(tls: UpstreamTlsDocument, baseDir: string): UpstreamTlsSettings {
  const { ca, cert, key } = tls
  const hasCertificate = cert !== undefined && key !== undefined
  return {
    caFile: ca === undefined ? null : resolvePath(ca, baseDir),
    serverName: tls.server_name ?? null,
    certificate: hasCertificate ? resolveCertificate({ cert, key }, baseDir) : null,
    verify: tls.verify ?? true
  }
}
