/** From pasted addresses to a balancer that runs: probe, choose a port, write, open. */
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SwitchyardError } from '../../../proxy-core/model/error-catalogue.ts'
import type { Clock } from '../../../proxy-core/time/clock.ts'
import type { MethodResult } from '../../../preload/contract/methods.ts'
import type { WorkspaceState } from '../../../preload/contract/workspace-state.ts'
import { stateUnusable } from '../../engine-host/state-directory.ts'
import { nextFreePort } from './free-port.ts'
import { answerSentence, probeAddress, type ProbeAnswer } from './probe-address.ts'
import { setupDocument, type SetupCheck } from './setup-document.ts'
import { readTypedAddress, type TypedAddress } from './typed-address.ts'

export interface SetupParts {
  readonly clock: Clock
  /** The console's own; the configuration goes into `workspaces/` there. */
  readonly stateFolder: string
  openFile(file: string): Promise<WorkspaceState>
}

const ADMIN_PORT = 9000
const MAX_NAMES = 1000

export class SetupDesk {
  readonly #parts: SetupParts

  constructor(parts: SetupParts) {
    this.#parts = parts
  }

  /** Rejects only with the reason of `signal`. */
  async probe(typed: string, signal: AbortSignal): Promise<MethodResult<'setup.probe'>> {
    const target = readTypedAddress(typed)
    if (target === null) {
      const sentence = 'not an address: write host:port or a URL'
      return { address: null, isTls: false, outcome: 'invalid', sentence }
    }
    const answer = await probeAddress(target, this.#parts.clock, signal)
    const { address, isTls } = target
    return { address, isTls, outcome: answer.kind, sentence: answerSentence(answer) }
  }

  /**
   * Writes a configuration for these backends, opens and runs it. Throws ARGUMENTS_INVALID,
   * STATE_UNUSABLE, and what opening throws; then no file is left.
   */
  async start(
    typed: readonly string[],
    port: number,
    signal: AbortSignal
  ): Promise<MethodResult<'setup.start'>> {
    const targets = distinct(typed.map(needAddress))
    const areTls = sharedScheme(targets)
    const admin = await nextFreePort(ADMIN_PORT, [port])
    const text = setupDocument({
      addresses: targets.map(({ address }) => address),
      port,
      adminPort: admin === ADMIN_PORT ? null : admin,
      areTls,
      check: await this.#checkFor(targets, signal)
    })
    const file = await this.#write(text)
    try {
      const workspace = await this.#parts.openFile(file)
      const url = `http://127.0.0.1:${port}/`
      return { workspace, url, curl: `curl ${url}` }
    } catch (error) {
      await rm(file, { force: true })
      throw error
    }
  }

  /** A path is worth asking for when everybody that answers now answers it well. */
  async #checkFor(targets: readonly TypedAddress[], signal: AbortSignal): Promise<SetupCheck> {
    const paths = new Set(targets.map(({ path }) => path))
    const [path] = paths
    if (path === undefined || paths.size > 1) return { type: 'tcp' }
    const { clock } = this.#parts
    const answers = await Promise.all(targets.map((target) => probeAddress(target, clock, signal)))
    const given = answers.filter(({ kind }) => kind === 'answered')
    return given.length > 0 && given.every(isGood) ? { type: 'http', path } : { type: 'tcp' }
  }

  async #write(text: string): Promise<string> {
    const folder = join(this.#parts.stateFolder, 'workspaces')
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      for (let number = 1; number <= MAX_NAMES; number++) {
        const name = number === 1 ? 'my-backends.yaml' : `my-backends-${number}.yaml`
        if (await created(join(folder, name), text)) return join(folder, name)
      }
    } catch (error) {
      throw stateUnusable(folder, 'written', error)
    }
    throw stateUnusable(folder, 'written', new Error(`it holds ${MAX_NAMES} configurations`))
  }
}

/** Status 200 to 399, as the health check will have it. */
function isGood(answer: ProbeAnswer): boolean {
  return answer.kind === 'answered' && answer.status >= 200 && answer.status < 400
}

function needAddress(typed: string): TypedAddress {
  const target = readTypedAddress(typed)
  if (target) return target
  throw new SwitchyardError(
    'ARGUMENTS_INVALID',
    `${JSON.stringify(typed)} is not an address: write host:port or a URL.`
  )
}

function distinct(targets: readonly TypedAddress[]): readonly TypedAddress[] {
  return [...new Map(targets.map((target) => [target.address, target])).values()]
}

/** One pool speaks one protocol to its backends. */
function sharedScheme(targets: readonly TypedAddress[]): boolean {
  const schemes = new Set(targets.map(({ isTls }) => isTls))
  if (schemes.size <= 1) return schemes.has(true)
  throw new SwitchyardError(
    'ARGUMENTS_INVALID',
    'Backends with http and with https cannot share a pool: start with one kind of them.'
  )
}

/** false: the name is taken. */
async function created(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(text).finally(() => handle.close())
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
