import type { ErrorCode, SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

/** What the exit codes of `switchyard` mean; documented in `docs/reference/cli.md`. */
export const EXIT = {
  done: 0,
  /** Done, but not wholly: running exchanges were cut, or a measurement had failures. */
  incomplete: 1,
  /** The configuration has problems. */
  configuration: 2,
  /** Nothing could be started: no listener, the instance is taken, the state directory unusable. */
  notStarted: 3,
  /** No running instance was found, it does not answer, or it does not take the token. */
  unreachable: 4,
  /** The running instance was asked, and nothing was changed. */
  refused: 5,
  /** The command line is wrong; EX_USAGE of sysexits. */
  usage: 64,
  /** A defect of the program; EX_SOFTWARE of sysexits. */
  internal: 70
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const UNREACHABLE: readonly ErrorCode[] = [
  'INSTANCE_NONE',
  'INSTANCE_AMBIGUOUS',
  'ADMIN_UNREACHABLE',
  'ADMIN_URL_REFUSED',
  'ADMIN_ANSWER_INVALID',
  'ADMIN_TOKEN_REQUIRED',
  'ADMIN_HOST_REFUSED'
]

const REFUSED: readonly ErrorCode[] = [
  'POOL_UNKNOWN',
  'NO_STANDBY',
  'FAILOVER_NOT_CONFIGURED',
  'HOLD_NOT_CONFIGURED',
  'BUFFER_NONE',
  'ENTRY_UNKNOWN',
  'ENTRY_SETTLED',
  'ADMIN_REQUEST_INVALID'
]

/** For an error that ended a command. */
export function exitCodeOf({ code }: SwitchyardError): ExitCode {
  if (UNREACHABLE.includes(code)) return EXIT.unreachable
  if (REFUSED.includes(code)) return EXIT.refused
  return code.startsWith('CONFIG_') ? EXIT.configuration : EXIT.notStarted
}
