/** Which process listens on a port: on Linux from /proc, as far as this user may look. */
import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

export interface PortHolder {
  readonly pid: number
  /** As the system names the program: "nginx". */
  readonly name: string
}

const LISTENING = '0A'

/** null where the system does not tell. `procFolder` is `/proc`. */
export async function portHolder(port: number, procFolder = '/proc'): Promise<PortHolder | null> {
  const inodes = new Set<string>()
  for (const table of ['net/tcp', 'net/tcp6']) {
    const text = await readFile(join(procFolder, table), 'utf8').catch(() => '')
    for (const inode of listeningInodes(text, port)) inodes.add(inode)
  }
  if (inodes.size === 0) return null
  for (const pid of await processes(procFolder)) {
    if (await holdsSocket(join(procFolder, pid, 'fd'), inodes)) {
      return { pid: Number(pid), name: await nameOf(join(procFolder, pid, 'comm')) }
    }
  }
  return null
}

/** proc(5): local address in field 2 as hexadecimal `address:port`, state in 4, inode in 10. */
function listeningInodes(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    const isHolder = fields[1]?.endsWith(`:${wanted}`) === true && fields[3] === LISTENING
    return isHolder && fields[9] !== undefined ? [fields[9]] : []
  })
}

async function processes(procFolder: string): Promise<readonly string[]> {
  const names = await readdir(procFolder).catch(() => [])
  return names.filter((name) => /^\d+$/.test(name))
}

/** Other users' processes cannot be looked into. */
async function holdsSocket(fdFolder: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(fdFolder).catch(() => [])
  for (const descriptor of descriptors) {
    const target = await readlink(join(fdFolder, descriptor)).catch(() => '')
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined && inodes.has(inode)) return true
  }
  return false
}

async function nameOf(commFile: string): Promise<string> {
  const name = await readFile(commFile, 'utf8').catch(() => '')
  return name.trim() || 'a process'
}
