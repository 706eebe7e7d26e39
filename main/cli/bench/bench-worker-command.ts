/**
 * The processes that `bench` starts from its own program: a backend or a load generator,
 * whichever the first message asks for. They end when their parent does.
 */
import { ControlChannel } from '../../../proxy-core/engine/control-channel.ts'
import { ipcPort } from '../../../proxy-core/engine/control-port.ts'
import { UsageError, type Command } from '../command.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { runLoad } from './load-run.ts'
import { portOf, startTinyBackend } from './tiny-backend.ts'
import { toWorkerSchema, type FromWorker, type ToWorker } from './worker-protocol.ts'

export const benchWorkerCommand: Command = {
  name: 'bench-worker',
  summary: 'A process of bench',
  operands: [],
  options: [],
  notes: 'It is started by bench and by nobody else.',
  isInternal: true,
  run: work
}

async function work(): Promise<ExitCode> {
  if (!process.connected) throw new UsageError('bench-worker is started by bench only.')
  const { promise, resolve, reject } = Promise.withResolvers<ExitCode>()
  // A terminal sends Ctrl+C to the whole group; the parent decides what it means.
  process.on('SIGINT', () => {})
  const channel = new ControlChannel<ToWorker, FromWorker>(ipcPort(process), toWorkerSchema, {
    onMessage: (message) => void obey(message, (answer) => channel.send(answer)).catch(reject),
    onViolation: reject,
    onClose: () => resolve(EXIT.done)
  })
  await promise
  // Whatever runs belongs to a parent that is gone.
  process.exit(EXIT.done)
}

async function obey(message: ToWorker, answer: (message: FromWorker) => void): Promise<void> {
  if (message.kind === 'serve') {
    answer({ kind: 'serving', port: portOf(await startTinyBackend(message.bodyBytes)) })
    return
  }
  const result = await runLoad(message, () => answer({ kind: 'warm' }))
  answer({ kind: 'loaded', result })
}
