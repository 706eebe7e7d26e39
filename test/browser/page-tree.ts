/** What a page has made of a state, as text: to be compared between hosts, and kept. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { ConsoleView, PATIENCE, type ScreenTitle } from './console-view.ts'

/** Goes to a screen and waits until nothing of it is on its way any more. */
export async function atScreen(page: Page, screen: ScreenTitle): Promise<void> {
  await new ConsoleView(page).go(screen)
  await page.locator('main h1, main h2').first().waitFor()
  const skeletons = (): Promise<number> => page.locator('[aria-busy=true], .skeleton').count()
  await expect.poll(skeletons, PATIENCE).toBe(0)
  // Until the first tick the charts end with what the history has: that is at rest as well.
  if (screen === 'Live') await livePart(page).waitFor()
  let before = ''
  await expect
    .poll(async () => {
      const now = await treeOf(page)
      const isAtRest = now === before
      before = now
      return isAtRest
    }, PATIENCE)
    .toBe(true)
}

function livePart(page: Page): Locator {
  return page.locator('figure').filter({ hasText: 'per second' }).locator('.value').first()
}

/** Elements, attributes and words of the screen; numbers that only tie elements together are left out. */
export function treeOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const TIES =
      /^(id|for|style|width|height|data-bits.*|aria-(controls|labelledby|describedby|activedescendant))$/
    const lines: string[] = []
    const write = (node: Node, depth: number): void => {
      const indent = '  '.repeat(depth)
      if (node.nodeType === Node.TEXT_NODE) {
        const words = node.textContent?.replace(/\s+/g, ' ').trim() ?? ''
        if (words !== '') lines.push(indent + words)
        return
      }
      if (!(node instanceof Element)) return
      const attributes = [...node.attributes]
        .filter(({ name }) => !TIES.test(name))
        .map(({ name, value }) => `${name}="${value}"`)
        .toSorted()
      lines.push(`${indent}<${[node.localName, ...attributes].join(' ')}>`)
      for (const child of node.childNodes) write(child, depth + 1)
    }
    const main = document.querySelector('main')
    if (main !== null) write(main, 0)
    return lines.join('\n')
  })
}
