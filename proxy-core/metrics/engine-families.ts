/**
 * The metric families of the engine and its process. The `process_` names are those that
 * Prometheus' client libraries share, so that ready-made dashboards find them.
 */
import type { EngineView } from '../engine/engine-view.ts'
import { counter, gauge, labelSet, latency, type MetricFamily } from './exposition.ts'
import type { ProcessFacts } from './process-facts.ts'

export interface EngineSubject {
  readonly view: EngineView
  readonly process: ProcessFacts
}

const buildInfo: MetricFamily<EngineSubject> = {
  name: 'switchyard_build_info',
  type: 'gauge',
  help: 'Always 1; the labels say what runs.',
  lines: ({ view, process }) =>
    `switchyard_build_info{${labelSet({ version: view.version, node: process.nodeVersion })}} 1\n`
}

export const ENGINE_FAMILIES: readonly MetricFamily<EngineSubject>[] = [
  buildInfo,
  gauge('switchyard_ready', '1 when every listener is open and the first probes are done.', (of) =>
    of.view.isReady ? 1 : 0
  ),
  gauge('switchyard_stopping', '1 while running exchanges finish before the exit.', (of) =>
    of.view.isStopping ? 1 : 0
  ),
  gauge(
    'switchyard_configuration_refused',
    '1 when the last configuration was refused and an older one runs.',
    (of) => (of.view.configurationError === null ? 0 : 1)
  ),
  latency(
    'switchyard_event_loop_lag_seconds',
    'How late the event loop ran its timers, sampled 20 times a second.',
    (of) => of.view.loopLag
  ),
  gauge(
    'process_start_time_seconds',
    'Unix time at which the engine started.',
    (of) => of.view.startedAtMs / 1000
  ),
  counter(
    'process_cpu_seconds_total',
    'User and system CPU time of the engine process.',
    (of) => of.process.cpuSeconds
  ),
  gauge(
    'process_resident_memory_bytes',
    'Resident memory of the engine process.',
    (of) => of.process.residentBytes
  ),
  gauge(
    'nodejs_heap_size_used_bytes',
    'Heap in use by JavaScript objects.',
    (of) => of.process.heapUsedBytes
  ),
  gauge(
    'process_open_fds',
    'Open file descriptors; absent where the system does not tell.',
    (of) => of.process.openDescriptors
  ),
  gauge(
    'process_max_fds',
    'Limit of open file descriptors; absent where the system does not tell.',
    (of) => of.process.descriptorLimit
  )
]
