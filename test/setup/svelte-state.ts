/**
 * Compiles the renderer's `*.svelte.ts` state classes as for the browser. Svelte's own plugin
 * compiles them for a server when Vite runs under Node.js, and there runes do not react.
 */
import { join } from 'node:path'
import { compileModule } from 'svelte/compiler'
import type { Plugin } from 'vite'

/** What `svelte` and `svelte/reactivity` mean in a browser. */
export function browserSvelte(root: string): readonly { find: RegExp; replacement: string }[] {
  const source = join(root, 'node_modules/svelte/src')
  return [
    { find: /^svelte$/, replacement: join(source, 'index-client.js') },
    { find: /^svelte\/reactivity$/, replacement: join(source, 'reactivity/index-client.js') }
  ]
}

export function svelteState(): Plugin {
  return {
    name: 'svelte-state',
    // After Vite has taken the types away.
    enforce: 'post',
    transform(code, id) {
      if (!/\.svelte\.(test\.)?ts$/.test(id)) return null
      const { js } = compileModule(code, { filename: id, generate: 'client', dev: false })
      return { code: js.code, map: js.map }
    }
  }
}
