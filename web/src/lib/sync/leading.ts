import type { Store } from "./call"
import type { Message } from "./channel"
import type { Database } from "./database"
import { Fetching } from "./fetching"
import { Live } from "./live"
import type { Change, SyncEvent } from "./models"
import { Outbox } from "./outbox"
import { presenceTold } from "./presenceSlice"
import type { Refusal } from "./refusal"
import { dropped, linked, marked, spelledOut, type Link, type Settled, type SyncState } from "./slice"

/** What the leading tab tells itself and the others. */
export interface Tabs {
  tell: (message: Message) => void
  /** What RTK Query keeps may be old. */
  arrived: (changes: readonly Change[], events: readonly SyncEvent[]) => void
  settle: (done: Settled, changes: Change[], answer: unknown) => void
  explain: (refusal: Refusal) => void
  /** Whether an action of this tab could be written down. */
  kept: (id: string) => Promise<boolean>
  forgotten: (id: string) => void
}

/** What one tab does for all: fetch, send, and hold the socket. */
export class Leading {
  readonly fetching: Fetching
  readonly outbox: Outbox
  readonly live: Live

  constructor(
    private readonly store: Store,
    database: Database,
    private readonly tabs: Tabs,
  ) {
    const reachable = (yes: boolean) => this.reachable(yes)
    this.fetching = new Fetching(store, database, { ...tabs, reachable })
    this.outbox = new Outbox(store, {
      reachable,
      mark: async ({ id }, sent) => !(await tabs.kept(id)) || database.mark(id, sent),
      rewrite: (action) => database.add(action),
      marked: (action) => this.share(marked(action), { kind: "marked", action }),
      learned: (changes) => this.fetching.learn(changes),
      dropped: async (id) => {
        tabs.forgotten(id)
        await database.remove(id)
        this.share(dropped(id), { kind: "dropped", id })
      },
      refused: (refusal) => {
        tabs.tell({ kind: "refused", ...refusal })
        tabs.explain(refusal)
      },
      settled: async (done, told, answer) => {
        const changes = spelledOut(this.state.tables, told)
        tabs.settle(done, changes, answer)
        tabs.forgotten(done.id)
        await database.save(changes)
        await database.remove(done.id)
        tabs.tell({ kind: "settled", done, changes, answer })
      },
    })
    this.live = new Live(store, {
      happened: (seq) => {
        if (seq === null || seq > this.state.seq) void this.fetching.fetchNew()
      },
      resetNeeded: () => void this.fetching.bootstrap().then(() => this.fetching.fetchNew()),
      linked: (link) => this.link(link),
      present: ({ place, id }, people) => this.share(presenceTold({ place, id, people }), { kind: "presence", place, id, people }),
      seq: () => this.state.seq,
    })
  }

  stop(): void {
    this.fetching.stop()
    this.outbox.stop()
    this.live.stop()
  }

  private get state(): SyncState {
    return (this.store.getState() as { sync: SyncState }).sync
  }

  private share(action: Parameters<Store["dispatch"]>[0], message: Message): void {
    this.store.dispatch(action)
    this.tabs.tell(message)
  }

  private link(link: Link): void {
    if (link !== this.state.link) this.share(linked(link), { kind: "link", link })
  }

  private reachable(yes: boolean): void {
    if (!yes) this.link("down")
    else if (this.state.link === "down") {
      this.link("connecting")
      this.live.hurry()
      this.outbox.wake()
    }
  }
}
