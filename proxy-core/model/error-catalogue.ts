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
  CONFIG_TOO_LARGE: {
    cause: 'The text of the configuration is too large to be edited in the console.',
    remedy: 'Edit the file with another program: the console checks it and loads its changes.'
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
  HEALTH_CHECK_NONE: {
    cause: 'The backend has no health check, so there is nothing to probe it with.',
    remedy: 'Give its pool a `health_check`, then reload.'
  },
  NO_STANDBY: {
    cause: 'No level could take over: too few of its backends are eligible.',
    remedy:
      'Bring a backup back (`GET /api/v1/failover/status` says who is missing), or repeat it with `force=true`.'
  },
  FAILOVER_NOT_CONFIGURED: {
    cause: 'The pool has nothing that an operator could switch between.',
    remedy:
      'Give the pool backends on a second level (`failover: true`), with `failover.enabled` and `failover.mode: switch`.'
  },
  HOLD_NOT_CONFIGURED: {
    cause: 'The requests of the pool may not wait for a backend.',
    remedy: 'Give the pool a `buffer: { mode: hold }`; a reload is enough.'
  },
  BUFFER_NONE: {
    cause: 'No route of the instance stores requests.',
    remedy: 'Give a route a `buffer: { mode: store }`; a reload is enough.'
  },
  ENTRY_UNKNOWN: {
    cause: 'The buffer knows no request of this id, or not any more.',
    remedy: 'List them with `switchyard buffer list`; settled ones are forgotten after a while.'
  },
  ENTRY_SETTLED: {
    cause: 'The stored request is not in a state in which this can be done.',
    remedy: '`switchyard buffer list` shows the state of each; only dead ones are replayed.'
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
  INSTANCE_NONE: {
    cause: 'No running instance was found.',
    remedy:
      'Start one with `switchyard run`, or name the file with --config, the instance with --instance.'
  },
  INSTANCE_AMBIGUOUS: {
    cause: 'Several instances run, and the command does not say which one is meant.',
    remedy: 'Name the file of one with --config, or the instance with --instance.'
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
  ADMIN_UNREACHABLE: {
    cause: 'The admin API of the instance does not answer.',
    remedy: 'Look at the log of `switchyard run`, and whether it runs at all; then try again.'
  },
  ADMIN_URL_REFUSED: {
    cause: 'The address given is no admin API, or would show its token to the network.',
    remedy: 'Give scheme, host and port; outside this machine the scheme must be https.'
  },
  ADMIN_ANSWER_INVALID: {
    cause: 'What answered is no admin API that this version understands.',
    remedy: 'Check the address, and use the `switchyard` of the same version as the running one.'
  },
  ADMIN_STREAMS_EXHAUSTED: {
    cause: 'As many clients as may follow the events at one time do so already.',
    remedy: 'End one of them, or ask for the events as JSON with `since` instead.'
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
  OUTCOME_UNKNOWN: {
    cause: 'The connection to the console host was lost before the answer to a change arrived.',
    remedy: 'Look at the state shown after the reconnection before you repeat the change.'
  },
  CONNECTION_LOST: {
    cause: 'The console host is not connected at the moment.',
    remedy: 'Wait for the reconnection, or start the console host again.'
  },
  CONTRACT_MISMATCH: {
    cause: 'The page was loaded from another version of Switchyard than the host runs.',
    remedy: 'Reload the page.'
  },
  FRAME_TOO_LARGE: {
    cause: 'A message between the page and its host was longer than 1 MB.',
    remedy: 'Ask for less at once; report it if you did nothing unusual.'
  },
  FRAME_INVALID: {
    cause: 'A message between the page and its host did not match its schema.',
    remedy: 'Reload the page; report it if it happens again.'
  },
  METHOD_UNKNOWN: {
    cause: 'The host knows no call or topic of this name.',
    remedy: 'Reload the page: it and the host may be of different versions.'
  },
  ARGUMENTS_INVALID: {
    cause: 'The arguments of a call do not match its schema.',
    remedy: 'Mend the named field.'
  },
  OPERATION_ID_REQUIRED: {
    cause: 'A call that changes something came without an operation id, or with a used one.',
    remedy: 'Give every change an id of its own, and repeat a lost one with the same id.'
  },
  TOO_MANY_CALLS: {
    cause: 'More calls or subscriptions are open at one time than the host allows.',
    remedy: 'Wait for the answers of the open ones.'
  },
  CANCELLED: {
    cause: 'The call was cancelled by its caller.',
    remedy: 'Nothing needs to be done.'
  },
  ACCESS_REFUSED: {
    cause: 'A request to the console came from another site, or without its key.',
    remedy: 'Open the link that the console printed; `switchyard console --url` prints a new one.'
  },
  ABILITY_MISSING: {
    cause: 'This host of the console cannot do that.',
    remedy: 'Use the alternative that the message names.'
  },
  LINK_REFUSED: {
    cause: 'Only https links are opened outside the console.',
    remedy: 'Copy the address and open it yourself if you trust it.'
  },
  READ_ONLY: {
    cause: 'The console is set to read-only, so that nothing is changed by accident.',
    remedy: 'Switch read-only off in Settings, Safety.'
  },
  PLAN_UNKNOWN: {
    cause: 'The plan was already applied, or is older than 5 minutes.',
    remedy: 'Make the plan again and look at it.'
  },
  PLAN_OUTDATED: {
    cause: 'Something that the plan depends on has changed since it was made; nothing was done.',
    remedy: 'Look at the new plan and confirm that one.'
  },
  CONFIRMATION_REQUIRED: {
    cause: 'The action is dangerous enough to need a confirmation that did not come with it.',
    remedy: 'Confirm the plan; where it asks, type the name and give a reason.'
  },
  WORKSPACE_NONE: {
    cause: 'No configuration is open.',
    remedy: 'Open a configuration file, or start the demo.'
  },
  WORKSPACE_SERVES: {
    cause: 'The open configuration serves traffic, which opening another one would end.',
    remedy: 'Close the configuration first; its plan says what ends.'
  },
  WORKSPACE_BUSY: {
    cause: 'The workspace is being opened, closed or applied at the moment.',
    remedy: 'Wait for it to finish, then try again.'
  },
  WORKSPACE_CHANGED: {
    cause: 'Another configuration is open by now than the one that was meant.',
    remedy: 'Open the configuration that is meant again; an edit of it that was not staged is kept.'
  },
  CONFIG_STAGED_ELSEWHERE: {
    cause: 'Another page has staged something else since the edit here began.',
    remedy: 'Look at what is staged; then keep it, or stage your own text in its place.'
  },
  CONFIG_WAITS: {
    cause: 'The file on disk differs from what runs, and waits for the end of the staged edit.',
    remedy: 'Discard the edit by its plan, which says what is loaded then.'
  },
  CONFIG_CHANGED_ON_DISK: {
    cause: 'The file has changed since the edit here began.',
    remedy: 'Compare both texts in the Config screen, then apply the one that you want.'
  },
  CONFIG_UNWRITABLE: {
    cause: 'The configuration file could not be written.',
    remedy: 'Check its owner, its mode and the free space; what was edited here is kept as staged.'
  },
  CONFIG_NOT_STAGED: {
    cause: 'Nothing is staged that could be applied.',
    remedy: 'Edit the configuration first, or look at what runs.'
  },
  CONFIG_VERSION_UNKNOWN: {
    cause: 'The history holds no such version of the configuration.',
    remedy: 'Choose one of the listed versions.'
  },
  INCIDENT_UNKNOWN: {
    cause: 'The history holds no incident of this number.',
    remedy: 'Choose one of the listed incidents; old ones are removed after 90 days.'
  },
  HISTORY_UNUSABLE: {
    cause: 'The history file cannot be read or written; the console goes on without it.',
    remedy:
      'Check the free space and the owner of the file; a damaged file is set aside by its name.'
  },
  SETTINGS_INVALID: {
    cause:
      'The settings file cannot be read as settings; it was set aside and the defaults are used.',
    remedy: 'Compare the file that was set aside, or set the preferences again.'
  },
  SECRET_STORE_LOCKED: {
    cause: 'The secrets are locked: no passphrase was given, or a wrong one.',
    remedy: 'Give the passphrase with SWITCHYARD_PASSPHRASE_FILE, or save the secret again.'
  },
  CONSOLE_RUNNING: {
    cause: 'A console of this user already runs.',
    remedy: 'Use that one: `switchyard console --url` prints a new link to it.'
  },
  CONSOLE_NOT_RUNNING: {
    cause: 'No console of this user runs.',
    remedy: 'Start one with `switchyard console`.'
  },
  ENGINE_SILENT: {
    cause: 'The engine process runs but has not answered for more than a second.',
    remedy: 'Look at the load of the machine; restart the engine if it does not come back.'
  },
  INSTALLATION_INCOMPLETE: {
    cause: 'A part of the installation is missing.',
    remedy: 'Install Switchyard again, or run `npm run build` in its folder.'
  },
  NOTIFICATION_FAILED: {
    cause: 'A notification could not be delivered; it is tried again, and then given up.',
    remedy:
      'Read the reason given, mend the channel, and try it with `switchyard notify test --config FILE`.'
  },
  NOTIFICATION_DROPPED: {
    cause: 'Notifications were thrown away because too many waited, or because the program ended.',
    remedy: 'Read what happened in the log; raise `rate_limit`, or mend the channel.'
  },
  CHANNEL_UNKNOWN: {
    cause: 'No notification channel has this name, number or type.',
    remedy: 'Name one that is configured under `failover.notification.channels`.'
  },
  BUFFER_LOCKED: {
    cause: 'Another process that lives uses the directory of the buffer.',
    remedy: 'Stop that process, or give each instance a `buffer.directory` of its own.'
  },
  BUFFER_UNUSABLE: {
    cause: 'The directory of the buffer cannot be made, read or written.',
    remedy:
      'Check that it is on a disk that works, has room and may be written by this user; nothing in it was changed.'
  },
  BUFFER_FORMAT: {
    cause: 'The files of the buffer were written in a format that this version does not read.',
    remedy:
      'Deliver what is in them with the version that wrote them, or name another `buffer.directory`; nothing in it was changed.'
  },
  BUFFER_UNREADABLE: {
    cause: 'The disk did not give the octets of a buffered request.',
    remedy: 'Look at the disk; the request stays in the buffer and is tried again.'
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
