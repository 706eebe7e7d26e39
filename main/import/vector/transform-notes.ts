/** What becomes of transforms that do something to events, and what Vector knows of the others. */
import type { KeyNote } from './key-note.ts'

const CHANGES = 'It changes events, and a request is passed on as it came.'
const SELECTS = 'It lets only some events pass, and a request is never dropped in silence.'

/** Requests take their way past them, unchanged. */
export const TRANSFORM_NOTES: Readonly<Record<string, KeyNote>> = {
  aggregate: { why: 'It is for metrics.' },
  aws_ec2_metadata: { why: CHANGES },
  dedupe: {
    why: SELECTS,
    instead:
      'Let clients send an Idempotency-Key, by which the backend knows a request that it has done already.'
  },
  delay: { why: 'Requests are passed on at once.' },
  incremental_to_absolute: { why: 'It is for metrics.' },
  log_to_metric: {
    why: 'It makes metrics of events.',
    instead: 'Requests are counted: GET /metrics of the admin API.'
  },
  lua: { why: CHANGES, instead: 'Do it in the backend.' },
  metric_to_log: { why: 'It is for metrics.' },
  reduce: { why: 'It makes one event of several, and each request has its own answer.' },
  remap: { why: CHANGES, instead: 'Do it in the backend.' },
  sample: { why: SELECTS },
  tag_cardinality_limit: { why: 'It is for metrics.' },
  throttle: {
    why: SELECTS,
    instead: '`rate_limit: { requests: …, per: … }` of the route answers what is too fast with 429.'
  },
  trace_to_log: { why: 'It is for traces.' },
  window: { why: SELECTS }
}

/** Of a type that is none of Vector's. */
export const UNKNOWN_TRANSFORM: KeyNote = {
  why: 'It is not known what such a transform does.',
  origin: 'There is no transform of this type; the file is refused.'
}
