import { render } from "@testing-library/react"
import userEvent from "@testing-library/user-event"
import type { ReactElement } from "react"
import { Provider } from "react-redux"
import { createMemoryRouter, RouterProvider } from "react-router"
import { signedIn } from "@/lib/session"
import { makeStore } from "@/lib/store"
import type { User } from "@/lib/api/types"
import { Toaster } from "@/ui/Toaster"
import { makeAuth } from "./factories"
import { fakeNetwork } from "./network"

interface Shown {
  routes: Parameters<typeof fakeNetwork>[0]
  /** Who is signed in; nobody without it. */
  as?: Partial<User>
  /** The address, with what follows the "?". */
  at?: string
}

/** Renders a part of the app at an address. Wherever it leads is an empty page. */
export function show(element: ReactElement, { routes, as, at = "/" }: Shown) {
  const calls = fakeNetwork(routes)
  const store = makeStore()
  if (as) store.dispatch(signedIn(makeAuth("token", as)))
  const path = new URL(at, "http://localhost").pathname
  const router = createMemoryRouter([{ path, element }, { path: "*", element: null }], { initialEntries: [at] })
  render(
    <Provider store={store}>
      <RouterProvider router={router} />
      <Toaster />
    </Provider>,
  )
  return { calls, store, router, user: userEvent.setup() }
}
