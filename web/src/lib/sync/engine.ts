import { uuid7 } from "@/lib/uuid"
import type { Action } from "./actions"
import type { Store } from "./call"
import { openChannel, type Channel, type Message } from "./channel"
import { openDatabase, type Database, type Kept } from "./database"
import { takeEarly } from "./early"
import { forgetStale } from "./invalidate"
import { land } from "./landing"
import { lead } from "./leader"
import { Leading, type Tabs } from "./leading"
import type { Change } from "./models"
import { explain } from "./refusal"
import { placesSeen, presenceTold } from "./presenceSlice"
import { applied, begun, dropped, linked, marked, queued, recalled, replaced, settled, type Settled, type SyncState } from "./slice"
import { placeKey, watchedPlaces, whenWatchedChanges, type Place } from "./watching"

export interface Started {
  /** Keeps an action that is on screen already, and has it sent. */
  queue: (action: Action) => Promise<void>
  takeBack: (id: string) => Promise<boolean>
  /** Resolves when everything that the server has committed by now is here, or it cannot be reached. */
  catchUp: () => Promise<void>
  stop: () => void
}

const LONGEST_CATCH_UP_MS = 8_000
let current: Engine | null = null

/** The engine of whoever is signed in; null before that, and in tests of parts. */
export function engine(): Started | null {
  return current
}

/** Starts the store of one person in one workspace; the one before it ends. */
export async function startEngine(store: Store, name: string, person: string): Promise<Started> {
  current?.stop()
  store.dispatch(begun({ person }))
  const early = takeEarly(name)
  const starting = new Engine(store, name, await (early?.database ?? openDatabase(name)))
  current = starting
  await starting.start(early?.kept)
  return starting
}

class Engine implements Started {
  private readonly tab = uuid7()
  private readonly channel: Channel
  private readonly watchers = new Map<string, Place[]>()
  private readonly keeping = new Map<string, Promise<boolean>>()
  private readonly caughtUp: (() => void)[] = []
  private stopped = false
  private leading: Leading | null = null
  private resign: () => void = () => undefined
  private readonly tabs: Tabs

  constructor(
    private readonly store: Store,
    private readonly name: string,
    private readonly database: Database,
  ) {
    this.channel = openChannel(name, (message) => void this.hear(message))
    this.tabs = {
      tell: (message) => this.channel.tell(message),
      arrived: (changes, events) => forgetStale(this.store, changes, events),
      settle: (done, changes, answer) => this.settle(done, changes, answer),
      explain: (refusal) => explain(this.store, refusal, (retry) => void this.queue(retry)),
      kept: (id) => this.keeping.get(id) ?? Promise.resolve(true),
      forgotten: (id) => void this.keeping.delete(id),
    }
  }

  /** What is kept in this browser is shown before anybody is asked. */
  async start(early?: Promise<Kept | null>): Promise<void> {
    await this.recall(false, early)
    // Another tab may have written since that was read, and have told of it before this one listened.
    if (early) await this.recall()
    if (this.stopped) return
    this.channel.tell({ kind: "hello" })
    this.resign = lead(this.name, () => this.takeOver()).resign
    window.addEventListener("online", this.online)
    window.addEventListener("offline", this.offline)
    whenWatchedChanges((places) => this.watch(places))
    this.watch(watchedPlaces())
    if (!this.database.durable && !this.leading) await this.leader().fetching.bootstrap()
  }

  stop(): void {
    if (this.stopped) return
    this.stopped = true
    if (current === this) current = null
    window.removeEventListener("online", this.online)
    window.removeEventListener("offline", this.offline)
    this.leave()
    this.resign()
    this.channel.close()
    this.database.close()
  }

  async queue(action: Action): Promise<void> {
    const kept = this.database.add(action).then(
      () => true,
      () => false, // a full disk: it is sent from memory, if this tab leads and lives
    )
    this.keeping.set(action.id, kept)
    if (await kept) this.keeping.delete(action.id)
    this.channel.tell({ kind: "queued", action })
    this.leading?.outbox.wake()
  }

  async takeBack(id: string): Promise<boolean> {
    await this.keeping.get(id)
    if (!(await this.database.takeBack(id))) return false
    this.store.dispatch(dropped(id))
    this.channel.tell({ kind: "dropped", id })
    return true
  }

