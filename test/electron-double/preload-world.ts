/**
 * What a sandboxed preload script finds in its window, as a script for Chromium: `require` that
 * knows `electron` and nothing else, and in it the two objects that our preload uses. Everything
 * that crosses to the host goes through one binding, which the page's own scripts never see.
 */

/** The binding that leads to the host, until this script has taken it away. */
export const TO_HOST = 'electronDoubleToHost'

/** The function that the host calls with what it sends. */
export const FROM_HOST = 'electronDoubleFromHost'

/** What a window's preferences make of its page. */
export interface PagePowers {
  readonly isIsolated: boolean
  readonly hasNode: boolean
}

/** The script that runs `preload` in every page of `origin`, before the page's own scripts. */
export function preloadWorld(
  preload: string,
  origin: string,
  { isIsolated, hasNode }: PagePowers
): string {
  return `(() => {
  const toHost = window.${TO_HOST}
  delete window.${TO_HOST}
  if (location.origin !== ${JSON.stringify(origin)} || window !== window.top) return

  const strict = (name, modelled) => new Proxy(modelled, {
    get(target, key) {
      if (key in target) return target[key]
      throw new Error('The Electron double does not model ' + name + '.' + String(key) + '.')
    }
  })
  const listeners = new Map()
  const ports = new Map()
  toHost({ kind: 'document' })

  const ipcRenderer = strict('ipcRenderer', {
    send: (channel, ...args) => void toHost({ kind: 'send', channel, args: structuredClone(args) }),
    on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
  })
  // Electron copies what crosses the bridge: functions become proxies, and nothing can be changed.
  const contextBridge = strict('contextBridge', {
    exposeInMainWorld(name, api) {
      if (!${isIsolated}) {
        throw new Error('contextBridge API can only be used when contextIsolation is enabled')
      }
      const copy = {}
      for (const [key, value] of Object.entries(api)) {
        copy[key] = typeof value === 'function'
          ? (...args) => structuredClone(value(...structuredClone(args)))
          : structuredClone(value)
      }
      Object.defineProperty(window, name, { value: Object.freeze(copy), enumerable: true })
    }
  })

  const received = {
    message({ channel, message, portIds }) {
      const handed = portIds.map((id) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = ({ data }) => toHost({ kind: 'port-message', id, data })
        port1.addEventListener('close', () => toHost({ kind: 'port-closed', id }))
        ports.set(id, port1)
        return port2
      })
      for (const listener of listeners.get(channel) ?? []) listener({ ports: handed }, message)
    },
    'port-message': ({ id, data }) => ports.get(id)?.postMessage(data),
    'port-closed'({ id }) {
      ports.get(id)?.close()
      ports.delete(id)
    }
  }
  Object.defineProperty(window, '${FROM_HOST}', {
    value: (batch) => { for (const one of batch) received[one.kind](one) }
  })

  const electron = strict('electron', { contextBridge, ipcRenderer })
  const require = (name) => {
    if (name === 'electron') return electron
    throw new Error('A sandboxed preload script cannot load ' + name + '.')
  }
  if (${hasNode}) Object.assign(window, { require, process: { versions: { node: '24' } } })
  const module = { exports: {} }
  ;(function (require, module, exports) {
${preload}
  })(require, module, module.exports)
})()`
}
