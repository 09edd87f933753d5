/**
 * How well typed words fit a name: 0 not at all, higher is better. Every word must begin one of the name's words, in
 * any order; a name that begins with all that was typed fits best.
 */
export function fit(name: string, typed: string): number {
  const wanted = wordsOf(typed)
  if (wanted.length === 0) return 1
  const own = wordsOf(name)
  if (!wanted.every((word) => own.some((one) => one.startsWith(word)))) return 0
  if (plain(name).startsWith(plain(typed))) return 3
  return own[0]?.startsWith(wanted[0] ?? "") ? 2 : 1
}

/** What fits, the best first, otherwise in the order that they came in. */
export function fitting<Item>(items: readonly Item[], nameOf: (item: Item) => string, typed: string, most: number): Item[] {
  return items
    .map((item) => ({ item, score: fit(nameOf(item), typed) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ item }) => item)
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim()
}

function wordsOf(text: string): string[] {
  return plain(text).split(/[^\p{L}\p{N}@.]+/u).filter(Boolean)
}
