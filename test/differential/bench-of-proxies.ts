/**
 * The proxies of this suite, each started once per test file with a recording backend of its
 * own behind it. HAProxy and nginx take part where they are installed.
 */
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest'
import { RawClient } from '../servers/raw-client.ts'
import { answerWithTarget, RecordingBackend } from '../servers/recording-backend.ts'
import type { ProxyUnderTest, RunningProxy } from './proxy-under-test.ts'

export interface Bench {
  readonly port: number
  readonly backend: RecordingBackend
  /** A client of the proxy that is closed when the test ends. */
  connect(): Promise<RawClient>
}

/** To be called inside a suite; the returned object is filled before its first test. */
export function benchOf(proxy: ProxyUnderTest): Bench {
  let running: RunningProxy | undefined
  let backend: RecordingBackend | undefined
  beforeAll(async () => {
    backend = await RecordingBackend.start()
    running = await proxy.start([backend.port])
  })
  beforeEach(() => {
    if (!backend) return
    backend.script = answerWithTarget()
    backend.forget()
  })
  afterAll(async () => {
    await running?.stop()
    await backend?.stop()
  })
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error(`${proxy.name} did not start`)
    return value
  }
  return {
    get port() {
      return started(running).port
    },
    get backend() {
      return started(backend)
    },
    async connect() {
      const client = await RawClient.connect(started(running).port)
      onTestFinished(() => client.close())
      return client
    }
  }
}
