/** One access log: a format and a destination, fixed when the configuration is loaded. */
import type { EventSink } from '../model/engine-event.ts'
import type { AccessLogSettings } from '../model/settings.ts'
import type { Clock } from '../time/clock.ts'
import type { AccessRecord } from './access-record.ts'
import { LINE_FORMATS, type LineFormat } from './line-format.ts'
import { logDestination, type LogDestination } from './log-destination.ts'
import { LogWriter, type LogLimits } from './log-writer.ts'

export interface AccessLogDependencies {
  readonly clock: Clock
  readonly emit: EventSink
  /** Default: `LOG_LIMITS`. */
  readonly limits?: LogLimits
  /** Default: the file or standard output of the settings. */
  readonly destination?: LogDestination
}

export class AccessLog {
  readonly #format: LineFormat
  readonly #writer: LogWriter

  /** Opens the file. Throws ACCESS_LOG_UNWRITABLE. */
  constructor(settings: AccessLogSettings, deps: AccessLogDependencies) {
    this.#format = LINE_FORMATS[settings.format]()
    this.#writer = new LogWriter(deps.destination ?? logDestination(settings.file), deps)
  }

  /** Reads the record at once: the caller may reuse it afterwards. */
  log(record: AccessRecord): void {
    this.#writer.add(this.#format(record))
  }

  /** For log rotation: after the file was moved away. */
  reopen(): void {
    this.#writer.reopen()
  }

  /** Writes what is buffered, for at most a second. */
  close(): Promise<void> {
    return this.#writer.close()
  }
}
