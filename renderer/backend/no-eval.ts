/**
 * Imported before everything else: Zod's compiled parsers need `new Function`, which the page's
 * content security policy forbids, and asking for it alone is reported as a violation.
 */
import { z } from 'zod'

z.config({ jitless: true })
