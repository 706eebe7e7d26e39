/**
 * Every error code with its cause and its remedy: the CLI, the logs, the admin API, the
 * console and `docs/reference/errors.md` all read this table. Codes never change meaning.
 */

export interface ErrorEntry {
  /** One sentence: what happened, in general. */
  readonly cause: string
  /** One sentence: what the operator can do. */
  readonly remedy: string
}

export const ERROR_CATALOGUE = {
  CONFIG_UNREADABLE: {
    cause: 'The configuration file could not be read.',
    remedy: 'Check the path and that this user may read the file.'
  },
  CONFIG_INVALID: {
    cause: 'The configuration has one or more problems; each is listed with its line and column.',
    remedy: 'Mend every listed line, then run `switchyard check` again.'
  },
  CONFIG_NEEDS_RESTART: {
    cause: 'The new configuration changes something that cannot change while the engine runs.',
    remedy: 'Restart the engine to apply it, or take the change back.'
  },
  PORT_IN_USE: {
    cause: 'Another process already listens on this address.',
    remedy: 'Stop that process (see `ss -ltnp`), or give the listener another port.'
  },
  ADDRESS_NOT_AVAILABLE: {
    cause: 'This machine has no such address.',
    remedy: 'Use an address of this machine, 127.0.0.1 or 0.0.0.0.'
  },
  PORT_NOT_PERMITTED: {
    cause: 'This user may not listen on a port below 1024.',
    remedy: 'Use a port from 1024 up, or grant the capability CAP_NET_BIND_SERVICE.'
  },
  LISTEN_FAILED: {
    cause: 'The listener could not be opened.',
    remedy: 'Read the reason given; the other listeners keep running.'
  },
  CERTIFICATE_INVALID: {
    cause: 'A certificate or key cannot be read, parsed or matched.',
    remedy:
      'Check that both files are PEM, belong together and are readable; the last good pair stays in use.'
  },
  FILE_DESCRIPTORS_EXHAUSTED: {
    cause: 'The process has no file descriptors left (EMFILE).',
    remedy:
      'Raise the limit (`ulimit -n`, LimitNOFILE) or lower `max_connections`; accepting goes on as connections close.'
  },
  POOL_UNKNOWN: {
    cause: 'No pool has this name.',
    remedy: 'List the pools with `GET /api/v1/pools`.'
  },
  BACKEND_UNKNOWN: {
    cause: 'The pool has no backend with this address.',
    remedy: 'List the backends with `GET /api/v1/pools`.'
  },
  WEIGHT_OUT_OF_RANGE: {
    cause: 'A weight is a whole number from 0 to 256.',
    remedy: 'Give a weight in that range, or reset it to the configured one.'
  },
  PROTOCOL_VIOLATION: {
    cause: 'A message between the control plane and the engine did not match its schema.',
    remedy: 'Both must be of the same version: reinstall, then restart.'
  },
  STATE_UNUSABLE: {
    cause: 'A file or folder of the state directory cannot be read or written.',
    remedy: 'Check its owner, its mode and the free space, or name another one with XDG_STATE_HOME.'
  },
  INSTANCE_LOCKED: {
    cause: 'Another `switchyard run` already uses this instance.',
    remedy: 'Stop that process, or give this one a name of its own with --instance.'
  },
  ENGINE_DIED: {
    cause: 'The engine process ended without being asked to.',
    remedy: 'Read its last lines in the log; the control plane restarts it with a growing delay.'
  },
  ADMIN_EXPOSED: {
    cause: 'An admin address outside loopback needs TLS, a token and `admin.allowed_hosts`.',
    remedy:
      'Bind `admin.address` to 127.0.0.1, or set `admin.tls`, `admin.allowed_hosts` and `auth: token`.'
  },
  ADMIN_TOKEN_REQUIRED: {
    cause: 'The request carries no valid admin token.',
    remedy:
      'Send `Authorization: Bearer` with the content of the admin.token file that `switchyard run` names.'
  },
  ADMIN_HOST_REFUSED: {
    cause: 'The Host field of the request does not name this admin server.',
    remedy:
      'Use the address that `switchyard run` prints, or add the name to `admin.allowed_hosts`.'
  },
  ADMIN_CROSS_SITE_REFUSED: {
    cause: 'A web page of another origin made this request.',
    remedy: 'Call the admin API from the command line or from a page of its own origin.'
  },
  ADMIN_PATH_UNKNOWN: {
    cause: 'The admin API has no such path.',
    remedy: 'See docs/reference/admin-api.md for every path.'
  },
  ADMIN_METHOD_NOT_ALLOWED: {
    cause: 'This path does not answer to this method.',
    remedy: 'Use one of the methods in the Allow field of the answer.'
  },
  ADMIN_REQUEST_INVALID: {
    cause: 'The query or the body of the request does not fit its schema.',
    remedy: 'Mend the named field; docs/reference/admin-api.md shows the shape.'
  },
  ADMIN_BODY_TOO_LARGE: {
    cause: 'The body of the request is larger than 64 KiB.',
    remedy: 'Send only the fields that shall change.'
  },
  ACCESS_LOG_UNWRITABLE: {
    cause: 'The access log cannot be opened or written.',
    remedy:
      'Check the directory, the permissions and the free space, then send SIGHUP; traffic goes on without it.'
  },
  ACCESS_LOG_DROPPED: {
    cause:
      'The access log fell behind the traffic, and lines were dropped so that traffic did not wait.',
    remedy: 'Use a faster disk or reader for the log, or switch the log off on busy routes.'
  },
  INSTALLATION_INCOMPLETE: {
    cause: 'A part of the installation is missing.',
    remedy: 'Install Switchyard again, or run `npm run build` in its folder.'
  },
  INTERNAL: {
    cause: 'Something that should not happen did; the exchange it hit was ended, the rest goes on.',
    remedy: 'Report it with the log line.'
  }
} as const satisfies Readonly<Record<string, ErrorEntry>>

export type ErrorCode = keyof typeof ERROR_CATALOGUE

/** An error with a catalogued code and a message that says what, where and why. */
export class SwitchyardError extends Error {
  override readonly name = 'SwitchyardError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions
  ) {
    super(message, options)
    this.code = code
    this.details = details
  }

  get remedy(): string {
    return ERROR_CATALOGUE[this.code].remedy
  }
}
