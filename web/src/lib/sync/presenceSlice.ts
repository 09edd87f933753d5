import { createSlice, type PayloadAction } from "@reduxjs/toolkit"
import type { Present } from "./watching"

const empty: Record<string, Present[]> = {}

const slice = createSlice({
  name: "presence",
  initialState: empty,
  reducers: {
    presenceTold: (told, { payload }: PayloadAction<{ place: string; id: string; people: Present[] }>) => {
      told[`${payload.place}:${payload.id}`] = payload.people
    },
    /** Only the places that some tab shows are worth keeping. */
    placesSeen: (told, { payload }: PayloadAction<string[]>) => {
      for (const key of Object.keys(told)) if (!payload.includes(key)) Reflect.deleteProperty(told, key)
    },
  },
})

export const presenceReducer = slice.reducer
export const { presenceTold, placesSeen } = slice.actions

const nobody: Present[] = []

export function selectPresent(state: { presence: Record<string, Present[]> }, place: string, id: string): Present[] {
  return state.presence[`${place}:${id}`] ?? nobody
}
