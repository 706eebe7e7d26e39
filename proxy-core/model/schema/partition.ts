/** How `algorithm: partition` divides keys among backends. */
import {
  PARTITION_METHODS,
  UNAVAILABLE_RULES,
  type PartitionMethod,
  type UnavailableRule
} from '../balance-settings.ts'
import { DEFAULT_PARTITION } from '../default-settings.ts'
import { noun, option, required } from './option.ts'
import { count } from './quantities.ts'
import { requestKey } from './request-key.ts'
import { choice } from './words.ts'

const MAX_PARTITIONS = 65_536

const METHODS = Object.fromEntries(PARTITION_METHODS.map((method) => [method, method])) as Readonly<
  Record<PartitionMethod, PartitionMethod>
>
const RULES = Object.fromEntries(UNAVAILABLE_RULES.map((rule) => [rule, rule])) as Readonly<
  Record<UnavailableRule, UnavailableRule>
>

export const partitionSchema = noun(
  'Partition',
  {
    key: required(requestKey(), {
      effect: 'What of a request decides: requests with the same key are in the same partition.',
      edge: 'A request that lacks it, or has it empty, is placed by round robin.',
      example: 'key: "header:x-process-id"',
      see: ['pools[].hash.key']
    }),
    method: option(choice<PartitionMethod>('a method of partitioning', { values: METHODS }), {
      effect:
        '`modulo` gives partition n to the n-th backend of the file, whatever state the others are in. `consistent` spreads the partitions by weight, and moves only those of a backend that leaves or joins.',
      default: DEFAULT_PARTITION.method,
      edge: 'Weights do not matter to `modulo`, 0 excepted. Adding a backend to the file moves nearly all keys, unless `count` keeps the number.',
      example: 'key: "query:case"\nmethod: consistent'
    }),
    count: option(count({ min: 1, max: MAX_PARTITIONS }), {
      effect: 'The number of partitions.',
      default:
        'with `modulo` the number of backends of the level; with `consistent` one for each key',
      edge: 'With `modulo` and more partitions than backends, partition n belongs to backend n modulo their number; with fewer, the backends beyond get no partition.',
      example: 'key: "query:case"\ncount: 3'
    }),
    when_unavailable: option(
      choice<UnavailableRule>('a rule for partitions without their backend', { values: RULES }),
      {
        effect:
          'What becomes of a partition of `modulo` whose backend takes no requests. `next`: the next available backend of the file stands in until its own is back; all other partitions stay where they are. `refuse`: its requests are answered with 503, and those for a full backend wait for it in the queue.',
        default: DEFAULT_PARTITION.whenUnavailable,
        edge: 'Choose `refuse` where two backends must never work on one key.',
        example: 'key: "query:case"\nwhen_unavailable: refuse'
      }
    )
  },
  {
    title: 'pools[].partition',
    effect: 'How keys are divided among backends. Read by `algorithm: partition`.',
    minimal: { key: 'path' },
    synonyms: { partitions: 'count', slots: 'count', by: 'key', type: 'method' }
  }
)
