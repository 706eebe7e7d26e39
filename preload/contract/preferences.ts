/** The operator's preferences. Secrets are never among them; see the SecretStore. */
import { z } from 'zod'

export const THEMES = ['system', 'dark', 'light'] as const
export const DENSITIES = ['compact', 'normal', 'comfortable'] as const

/** "g l", "Shift+Escape", "Mod+K": keys in order, `Mod` is Command on a Mac and Control elsewhere. */
const keysSchema = z.string().max(40)

export const preferencesSchema = z.strictObject({
  theme: z.enum(THEMES),
  density: z.enum(DENSITIES),
  /** `system` follows the operating system. */
  motion: z.enum(['system', 'reduced']),
  /** Single-letter keys act (WCAG 2.1.4 wants a switch). */
  areSingleKeysOn: z.boolean(),
  /** By action id; an empty string takes the key away. */
  shortcuts: z.record(z.string(), keysSchema),
  notifications: z.strictObject({ isOn: z.boolean() }),
  safety: z.strictObject({
    /** Every change is refused until this is switched off. */
    isReadOnly: z.boolean(),
    /** End of drain and maintenance where the operator names none. */
    adminStateForMs: z.number().positive()
  }),
  /** Closing the desktop window: asked once, then as answered. */
  onWindowClose: z.enum(['ask', 'background', 'quit']),
  savedFilters: z
    .array(z.strictObject({ name: z.string().max(40), filter: z.string().max(200) }))
    .max(20)
})

/** A change of some of them; what is absent stays. */
export const preferencesPatchSchema = preferencesSchema.partial()

export const secretStoreSchema = z.strictObject({
  kind: z.enum(['system', 'passphrase', 'memory']),
  /** In plain words: "GNOME keyring", "file, locked with your passphrase", "memory only: not saved". */
  description: z.string()
})

export type Preferences = Readonly<z.infer<typeof preferencesSchema>>
export type PreferencesPatch = Readonly<z.infer<typeof preferencesPatchSchema>>
export type SecretStoreFacts = Readonly<z.infer<typeof secretStoreSchema>>
