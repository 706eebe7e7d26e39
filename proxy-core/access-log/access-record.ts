/**
 * What the access log may know of a finished exchange. The data path's exchange record
 * implements it directly, so that logging allocates nothing but the line.
 */
export interface AccessRecord {
  readonly listener: string
  /** Empty when no route matched. */
  readonly route: string
  readonly pool: string
  /** Address of the backend that answered last; empty when none was asked. */
  readonly backend: string
  readonly clientAddress: string
  /** Wall-clock milliseconds at which the request head was complete. */
  readonly startedAtMs: number
  readonly durationMs: number
  /** Until the response head came from the backend; -1 when none came. */
  readonly responseHeadMs: number
  readonly method: string
  /** As received, query included. */
  readonly target: string
  readonly protocolVersion: '1.0' | '1.1' | '2.0'
  /** 0 when the client left before any response; nginx's 499 is used in the log line then. */
  readonly status: number
  readonly requestBytes: number
  /** Body bytes sent to the client, framing not counted. */
  readonly responseBytes: number
  readonly attempts: number
  /** Empty when request ids are off. */
  readonly requestId: string
  /** Why the exchange ended otherwise than by a complete response; empty when it did not. */
  readonly termination: string
  /** First value of a request field, by lower-case name; undefined when absent. */
  requestField(name: string): string | undefined
}
