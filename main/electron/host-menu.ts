/** The menu bar of the application. It follows the page's action registry. */
import { app, Menu } from 'electron'
import type { OfferedAction } from '../../preload/contract/host-menu.ts'
import type { MethodHandlers } from '../contract/method-handlers.ts'
import { menuTemplate } from './menu-template.ts'

export interface HostMenuParts {
  readonly platform: string
  run(actionId: string): void
  quit(): void
}

export class HostMenu {
  readonly #parts: HostMenuParts
  #shown = ''

  constructor(parts: HostMenuParts) {
    this.#parts = parts
    this.#show([])
  }

  readonly handlers: Pick<MethodHandlers, 'host.offerActions'> = {
    'host.offerActions': ({ actions }) => {
      this.#show(actions)
      return {}
    }
  }

  /** A menu that is rebuilt closes while it is open, so the same one is never built twice. */
  #show(actions: readonly OfferedAction[]): void {
    const wanted = JSON.stringify(actions)
    if (wanted === this.#shown) return
    this.#shown = wanted
    const template = menuTemplate({
      ...this.#parts,
      actions,
      showAbout: () => app.showAboutPanel()
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }
}
