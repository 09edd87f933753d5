import { api } from "@/lib/api/api"
import { showToast } from "@/lib/toasts"
import { uuid7 } from "@/lib/uuid"
import type { Action } from "./actions"
import type { Store } from "./call"
import { openChannel, type Channel, type Message } from "./channel"
import { openDatabase, type Database } from "./database"
import { Fetching } from "./fetching"
import { staleTags } from "./invalidate"
import { lead } from "./leader"
import { Live } from "./live"
import type { Change, SyncEvent } from "./models"
import { Outbox, type Refusal } from "./outbox"
import { placesSeen, presenceTold } from "./presenceSlice"
import { applied, begun, dropped, linked, marked, queued, recalled, replaced, settled, spelledOut, type Link, type SyncState } from "./slice"
import type { Place } from "./watching"

export interface Started {
  /** Keeps an action that is on screen already, and has it sent. */
  queue: (action: Action) => Promise<void>
  takeBack: (id: string) => Promise<boolean>
  /** Resolves when everything that the server has committed by now is here, or it cannot be reached. */
  catchUp: () => Promise<void>
  watch: (places: Place[]) => void
  stop: () => void
}

interface Leading {
  fetching: Fetching
  outbox: Outbox
  live: Live
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
  const starting = new Engine(store, name, await openDatabase(name))
  current = starting
  await starting.start()
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

  constructor(
    private readonly store: Store,
    private readonly name: string,
    private readonly database: Database,
  ) {
    this.channel = openChannel(name, (message) => void this.hear(message))
  }

