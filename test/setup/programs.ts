/**
 * The programs outside npm that some suites run against, how to find each one, and the
 * Debian package that brings it. The only list: the installer, the skips and the report read it.
 */
import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join, sep } from 'node:path'

interface ProgramEntry {
  /** What a person calls it. */
  readonly title: string
  /** null: nothing that a package could bring. */
  readonly debianPackage: string | null
  /** The absolute path of the executable, or null where the machine has none. */
  readonly find: () => string | null
}

/** Debian keeps daemons here, and a user's PATH often leaves these folders out. */
const DAEMON_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'] as const

export const PROGRAMS = {
  haproxy: fromDebian('haproxy', 'HAProxy'),
  nginx: fromDebian('nginx', 'nginx'),
  ab: fromDebian('ab', 'ApacheBench', 'apache2-utils'),
  wrk: fromDebian('wrk', 'wrk'),
  curl: fromDebian('curl', 'curl'),
  script: fromDebian('script', "util-linux' script", 'bsdutils'),
  promtool: fromDebian('promtool', "Prometheus' promtool", 'prometheus'),
  'chromium-headless-shell': fromDebian('chromium-headless-shell', 'headless Chromium'),
  sshd: fromDebian('sshd', 'the OpenSSH server', 'openssh-server'),
  'old-node': { title: 'a Node.js older than 24', debianPackage: null, find: findOldNode }
} as const satisfies Readonly<Record<string, ProgramEntry>>

export type ProgramId = keyof typeof PROGRAMS

function fromDebian(executable: string, title: string, debianPackage = executable): ProgramEntry {
  return { title, debianPackage, find: () => executablesNamed(executable)[0] ?? null }
}

/** Every executable of that name, in the order in which a shell would look. */
function executablesNamed(name: string): readonly string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...new Set([...folders, ...DAEMON_FOLDERS])]
    .map((folder) => join(folder, name))
    .filter(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

let oldNode: string | null | undefined

/** npm scripts put the Node 24 of node_modules first; the machine's own comes after it. */
function findOldNode(): string | null {
  oldNode ??=
    executablesNamed('node')
      .filter((path) => !path.includes(`${sep}node_modules${sep}`))
      .find((path) => nodeMajor(path) < 24) ?? null
  return oldNode
}

function nodeMajor(path: string): number {
  try {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 5_000 })
    return Number.parseInt(version.replace('v', ''), 10)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