  catchUp(): Promise<void> {
    if (this.leading) return this.leading.fetching.fetchNew()
    this.channel.tell({ kind: "nudge" })
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LONGEST_CATCH_UP_MS)
      this.caughtUp.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  private get state(): SyncState {
    return (this.store.getState() as { sync: SyncState }).sync
  }

  /** Rows that are not newer than what is shown are not even read: drawing everything anew is dear. */
  private async recall(anew = false, reading?: Promise<Kept | null>): Promise<void> {
    const since = () => (anew || this.state.phase === "empty" ? -1 : this.state.seq)
    const [kept, waiting] = await Promise.all([reading ?? this.database.load(since()), this.database.actions()])
    if (this.stopped) return
    if (waiting.length > 0) this.store.dispatch(recalled(waiting))
    if (kept && kept.seq > since()) this.store.dispatch(replaced(kept))
  }

  private takeOver(): () => void {
    if (this.stopped) return () => undefined
    const leading = new Leading(this.store, this.database, this.tabs)
    this.leading = leading
    void this.begin(leading)
    return () => this.leave()
  }

  /** One that only fetches, for a tab that has rows of its own because the browser keeps none. */
  private leader(): Leading {
    return this.leading ?? new Leading(this.store, this.database, { ...this.tabs, tell: () => undefined })
  }

  private async begin(leading: Leading): Promise<void> {
    // What the leader before may have left behind.
    await this.recall()
    await leading.fetching.fetchNew()
    if (this.leading !== leading) return
    leading.live.start()
    this.watchFor(this.tab, this.watchers.get(this.tab) ?? [])
    leading.outbox.wake()
  }

  private leave(): void {
    this.leading?.stop()
    this.leading = null
  }

  private settle(done: Settled, changes: Change[], answer: unknown): void {
    land(this.store, this.state.pending.find(({ id }) => id === done.id), answer)
    this.store.dispatch(settled({ ...done, changes }))
  }

  private watch(places: Place[]): void {
    this.channel.tell({ kind: "watch", tab: this.tab, places })
    this.watchFor(this.tab, places)
  }

  private watchFor(tab: string, places: Place[]): void {
    this.watchers.set(tab, places)
    const all = new Map([...this.watchers.values()].flat().map((place) => [placeKey(place), place]))
    this.leading?.live.watch([...all.values()])
    this.store.dispatch(placesSeen([...all.keys()]))
  }

  private readonly online = () => {
    void this.leading?.fetching.fetchNew()
    this.leading?.live.hurry()
    this.leading?.outbox.wake()
  }

  private readonly offline = () => {
    this.store.dispatch(linked("down"))
    this.leading?.live.cut()
  }

  private async hear(message: Message): Promise<void> {
    const { dispatch } = this.store
    switch (message.kind) {
      case "changes":
        if (message.from > this.state.seq) await this.recall()
        else dispatch(applied(message))
        forgetStale(this.store, message.changes, message.events)
        break
      case "replaced":
        if (this.database.durable) await this.recall(true)
        else await this.leader().fetching.bootstrap()
        break
      case "queued":
        if (!this.database.durable) await this.database.add(message.action)
        dispatch(queued(message.action))
        this.leading?.outbox.wake()
        break
      case "marked":
        dispatch(marked(message.action))
        break
      case "settled":
        this.settle(message.done, message.changes, message.answer)
        break
      case "dropped":
        if (!this.database.durable) await this.database.remove(message.id)
        dispatch(dropped(message.id))
        break
      case "refused":
        this.tabs.explain(message)
        break
      case "link":
        dispatch(linked(message.link))
        break
      case "hello":
        this.watch(watchedPlaces())
        if (this.leading) this.channel.tell({ kind: "link", link: this.state.link })
        break
      case "nudge":
        await this.leading?.fetching.fetchNew()
        break
      case "caught-up":
        for (const resolve of this.caughtUp.splice(0)) resolve()
        break
      case "watch":
        this.watchFor(message.tab, message.places)
        break
      case "presence":
        dispatch(presenceTold(message))
        break
    }
  }
}
