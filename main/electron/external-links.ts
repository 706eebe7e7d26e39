/** Opens links outside the console: https only, and only after the operator has seen the host. */
import { dialog, shell } from 'electron'

/** Resolves when the link was opened, or when the operator did not want it. */
export async function openExternalLink(address: string): Promise<void> {
  const target = httpsTarget(address)
  if (target === null) return
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: `Open ${target.host} in your browser?`,
    detail: target.href.length > 300 ? `${target.href.slice(0, 300)}…` : target.href,
    buttons: ['Open in the browser', 'Cancel'],
    defaultId: 0,
    cancelId: 1,
    noLink: true
  })
  if (response === 0) await shell.openExternal(target.href)
}

/** null for every other scheme, and for a link with a user name in front of its host. */
export function httpsTarget(address: string): URL | null {
  const url = URL.parse(address)
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return null
  return url
}
