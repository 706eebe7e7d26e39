/**
 * Installs the programs that the suites need from Debian's packages, only where that was asked
 * for: as root, on Debian, with `CI` or `SWITCHYARD_TEST_INSTALL` set.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { PROGRAMS } from './programs.ts'
import { withoutServiceStarts } from './service-start-guard.ts'

export interface InstallFacts {
  readonly isRoot: boolean
  readonly isDebian: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Runs apt-get with these arguments; rejects with a sentence when it fails. */
export type AptGet = (args: readonly string[]) => Promise<void>

export function mayInstall(facts: InstallFacts): boolean {
  return facts.isRoot && facts.isDebian && isAskedFor(facts.environment)
}

function isAskedFor(environment: InstallFacts['environment']): boolean {
  return ['CI', 'SWITCHYARD_TEST_INSTALL'].some((name) => {
    const value = environment[name] ?? ''
    return value !== '' && value !== '0' && value !== 'false'
  })
}

export function thisMachine(): InstallFacts {
  return {
    isRoot: process.getuid?.() === 0,
    isDebian: existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get'),
    environment: process.env
  }
}

/** The packages of all programs that this machine lacks. */
export function missingPackages(): readonly string[] {
  return Object.values(PROGRAMS).flatMap((program) =>
    program.debianPackage === null || program.find() !== null ? [] : [program.debianPackage]
  )
}

/**
 * Installs them without starting a daemon. The lists are fetched only when the first attempt
 * fails: a machine with fresh lists needs no second trip to the mirror.
 */
export async function installPackages(
  packages: readonly string[],
  aptGet: AptGet = runAptGet,
  policyFile?: string
): Promise<void> {
  const install = (): Promise<void> =>
    aptGet(['install', '--yes', '--no-install-recommends', ...packages])
  await withoutServiceStarts(async () => {
    try {
      await install()
    } catch {
      await aptGet(['update'])
      await install()
    }
  }, policyFile)
}

/** Asynchronous, so that a signal reaches the guard's handler while apt works. */
function runAptGet(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('apt-get', ['-o', 'DPkg::Lock::Timeout=120', '--quiet=2', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2_000)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`apt-get ${args.join(' ')} ended with ${code}: ${complaint.trim()}`))
    })
  })
}
