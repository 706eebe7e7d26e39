/** Names what the system refused when something tried to listen. */
import { SwitchyardError, type ErrorCode } from '../model/error-catalogue.ts'
import type { HostPort } from '../model/settings.ts'

const CODE_OF: Readonly<Record<string, ErrorCode>> = {
  EADDRINUSE: 'PORT_IN_USE',
  EADDRNOTAVAIL: 'ADDRESS_NOT_AVAILABLE',
  ENOTFOUND: 'ADDRESS_NOT_AVAILABLE',
  EACCES: 'PORT_NOT_PERMITTED',
  EMFILE: 'FILE_DESCRIPTORS_EXHAUSTED',
  ENFILE: 'FILE_DESCRIPTORS_EXHAUSTED'
}

/** `subject`: "Listener web", "The admin server". An error that has a code already stays. */
export function listenFailure(subject: string, address: HostPort, error: unknown): SwitchyardError {
  if (error instanceof SwitchyardError) return error
  const { code, message } = error as NodeJS.ErrnoException
  const where = `${address.host}:${address.port}`
  return new SwitchyardError(
    CODE_OF[code ?? ''] ?? 'LISTEN_FAILED',
    `${subject} cannot listen on ${where}: ${message}.`,
    { address: where },
    { cause: error }
  )
}
