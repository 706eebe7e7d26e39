/** The services of the console without an engine: they answer nothing, and tell their stop. */
import type { ConsoleParts } from '../../console/console.ts'
import { contractParts, type HostServices } from '../../contract/testing/contract-host.ts'
import { systemClock } from '../../../proxy-core/time/clock.ts'
import type { CreateConsole } from '../serve-console.ts'

export interface ConsoleDouble {
  readonly create: CreateConsole
  /** What it was made with; empty before. */
  readonly made: ConsoleParts[]
  stops: number
}

export const STOPPED = 'Stopped the proxy; nothing was cut.'

export function consoleDouble(services: HostServices = {}): ConsoleDouble {
  const { handlers, topics } = contractParts(systemClock, services)
  const double: ConsoleDouble = {
    made: [],
    stops: 0,
    create(parts) {
      double.made.push(parts)
      return Promise.resolve({
        handlers,
        topics,
        stop: () => {
          double.stops++
          return Promise.resolve(STOPPED)
        }
        // The host of a browser asks for neither the verdict nor the sentence of a menu.
      } as unknown as Awaited<ReturnType<CreateConsole>>)
    }
  }
  return double
}