  /** What is kept in this browser is shown before anybody is asked. */
  async start(): Promise<void> {
    await this.recall()
    if (this.stopped) return
    this.channel.tell({ kind: "hello" })
    this.resign = lead(this.name, () => this.takeOver()).resign
    window.addEventListener("online", this.online)
    window.addEventListener("offline", this.offline)
    if (!this.database.durable && !this.leading) await this.fetching().bootstrap()
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
    this.share(dropped(id), { kind: "dropped", id })
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

  watch(places: Place[]): void {
    this.channel.tell({ kind: "watch", tab: this.tab, places })
    this.watchFor(this.tab, places)
  }

  private get state(): SyncState {
    return (this.store.getState() as { sync: SyncState }).sync
  }

  private async recall(anew = false): Promise<void> {
    const [kept, waiting] = await Promise.all([this.database.load(), this.database.actions()])
    if (this.stopped) return
    if (waiting.length > 0) this.store.dispatch(recalled(waiting))
    if (kept && (anew || this.state.phase === "empty" || kept.seq >= this.state.seq)) this.store.dispatch(replaced(kept))
  }

  private takeOver(): () => void {
    if (this.stopped) return () => undefined
    const fetching = this.fetching()
    const outbox = new Outbox(this.store, {
      mark: async ({ id }, sent) => (await this.keeping.get(id)) === false || this.database.mark(id, sent),
      rewrite: (action) => this.database.add(action),
      marked: (action) => this.share(marked(action), { kind: "marked", action }),
      dropped: async (id) => {
        this.keeping.delete(id)
        await this.database.remove(id)
        this.share(dropped(id), { kind: "dropped", id })
      },
      learned: (changes) => fetching.learn(changes),
      refused: (refusal) => {
        this.channel.tell({ kind: "refused", ...refusal })
        this.explain(refusal)
      },
      reachable: (yes) => this.reachable(yes),
      settled: async (done, told) => {
        const changes = spelledOut(this.state.tables, told)
        this.store.dispatch(settled({ ...done, changes }))
        this.keeping.delete(done.id)
        await this.database.save(changes)
        await this.database.remove(done.id)
        this.channel.tell({ kind: "settled", done, changes })
      },
    })
    const live = new Live(this.store, {
      happened: (seq) => void ((seq === null || seq > this.state.seq) && fetching.fetchNew()),
      resetNeeded: () => void fetching.bootstrap().then(() => fetching.fetchNew()),
      linked: (link) => this.link(link),
      present: ({ place, id }, people) => this.share(presenceTold({ place, id, people }), { kind: "presence", place, id, people }),
      seq: () => this.state.seq,
    })
    const leading = { fetching, outbox, live }
    this.leading = leading
    void this.begin(leading)
    return () => this.leave()
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
    this.leading?.fetching.stop()
    this.leading?.outbox.stop()
    this.leading?.live.stop()
    this.leading = null
  }

  private fetching(): Fetching {
    return new Fetching(this.store, this.database, {
      tell: (message) => this.channel.tell(message),
      arrived: (changes, events) => this.forget(changes, events),
      reachable: (yes) => this.reachable(yes),
    })
  }

  private share(action: Parameters<Store["dispatch"]>[0], message: Message): void {
    this.store.dispatch(action)
    this.channel.tell(message)
  }

  private explain({ text, retry }: Refusal): void {
    const insist = () => {
      if (!retry) return
      this.store.dispatch(queued(retry))
      void this.queue(retry)
    }
    this.store.dispatch(showToast(text, { tone: "danger", ...(retry && { action: { label: "Use mine", run: insist } }) }))
  }

  private link(link: Link): void {
    if (link !== this.state.link) this.share(linked(link), { kind: "link", link })
  }

  private reachable(yes: boolean): void {
    if (!yes) return this.link("down")
    if (this.state.link !== "down") return
    this.link("connecting")
    this.leading?.live.hurry()
    this.leading?.outbox.wake()
  }

  private forget(changes: readonly Change[], events: readonly SyncEvent[]): void {
    const stale = staleTags(changes, events)
    if (stale.length > 0) this.store.dispatch(api.util.invalidateTags(stale) as never)
  }

  private watchFor(tab: string, places: Place[]): void {
    this.watchers.set(tab, places)
    const all = new Map([...this.watchers.values()].flat().map((place) => [`${place.place}:${place.id}`, place]))
    this.leading?.live.watch([...all.values()])
    if (tab === this.tab) this.store.dispatch(placesSeen([...all.keys()]))
  }

  private readonly online = () => {
    void this.leading?.fetching.fetchNew()
    this.leading?.outbox.wake()
  }

  private readonly offline = () => {
    this.store.dispatch(linked("down"))
    this.leading?.live.cut()
  }

  private async hear(message: Message): Promise<void> {
    switch (message.kind) {
      case "changes":
        if (message.from > this.state.seq) return this.recall()
        this.store.dispatch(applied(message))
        return this.forget(message.changes, message.events)
      case "replaced":
        return this.database.durable ? this.recall(true) : void (await this.fetching().bootstrap())
      case "queued":
        if (!this.database.durable) await this.database.add(message.action)
        this.store.dispatch(queued(message.action))
        return this.leading?.outbox.wake()
      case "marked":
        return void this.store.dispatch(marked(message.action))
      case "settled":
        return void this.store.dispatch(settled({ ...message.done, changes: message.changes }))
      case "dropped":
        if (!this.database.durable) await this.database.remove(message.id)
        return void this.store.dispatch(dropped(message.id))
      case "refused":
        return this.explain(message)
      case "link":
        return void this.store.dispatch(linked(message.link))
      case "hello":
        this.channel.tell({ kind: "watch", tab: this.tab, places: this.watchers.get(this.tab) ?? [] })
        return this.leading ? this.channel.tell({ kind: "link", link: this.state.link }) : undefined
      case "nudge":
        return this.leading?.fetching.fetchNew()
      case "caught-up":
        return this.caughtUp.splice(0).forEach((resolve) => resolve())
      case "watch":
        return this.watchFor(message.tab, message.places)
      case "presence":
        return void this.store.dispatch(presenceTold(message))
    }
  }
}
