/** The parent's end of one `bench-worker` process. */
import { fork, type ChildProcess } from 'node:child_process'
import { ControlChannel } from '../../../proxy-core/engine/control-channel.ts'
import { ipcPort } from '../../../proxy-core/engine/control-port.ts'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import { modulePath } from '../../engine-host/module-path.ts'
import {
  fromWorkerSchema,
  type FromWorker,
  type LoadOrder,
  type LoadResult,
  type ToWorker
} from './worker-protocol.ts'

export class BenchWorker {
  readonly #child: ChildProcess
  readonly #channel: ControlChannel<FromWorker, ToWorker>
  readonly #exited: Promise<never>
  #onMessage: (message: FromWorker) => void = () => {}

  constructor() {
    const cli = modulePath('main/cli/cli.ts', 'cli')
    this.#child = fork(cli, ['bench-worker'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const { promise, reject } = Promise.withResolvers<never>()
    this.#exited = promise
    promise.catch(() => {})
    this.#child.once('exit', () => reject(broken('ended before its work was done')))
    this.#child.once('error', (error) => reject(broken(`could not be started: ${error.message}`)))
    this.#channel = new ControlChannel(ipcPort(this.#child), fromWorkerSchema, {
      onMessage: (message) => this.#onMessage(message),
      onViolation: reject,
      onClose: () => {}
    })
  }

  /** Resolves to the port of a backend that answers everything with `bodyBytes` bytes. */
  async serve(bodyBytes: number): Promise<number> {
    const answer = this.#next('serving')
    this.#channel.send({ kind: 'serve', bodyBytes })
    return (await answer).port
  }

  /** `onWarm` is called when the measured time begins. */
  async load(order: Omit<LoadOrder, 'kind'>, onWarm: () => Promise<void>): Promise<LoadResult> {
    const warm = this.#next('warm')
    this.#channel.send({ kind: 'load', ...order })
    await warm
    const loaded = this.#next('loaded')
    await onWarm()
    return (await loaded).result
  }

  stop(): void {
    this.#channel.close()
    this.#child.kill('SIGTERM')
  }

  #next<K extends FromWorker['kind']>(kind: K): Promise<Extract<FromWorker, { kind: K }>> {
    const { promise, resolve } = Promise.withResolvers<Extract<FromWorker, { kind: K }>>()
    this.#onMessage = (message) => {
      if (isOfKind(message, kind)) resolve(message)
    }
    return Promise.race([promise, this.#exited])
  }
}

function isOfKind<K extends FromWorker['kind']>(
  message: FromWorker,
  kind: K
): message is Extract<FromWorker, { kind: K }> {
  return message.kind === kind
}

function broken(what: string): SwitchyardError {
  return new SwitchyardError('INTERNAL', `A process of the measurement ${what}.`)
}
