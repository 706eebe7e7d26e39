/** axe-core in a page whose policy allows no foreign script: through the debugger's door. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.2 AA and below. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string | null
    readonly help: string
    readonly nodes: readonly {
      readonly target: readonly unknown[]
      readonly failureSummary?: string
    }[]
  }[]
}

/** Serious and critical violations, one line per place; [] where there are none. */
export async function seriousViolations(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page)
  try {
    await session.send('Runtime.evaluate', { expression: SOURCE })
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run({ runOnly: ${JSON.stringify(TAGS)} })`,
      awaitPromise: true,
      returnByValue: true
    })
    const { violations } = result.value as AxeResults
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, help, nodes }) =>
        nodes.map(
          ({ target, failureSummary }) =>
            `${id} (${help}): ${target.join(' ')}\n${failureSummary ?? ''}`
        )
      )
  } finally {
    await session.detach()
  }
}

/** Colours are judged when nothing fades in any more. */
export async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const running = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity)
    await Promise.allSettled(running.map(({ finished }) => finished))
  })
}
