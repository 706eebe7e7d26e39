/** Whether a window, or a browser, can be shown on this machine by this user. */

export interface DisplayFacts {
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function thisDisplay(): DisplayFacts {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    environment: process.env
  }
}

/** On Linux and the BSDs a display is announced in the environment; elsewhere there is one. */
export function hasDisplay({ platform, environment }: DisplayFacts): boolean {
  if (platform === 'darwin' || platform === 'win32') return true
  return isSet(environment['DISPLAY']) || isSet(environment['WAYLAND_DISPLAY'])
}

/** Why no window can be opened, as half a sentence; null when one can. */
export function whyNoWindow(facts: DisplayFacts): string | null {
  if (!hasDisplay(facts)) return 'this machine has no display (DISPLAY is not set)'
  // Chromium's sandbox refuses to run as root, and the console never runs without it.
  if (facts.platform === 'linux' && facts.isRoot) {
    return 'the sandbox of the desktop window does not run as root'
  }
  return null
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}
