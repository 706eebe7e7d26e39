/** How components reach the console's state: `const console = useConsole()`. */
import { createContext } from 'svelte'
import type { ConsoleState } from './console-state.svelte.ts'

/** `useConsole` throws where no console was provided above. */
export const [useConsole, provideConsole] = createContext<ConsoleState>()
