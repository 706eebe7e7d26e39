/**
 * Which directory entries decide what a path means: the file itself and every symbolic
 * link on the way to it. When one of them is replaced, the file may be another one.
 */
import { lstatSync, readlinkSync } from 'node:fs'
import { dirname, join, parse, relative, resolve, sep } from 'node:path'

/** The kernel's own limit on links in one path. */
const MAX_LINKS = 40

/** Folder → names in it. The folder of the path itself is always among them. */
export function watchedPaths(file: string): ReadonlyMap<string, ReadonlySet<string>> {
  const watched = new Map<string, Set<string>>()
  const add = (path: string): void => {
    const names = watched.get(dirname(path)) ?? new Set()
    watched.set(dirname(path), names.add(parse(path).base))
  }
  let path = resolve(file)
  add(path)
  for (let hop = 0; hop < MAX_LINKS; hop++) {
    const link = firstLink(path)
    if (link === null) break
    add(link)
    path = resolve(dirname(link), readlinkSync(link), relative(link, path))
  }
  add(path)
  return watched
}

function firstLink(path: string): string | null {
  let prefix = parse(path).root
  for (const name of path.slice(prefix.length).split(sep)) {
    prefix = join(prefix, name)
    // What is missing for the moment is no link; its folder tells when it is back.
    if (lstatSync(prefix, { throwIfNoEntry: false })?.isSymbolicLink()) return prefix
  }
  return null
}
