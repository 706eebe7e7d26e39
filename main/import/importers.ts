/** Every format that can be read. */
import type { Importer } from './importer.ts'
import { vectorImporter } from './vector/vector-importer.ts'

export const IMPORTERS: readonly Importer[] = [vectorImporter]
