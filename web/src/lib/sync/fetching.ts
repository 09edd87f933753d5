import { backoff } from "./backoff"
import { fetchBootstrap } from "./bootstrap"
import { call, type Store } from "./call"
import type { Message } from "./channel"
import type { Database } from "./database"
import { keyOf, type Change, type SyncEvent, type SyncPage } from "./models"
import { applied, replaced, spelledOut, type SyncState } from "./slice"

interface Outlets {
  tell: (message: Message) => void
  /** What RTK Query keeps may be old. */
  arrived: (changes: readonly Change[], events: readonly SyncEvent[]) => void
  reachable: (yes: boolean) => void
}

const PAGE = 500

/** Brings the server's rows here: all of them at first, then what changed. The leading tab does it for all. */
export class Fetching {
  private running: Promise<void> | null = null
  private again = false
  private ended = false
  private failures = 0
  private retry: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly store: Store,
    private readonly database: Database,
    private readonly outlets: Outlets,
  ) {}

  stop(): void {
    this.ended = true
    clearTimeout(this.retry)
  }

  /** Fetches until there is nothing newer. Who asks meanwhile shares the answer that comes after. */
  fetchNew(): Promise<void> {
    if (this.running) {
      this.again = true
      return this.running
    }
    clearTimeout(this.retry)
    const run = async () => {
      do {
        this.again = false
        await this.fetchPages()
      } while (this.isAskedAgain() && !this.isStopped())
    }
    this.running = run()
      .catch((failure: unknown) => {
        // Whoever signs out takes the database away under what is still on its way.
        if (!this.isStopped()) throw failure
      })
      .finally(() => {
        this.running = null
        this.outlets.tell({ kind: "caught-up" })
      })
    return this.running
  }

  /** Everything anew; what waits to be sent stays. */
  async bootstrap(): Promise<boolean> {
    const { data, error } = await fetchBootstrap(this.store)
    if (this.isStopped()) return false
    if (error) {
      this.later(error.status === 401)
      return false
    }
    this.store.dispatch(replaced(data))
    await this.database.replace(data.tables, data.seq)
    this.outlets.tell({ kind: "replaced" })
    return true
  }

  /** Takes in rows that came with something else: an answer, a refusal. */
  async learn(changes: readonly Change[]): Promise<void> {
    await this.take(changes, this.state.seq, this.state.seq, [])
  }

  private get state(): SyncState {
    return (this.store.getState() as { sync: SyncState }).sync
  }

  private isStopped(): boolean {
    return this.ended
  }

  private isAskedAgain(): boolean {
    return this.again
  }

  private async fetchPages(): Promise<void> {
    if (this.state.phase === "empty" && !(await this.bootstrap())) return
    for (let more = true; more && !this.isStopped(); ) {
      const from = this.state.seq
      const { data: page, error } = await call<SyncPage>(this.store, `/sync?after=${from}&limit=${PAGE}`)
      if (this.isStopped()) return
      if (error?.slug === "sync-reset") {
        if (!(await this.bootstrap())) return
        continue
      }
      if (error) {
        this.later(error.status === 401)
        return
      }
      this.failures = 0
      this.outlets.reachable(true)
      if (page.seq > from || page.changes.length > 0) await this.take(page.changes, from, page.seq, page.events)
      more = page.more
    }
  }

  private async take(told: readonly Change[], from: number, seq: number, events: SyncEvent[]): Promise<void> {
    const changes = spelledOut(this.state.tables, told)
    this.store.dispatch(applied({ changes, seq, events }))
    this.outlets.arrived(changes, events)
    // Written down first: a tab that missed something before reads it from there.
    await this.database.save(changes, seq)
    this.outlets.tell({ kind: "changes", from, seq, changes, events })
    for (const { id, op } of changes) if (op === "load") await this.loadProject(id)
  }

  /** A project that became visible, and is too large to be told change by change. */
  private async loadProject(id: string): Promise<void> {
    const { data } = await fetchBootstrap(this.store, id)
    if (this.isStopped()) return
    // Whoever misses a project must not go on as if it had it.
    if (!data) {
      await this.bootstrap()
      return
    }
    await this.learn(
      Object.entries(data.tables).flatMap(([model, { entities }]) =>
        Object.values(entities).map((row): Change => ({ model, id: keyOf(model, row), op: "put", row })),
      ),
    )
  }

  private later(signedOut: boolean): void {
    if (signedOut || this.isStopped()) return
    this.outlets.reachable(false)
    clearTimeout(this.retry)
    this.retry = setTimeout(() => void this.fetchNew(), backoff(this.failures++))
  }
}
