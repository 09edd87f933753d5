import { createSlice, nanoid, type PayloadAction } from "@reduxjs/toolkit"

export interface Toast {
  id: string
  tone: "neutral" | "danger"
  text: string
  /** What the button says; what it does stays outside the store, which holds only data. */
  actionLabel?: string
  /** Until somebody dismisses it. */
  stays?: boolean
}

const actions = new Map<string, () => void>()
const LIMIT = 3

const slice = createSlice({
  name: "toasts",
  initialState: [] as Toast[],
  reducers: {
    shown: (toasts, { payload }: PayloadAction<Toast>) => {
      // Ten cards that could not be moved have one reason, and it is said once.
      const others = toasts.filter(({ text, actionLabel }) => text !== payload.text || actionLabel !== undefined)
      return [...others, payload].slice(-LIMIT)
    },
    dismissed: (toasts, { payload }: PayloadAction<string>) => {
      actions.delete(payload)
      return toasts.filter((toast) => toast.id !== payload)
    },
  },
})

export const toastsReducer = slice.reducer
export const dismissToast = slice.actions.dismissed

interface ToastOptions {
  tone?: Toast["tone"]
  action?: { label: string; run: () => void }
  stays?: boolean
}

export function showToast(text: string, { tone = "neutral", action, stays = false }: ToastOptions = {}) {
  const id = nanoid()
  if (action) actions.set(id, action.run)
  return slice.actions.shown({ id, tone, text, ...(action && { actionLabel: action.label }), ...(stays && { stays }) })
}

export function runToastAction(id: string): void {
  actions.get(id)?.()
  actions.delete(id)
}
