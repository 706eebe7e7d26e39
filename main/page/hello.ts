/** The facts that a host tells the console page, as `preload/contract/hello.ts` names them. */
import { hostname } from 'node:os'
import { contractHash } from '../../preload/contract/contract-hash.ts'
import type { Hello, HostAbilities, HostKind } from '../../preload/contract/hello.ts'

/** What a host of the kind can do when nothing of it is missing on this machine. */
const ABILITIES: Readonly<Record<HostKind, HostAbilities>> = {
  desktop: {
    hasFileDialogs: true,
    hasNotifications: true,
    hasTray: true,
    hasNativeMenu: true,
    canOpenExternal: true,
    isInBrowser: false
  },
  web: {
    hasFileDialogs: false,
    hasNotifications: false,
    hasTray: false,
    hasNativeMenu: false,
    canOpenExternal: false,
    isInBrowser: true
  }
}

/** `abilities` names what differs from the kind's usual ones: no tray on this desktop, say. */
export function helloFrom(
  kind: HostKind,
  version: string,
  abilities: Partial<HostAbilities> = {}
): Hello {
  return {
    version,
    contract: contractHash(),
    host: {
      kind,
      nodeVersion: process.versions.node,
      platform: process.platform,
      hostName: hostname()
    },
    abilities: { ...ABILITIES[kind], ...abilities }
  }
}
