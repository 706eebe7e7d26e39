/** Runs once before a test tier: brings the programs the suites need, or names what is missing. */
import { installPackages, mayInstall, missingPackages, thisMachine } from './debian-packages.ts'

export default async function prepareMachine(): Promise<void> {
  const packages = missingPackages()
  if (packages.length === 0) return
  if (!mayInstall(thisMachine())) {
    say(`Not installed: ${packages.join(', ')}. The suites that need them will be skipped.`)
    return
  }
  say(`Installing ${packages.join(', ')} …`)
  try {
    await installPackages(packages)
  } catch (error) {
    say(`${messageOf(error)}\nThe suites that need these packages will be skipped.`)
  }
}

function say(line: string): void {
  process.stdout.write(`[test set-up] ${line}\n`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
