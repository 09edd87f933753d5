import { openDatabase, type Database, type Kept } from "./database"

interface Early {
  name: string
  database: Promise<Database>
  kept: Promise<Kept | null>
}

let early: Early | null = null

/** Begins to read what is kept of whoever was here last, while the rest of the app is still on its way. */
export function readEarly(name: string): void {
  const database = openDatabase(name)
  early = { name, database, kept: database.then((opened) => opened.load()).catch(() => null) }
}

/** What was begun for a store of this name, once. */
export function takeEarly(name: string): Early | null {
  const taken = early
  early = null
  if (!taken || taken.name === name) return taken
  void taken.database.then((other) => other.close())
  return null
}
