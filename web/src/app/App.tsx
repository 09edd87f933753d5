import { useState } from "react"
import { Provider } from "react-redux"
import { createBrowserRouter, RouterProvider } from "react-router"
import { makeStore } from "@/lib/store"
import { Toaster } from "@/ui/Toaster"
import { routes } from "./routes"
import { RestoreSession } from "./RestoreSession"

export function App() {
  const [store] = useState(makeStore)
  const [router] = useState(() => createBrowserRouter(routes))
  return (
    <Provider store={store}>
      <RestoreSession>
        <RouterProvider router={router} />
      </RestoreSession>
      <Toaster />
    </Provider>
  )
}
