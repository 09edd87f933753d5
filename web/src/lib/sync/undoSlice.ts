import { createSlice, type PayloadAction } from "@reduxjs/toolkit"
import type { Action } from "./actions"

/** What was undone and can be had back: an undo that the server made, or an action that never left. */
export type Redo = { kind: "server"; seq: number; text: string } | { kind: "dropped"; action: Action }

const slice = createSlice({
  name: "redo",
  initialState: [] as Redo[],
  reducers: {
    undid: (redos, { payload }: PayloadAction<Redo>) => [...redos, payload],
    redid: (redos) => redos.slice(0, -1),
    /** Whoever does something new has nothing to redo. */
    didSomething: () => [],
  },
  extraReducers: (builder) => builder.addMatcher(({ type }) => type === "sync/begun", () => []),
})

export const redoReducer = slice.reducer
export const { undid, redid, didSomething } = slice.actions
