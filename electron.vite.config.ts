/**
 * Builds the three sides of the product into `out/`. The main side has four entries: Electron's,
 * and three that plain Node runs and that must never import `electron`.
 */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'

const at = (path: string): string => resolve(import.meta.dirname, path)

export default defineConfig({
  main: {
    build: {
      rolldownOptions: {
        input: {
          index: at('main/index.ts'),
          cli: at('main/cli/cli.ts'),
          headless: at('main/web/headless.ts'),
          engine: at('proxy-core/engine/engine-process.ts')
        }
      }
    }
  },
  preload: {
    build: {
      // A sandboxed preload script can load neither packages nor ES modules.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: at('renderer'),
    plugins: [svelte({ configFile: at('svelte.config.js') })],
    build: {
      minify: true,
      // The content security policy wants files: nothing inline, no injected script.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: at('renderer/index.html') }
    }
  }
})
