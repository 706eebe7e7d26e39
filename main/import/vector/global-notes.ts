/** What stands in a Vector configuration beside sources, transforms and sinks. */
import type { KeyNotes } from './key-note.ts'

export const GLOBAL_NOTES: KeyNotes = {
  acknowledgements: {
    why: 'A client always gets the answer of the backend, or 202 once a stored request is safe on disk.'
  },
  api: {
    why: 'Vector has a GraphQL API here; nothing speaks it to Switchyard.',
    instead: 'The admin API is on 127.0.0.1:9000, with a token; `admin` moves it.'
  },
  data_dir: {
    why: 'Files of Vector are not read, and its folder is not used for anything else.',
    origin: 'Disk buffers lie in it.',
    instead:
      'Let Vector deliver what its buffers still hold before the traffic moves. `buffer.directory` says where stored requests lie.'
  },
  enrichment_tables: { why: 'There are no events that a table could add something to.' },
  healthchecks: {
    why: 'Backends are probed all the time, or not at all; a start does not depend on it.',
    instead: '`health_check` of the pool.'
  },
  log_schema: { why: 'There are no events, and so no names of their fields.' },
  schema: { why: 'There are no events, and so no names of their fields.' },
  provider: { why: 'A configuration is a file on this machine, which is watched for changes.' },
  proxy: {
    why: 'Backends are spoken to directly.',
    instead: 'Name backends that can be reached without an HTTP proxy.'
  },
  secret: {
    why: 'Secrets come from variables and files.',
    instead: 'Write `{ env: NAME }` or `{ file: path }` where an option is a secret.'
  },
  telemetry: { why: 'Metrics have the labels that docs/reference/metrics.md lists.' },
  tests: { why: 'They are unit tests of transforms.' },
  timezone: { why: 'No times are read out of requests.' },
  expire_metrics: { why: 'Series end with the pool or backend that they count.' },
  expire_metrics_secs: { why: 'Series end with the pool or backend that they count.' }
}
