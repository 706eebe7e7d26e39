/**
 * The lint rules. The second half draws the layers of the house: which folder may import what.
 * `test/architecture/layers.test.ts` proves that each of those rules fires.
 */
import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import { defineConfig } from 'eslint/config'
import globals from 'globals'
import { builtinModules } from 'node:module'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const TESTS = ['**/*.test.ts', '**/testing/**']

/** Import specifiers that lead into a folder of the house, from anywhere below its root. */
const into = (folder) => `^(\\.\\./)+${folder}(/|$)`

const NODE_BUILTINS = {
  pattern: `^(node:.*|${builtinModules.filter((name) => !name.startsWith('_')).join('|')})$`,
  message: 'This layer also runs outside Node.js: no Node built-ins here.'
}
const ELECTRON = {
  pattern: '^electron(/|$)',
  message: 'Only main/electron (and the preload entry) knows Electron.'
}
const TEST_CODE = { pattern: into('test'), message: 'Product code must not import test code.' }
const NOT_FROM_CORE = {
  pattern: into('(main|preload|renderer)'),
  message: 'proxy-core stands alone: it imports nothing of the console.'
}
const MODEL_ONLY = {
  pattern: into('(?!model/)[a-z0-9-]+'),
  message: 'proxy-core/model imports nothing but itself.'
}
const CORE_BEYOND_MODEL = {
  pattern: into('proxy-core/(?!model/).+'),
  message: 'Outside main, only proxy-core/model may be imported.'
}
const CONTROL_PLANE = {
  pattern: into('main'),
  message: 'The control plane is on the other side of the contract.'
}
const NOT_RENDERER = {
  pattern: into('renderer'),
  message: 'Nothing imports the renderer; it is loaded by a host.'
}
const BEYOND_CONTRACT = {
  pattern: into('preload/(?!contract/).+'),
  message: 'Only preload/contract is shared; the bridge belongs to the sandbox.'
}

/** Static imports, and the dynamic ones that `no-restricted-imports` does not see. */
function layer(name, files, forbidden, options = {}) {
  return {
    name: `layer: ${name}`,
    files,
    ignores: options.ignores ?? [],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: forbidden.map(({ pattern, message }) => ({ regex: pattern, message })) }
      ],
      'no-restricted-syntax': [
        'error',
        ...forbidden.map(({ pattern, message }) => ({
          selector: `ImportExpression[source.value=/${pattern.replaceAll('/', '\\/')}/]`,
          message
        }))
      ],
      ...(options.isNodeFree === true
        ? { 'no-restricted-globals': ['error', ...NODE_GLOBALS] }
        : {})
    }
  }
}

const NODE_GLOBALS = ['process', 'Buffer', 'global', 'require', '__dirname', '__filename'].map(
  (name) => ({ name, message: 'This layer also runs outside Node.js.' })
)

export default defineConfig(
  {
    ignores: [
      'out/',
      'dist/',
      'coverage/',
      '.svelte-check/',
      'node_modules/',
      'test/architecture/fixtures/',
      'proxy-core/config/fixtures/'
    ]
  },
  js.configs.recommended,
  ts.configs.strict,
  ts.configs.stylistic,
  svelte.configs.recommended,
  {
    languageOptions: { globals: globals.node },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 600 }],
      'no-console': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      // Indexed reads are checked by hand on the hot path, where a guard would cost a branch.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `process.env['NAME']` is what TypeScript asks for on index signatures.
      '@typescript-eslint/dot-notation': 'off',
      // `void | Promise<void>` is what a callback that may be asynchronous returns.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }
      ],
      // A callback that does nothing on purpose is a fine argument.
      '@typescript-eslint/no-empty-function': 'off',
      // The hot path counts instead of iterating.
      '@typescript-eslint/prefer-for-of': 'off',
      // It crashes on CommonJS, and no syntax in use here needs it.
      'svelte/no-inner-declarations': 'off',
      '@typescript-eslint/array-type': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      // A class with `#private` state and no constructor, or static factories, is fine.
      '@typescript-eslint/no-extraneous-class': 'off'
    }
  },
  {
    name: 'typed',
    files: ['**/*.ts'],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname }
    },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true }
      ]
    }
  },
  {
    name: 'launcher',
    files: ['bin/switchyard.cjs'],
    languageOptions: { ecmaVersion: 5, sourceType: 'commonjs', globals: globals.node },
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      'no-var': 'off',
      'object-shorthand': 'off',
      'prefer-const': 'off'
    }
  },
  {
    name: 'commonjs',
    files: ['**/*.cjs'],
    ignores: ['bin/switchyard.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: globals.node },
    rules: { '@typescript-eslint/no-require-imports': 'off' }
  },
  {
    name: 'renderer',
    files: ['renderer/**/*.svelte', 'renderer/**/*.ts', 'renderer/**/*.svelte.ts'],
    languageOptions: { globals: globals.browser }
  },
  {
    name: 'svelte files',
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig }
    }
  },
  {
    name: 'tests',
    files: ['test/**', ...TESTS],
    rules: { 'no-console': 'off' }
  },
  {
    name: 'scripts and demonstrations',
    files: ['scripts/**', 'resources/**'],
    rules: { 'no-console': 'off' }
  },

  layer('proxy-core', ['proxy-core/**/*.ts'], [NOT_FROM_CORE, ELECTRON, TEST_CODE], {
    ignores: ['proxy-core/model/**', ...TESTS]
  }),
  layer(
    'proxy-core/model',
    ['proxy-core/model/**/*.ts'],
    [NOT_FROM_CORE, MODEL_ONLY, ELECTRON, TEST_CODE, NODE_BUILTINS],
    { ignores: TESTS, isNodeFree: true }
  ),
  layer(
    'proxy-core tests',
    ['proxy-core/**/*.test.ts', 'proxy-core/**/testing/**'],
    [NOT_FROM_CORE, ELECTRON]
  ),
  layer('main', ['main/**/*.ts'], [NOT_RENDERER, BEYOND_CONTRACT, ELECTRON, TEST_CODE], {
    ignores: ['main/electron/**', ...TESTS]
  }),
  layer('main tests', ['main/**/*.test.ts'], [NOT_RENDERER, BEYOND_CONTRACT], {
    ignores: ['main/electron/**']
  }),
  layer('main/electron', ['main/electron/**/*.ts'], [NOT_RENDERER, BEYOND_CONTRACT]),
  layer(
    'preload',
    ['preload/**/*.ts'],
    [CONTROL_PLANE, NOT_RENDERER, CORE_BEYOND_MODEL, TEST_CODE, NODE_BUILTINS],
    { ignores: ['preload/contract/**'] }
  ),
  layer(
    'preload/contract',
    ['preload/contract/**/*.ts'],
    [CONTROL_PLANE, NOT_RENDERER, CORE_BEYOND_MODEL, ELECTRON, TEST_CODE, NODE_BUILTINS],
    { isNodeFree: true }
  ),
  layer(
    'renderer',
    ['renderer/**/*.ts', 'renderer/**/*.svelte'],
    [CONTROL_PLANE, BEYOND_CONTRACT, CORE_BEYOND_MODEL, ELECTRON, TEST_CODE, NODE_BUILTINS],
    { ignores: TESTS, isNodeFree: true }
  )
)
