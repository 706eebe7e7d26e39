/** The call `host.openExternal`: links leave the console only through the host, and only https. */
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { MethodHandlers } from '../contract/method-handlers.ts'
import type { HostAbilities } from './console-parts.ts'

export function hostHandlers({
  openExternal
}: HostAbilities): Pick<MethodHandlers, 'host.openExternal'> {
  return {
    async 'host.openExternal'({ url }) {
      const target = URL.parse(url)
      if (target?.protocol !== 'https:') {
        throw new SwitchyardError('LINK_REFUSED', 'This link is no https link and was not opened.')
      }
      if (!openExternal) {
        const message = 'This host opens no links: follow the link in the page itself.'
        throw new SwitchyardError('ABILITY_MISSING', message)
      }
      await openExternal(target.href)
      return {}
    }
  }
}
