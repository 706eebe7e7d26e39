/** What a client is told whose request is not stored. */
import type { Refusal } from '../listener/refusal.ts'

/** Room comes as requests are delivered: soon, if at all. */
const RETRY_AFTER_S = 5
/** Somebody has to mend a disk. */
const DISK_RETRY_AFTER_S = 30

export const INTAKE_REFUSALS = {
  bodyTooLarge: {
    status: 413,
    reason: 'The request body is larger than what this route stores.',
    termination: 'body_limit'
  },
  tooManyFields: {
    status: 431,
    reason: 'The request has more fields than can be stored.',
    termination: 'bad_request'
  },
  noRoom: {
    status: 503,
    reason: 'Too many requests are about to be stored at one time.',
    termination: 'store_busy',
    retryAfterS: RETRY_AFTER_S
  },
  full: {
    status: 507,
    reason: 'The buffer is full. The request was not stored.',
    termination: 'store_full',
    retryAfterS: RETRY_AFTER_S
  },
  /** With `when_full: block`, after the wait. */
  stillFull: {
    status: 503,
    reason: 'The buffer stayed full. The request was not stored.',
    termination: 'store_full',
    retryAfterS: RETRY_AFTER_S
  },
  noSpace: {
    status: 507,
    reason: 'The disk of the buffer is full. The request was not stored.',
    termination: 'store_failed',
    retryAfterS: DISK_RETRY_AFTER_S
  },
  disk: {
    status: 503,
    reason: 'The buffer could not be written. The request was not stored.',
    termination: 'store_failed',
    retryAfterS: DISK_RETRY_AFTER_S
  },
  closed: {
    status: 503,
    reason: 'The buffer takes no requests at the moment. The request was not stored.',
    termination: 'store_closed',
    retryAfterS: RETRY_AFTER_S
  },
  /** The octets may reach the disk after all: whoever repeats the request may have it done twice. */
  timeout: {
    status: 503,
    reason: 'The buffer did not take the request in time. It may have been stored.',
    termination: 'store_timeout',
    retryAfterS: DISK_RETRY_AFTER_S
  }
} as const satisfies Readonly<Record<string, Refusal>>
