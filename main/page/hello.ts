/** The facts that a host tells the console page, as `preload/contract/hello.ts` names them. */
import type { Hello, HostKind } from '../../preload/contract/hello.ts'

export function helloFrom(kind: HostKind, version: string): Hello {
  return {
    version,
    host: { kind, nodeVersion: process.versions.node, platform: process.platform }
  }
}
