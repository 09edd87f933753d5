import type { Client } from "graphql-ws"
import { restoreSession } from "@/lib/api/baseQuery"
import type { BaseQueryApi } from "@reduxjs/toolkit/query"
import { backoff } from "./backoff"
import type { Store } from "./call"
import type { Link } from "./slice"
import { placeKey, presenceOf, type Place, type Present } from "./watching"

interface Outlets {
  /** Something happened up to this seq; null when that is not known. */
  happened: (seq: number | null) => void
  /** What they may see is another: everything is to be fetched anew. */
  resetNeeded: () => void
  linked: (link: Link) => void
  present: (place: Place, people: Present[]) => void
  seq: () => number
}

const NOT_SIGNED_IN = 4401
const NO_LONGER_ALLOWED = 4403
const DRAINING = 4510
const TOO_MANY = 4429
const PING_EVERY_MS = 20_000
const PONG_WITHIN_MS = 8_000
const LONGEST_DRAIN_MS = 15_000
const EVENTS = "subscription ($after: Int) { workspaceEvents(after: $after) { seq } }"
const PRESENCE = "subscription ($place: PresencePlace!, $id: ID!) { presence(place: $place, id: $id) { people { userId doing } } }"

/** The one socket of a browser: opened by the leading tab, opened again whenever it closes. */
export class Live {
  private client: Client | null = null
  private stopped = false
  private tries = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private silence: ReturnType<typeof setTimeout> | undefined
  private places: Place[] = []
  private readonly watched = new Map<string, () => void>()

  constructor(
    private readonly store: Store,
    private readonly outlets: Outlets,
  ) {}

  start(): void {
    this.stopped = false
    void this.connect()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.retry)
    this.close()
  }

  /** The network is back: no need to sit out the wait. */
  hurry(): void {
    if (this.stopped || this.client) return
    clearTimeout(this.retry)
    this.tries = 0
    void this.connect()
  }

  /** The browser says that there is no network: an open socket would not notice for a while. */
  cut(): void {
    clearTimeout(this.retry)
    this.close()
  }

  /** Whose presence the tabs of this browser show. */
  watch(places: Place[]): void {
    this.places = places
    const wanted = new Set(places.map(placeKey))
    for (const [key, end] of this.watched) {
      if (wanted.has(key)) continue
      this.watched.delete(key)
      end()
    }
    const { client } = this
    if (!client) return
    for (const place of places) {
      if (this.watched.has(placeKey(place))) continue
      const end = client.subscribe<{ presence: unknown }>(
        { query: PRESENCE, variables: { place: place.place.toUpperCase(), id: place.id } },
        { next: ({ data }) => data && this.outlets.present(place, presenceOf(data.presence)), error: () => undefined, complete: () => undefined },
      )
      this.watched.set(placeKey(place), end)
    }
  }

  private async connect(): Promise<void> {
    // Without a network there is nothing to try: `hurry` comes when there is one.
    if (!navigator.onLine) return
    // It arrives after what is on screen: rows are fetched without it.
    const library = await import("./socket").catch(() => null)
    if (this.stopped || this.client) return
    if (!library) {
      this.later(backoff(this.tries++))
      return
    }
    const client = library.openClient({
      url: `${window.location.protocol === "https:" ? "wss" : "ws"}://${window.location.host}/graphql`,
      lazy: false,
      retryAttempts: 0,
      keepAlive: PING_EVERY_MS,
      connectionParams: () => ({ Authorization: `Bearer ${this.token() ?? ""}` }),
      onNonLazyError: () => undefined, // `closed` says it
      on: {
        connected: () => {
          this.tries = 0
          this.outlets.linked("live")
          this.outlets.happened(null)
          this.subscribe(client)
        },
        ping: (received) => !received && this.awaitPong(client),
        pong: () => clearTimeout(this.silence),
        closed: (event) => this.closed(client, event as CloseEvent),
      },
    })
    this.client = client
  }

  private subscribe(client: Client): void {
    client.subscribe<{ workspaceEvents: { seq: number } }>(
      { query: EVENTS, variables: { after: this.outlets.seq() } },
      {
        next: ({ data, errors }) => {
          if (data) this.outlets.happened(data.workspaceEvents.seq)
          else if (errors) client.terminate()
        },
        // A subscription that ends while the socket lives would leave us deaf.
        error: () => client.terminate(),
        complete: () => client.terminate(),
      },
    )
    this.watch(this.places)
  }

  /** A network that goes away without a word leaves a socket that looks open. */
  private awaitPong(client: Client): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => client.terminate(), PONG_WITHIN_MS)
  }

  private closed(client: Client, { code, reason }: { code?: number; reason?: string }): void {
    if (this.client !== client) return
    this.client = null
    clearTimeout(this.silence)
    this.watched.clear()
    if (this.stopped) return
    this.outlets.linked("connecting")
    if (code === NOT_SIGNED_IN) return void this.signInAgain()
    if (code === NO_LONGER_ALLOWED) this.outlets.resetNeeded()
    else this.outlets.happened(null) // where sockets do not get through, asking does
    this.later(waitAfter(code, reason, this.tries++))
  }

  /** The token ended: a new one, or the sign-in page. */
  private async signInAgain(): Promise<void> {
    const { dispatch, getState } = this.store
    const api: BaseQueryApi = {
      signal: new AbortController().signal,
      abort: () => undefined,
      dispatch,
      getState,
      extra: undefined,
      endpoint: "live",
      type: "query",
    }
    const outcome = await restoreSession(api)
    if (this.stopped || outcome.kind === "ended") return
    // The first time at once; a server that refuses a fresh token is given time.
    this.later(outcome.kind === "renewed" && this.tries++ === 0 ? 0 : backoff(this.tries))
  }

  private later(ms: number): void {
    clearTimeout(this.retry)
    this.retry = setTimeout(() => !this.stopped && void this.connect(), ms)
  }

  private close(): void {
    const { client } = this
    this.client = null
    this.watched.clear()
    void client?.dispose()
  }

  private token(): string | null {
    return (this.store.getState() as { session: { accessToken: string | null } }).session.accessToken
  }
}

/** A server that drains says how long it takes at most: everybody comes back at another moment of it. */
export function waitAfter(code: number | undefined, reason: string | undefined, tries: number, random: () => number = Math.random): number {
  if (code === DRAINING) return random() * longestOf(reason)
  if (code === TOO_MANY) return backoff(tries + 4, random)
  return backoff(tries, random)
}

function longestOf(reason: string | undefined): number {
  const seconds = Number(/\d+(\.\d+)?/.exec(reason ?? "")?.[0])
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : LONGEST_DRAIN_MS
}
