import { useRouteError } from "react-router"
import { Button } from "@/ui/Button"
import { EmptyState } from "@/ui/states"

/** The last resort, mostly for a chunk that is gone because a new version was deployed. */
export function RouteError() {
  console.error(useRouteError())
  return (
    <main role="alert">
      <EmptyState
        icon="alert"
        title="This page could not be loaded"
        text="You may be offline, or ProjectFlow was updated while this tab was open."
      >
        <Button variant="primary" onClick={() => window.location.reload()}>
          Reload the page
        </Button>
      </EmptyState>
    </main>
  )
}
