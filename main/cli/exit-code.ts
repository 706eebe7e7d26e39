import type { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'

/** What the exit codes of `switchyard` mean; documented in `docs/reference/cli.md`. */
export const EXIT = {
  done: 0,
  /** Done, but not wholly: running exchanges were cut, or a measurement had failures. */
  incomplete: 1,
  /** The configuration has problems. */
  configuration: 2,
  /** Nothing could be started: no listener, the instance is taken, the state directory unusable. */
  notStarted: 3,
  /** The command line is wrong; EX_USAGE of sysexits. */
  usage: 64,
  /** A defect of the program; EX_SOFTWARE of sysexits. */
  internal: 70
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** For an error that ended a command. */
export function exitCodeOf({ code }: SwitchyardError): ExitCode {
  return code.startsWith('CONFIG_') ? EXIT.configuration : EXIT.notStarted
}
