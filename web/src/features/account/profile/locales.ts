import { ownLocale } from "@/lib/region"
import type { Choice } from "@/ui/Select"

const OFFERED = ["en", "en-GB", "de", "fr", "es", "it", "pt-BR", "nl", "pl", "sv", "tr", "uk", "ar", "hi", "ja", "zh-Hans"]

/** A dozen, the browser's own, and whatever is saved. */
export function localeChoices(saved: string): Choice<string>[] {
  const own = ownLocale()
  return [...new Set([own, ...OFFERED, saved])].map((value) => ({
    value,
    label: nameOf(value),
    ...(value === own && { hint: "This browser’s" }),
  }))
}

/** "Deutsch", "English (United Kingdom)": whoever reads it knows it by that name. */
export function nameOf(locale: string): string {
  try {
    const name = new Intl.DisplayNames([locale], { type: "language", languageDisplay: "standard" }).of(locale) ?? locale
    return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
  } catch {
    return locale
  }
}

/** How a date and a number look there. */
export function sampleOf(locale: string, now: Date = new Date()): string {
  try {
    return `${new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(now)}, ${new Intl.NumberFormat(locale).format(1234.5)}`
  } catch {
    return ""
  }
}
