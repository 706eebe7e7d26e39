/**
 * The entry of the engine process, the same under Node (`child_process.fork`) and under
 * Electron (`utilityProcess.fork`). It wires the real clock, randomness, resolver and
 * document schema to a `ControlSession`, and decides what signals and uncaught errors mean.
 */
import { parseDocument } from '../config/parse-document.ts'
import type { SecretAccess } from '../config/resolve-secrets.ts'
import { SystemResolver } from '../resolve/resolver.ts'
import { systemClock } from '../time/clock.ts'
import type { ControlPort } from './control-channel.ts'
import { ipcPort, utilityPort, type ParentPort } from './control-port.ts'
import { ControlSession, type DocumentOrigin, type DocumentOutcome } from './control-session.ts'
import { Engine } from './engine.ts'

/** EX_USAGE of sysexits. */
const EXIT_USAGE = 64

function portToParent(): ControlPort | null {
  // Only Electron's utility process has this property, and its types are not ours to import.
  const { parentPort } = process as NodeJS.Process & { readonly parentPort?: ParentPort }
  if (parentPort) return utilityPort(parentPort)
  return process.connected ? ipcPort(process) : null
}

function resolveDocument(document: unknown, { file, baseDir }: DocumentOrigin): DocumentOutcome {
  // What the console stores is in the document by now, if the console was the parent.
  const secrets: SecretAccess = { environment: process.env, stored: { kind: 'refused' } }
  const result = parseDocument(document, { file, baseDir, secrets })
  if (result.ok) return { ok: true, settings: result.settings }
  return { ok: false, problems: result.problems.map(({ path, message }) => ({ path, message })) }
}

function runEngine(port: ControlPort): void {
  const session = new ControlSession({
    port,
    clock: systemClock,
    random: Math.random,
    createEngine: (parts) =>
      new Engine({
        ...parts,
        clock: systemClock,
        random: Math.random,
        resolver: new SystemResolver()
      }),
    resolveDocument,
    exit: (code) => process.exit(code)
  })
  process.on('uncaughtException', (error) => session.takeUncaught(error))
  process.on('unhandledRejection', (reason) => session.takeUncaught(reason))
  // A terminal sends Ctrl+C and hang-up to the whole group; the parent decides what they mean.
  process.on('SIGINT', () => {})
  process.on('SIGHUP', () => {})
  process.on('SIGTERM', () => void session.drain())
}

const port = portToParent()
if (port) {
  process.title = 'switchyard: engine'
  runEngine(port)
} else {
  process.stderr.write('This is the engine of `switchyard run`; it is not started by hand.\n')
  process.exitCode = EXIT_USAGE
}
