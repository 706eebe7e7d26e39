/** A headless Chromium of the machine's own, driven by playwright-core. */
import { chromium, type Browser, type Page } from 'playwright-core'
import { programPath } from '../setup/requirements.ts'

/** No sandbox, because test machines run as root; nothing that talks to the outside world. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: programPath('chromium-headless-shell'),
    args: ARGUMENTS
  })
}

/** Everything that a page complains about: errors, warnings, blocked or failed requests. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() !== 'log') complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`))
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`)
  })
  return complaints
}
