/** Who tells: a reader with several balancers must know which one. */
import { hostname } from 'node:os'
import { productVersion } from '../cli/product-version.ts'

export interface NotificationSource {
  /** Of the state directory: "web-1a2b3c4d". */
  readonly instance: string
  readonly host: string
  /** Of Switchyard. */
  readonly version: string
}

/** This machine and this build. */
export function notificationSource(instance: string): NotificationSource {
  return { instance, host: hostname(), version: productVersion() }
}
