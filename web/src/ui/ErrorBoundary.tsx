import { Component, type ErrorInfo, type ReactNode } from "react"
import { Button } from "./Button"
import { EmptyState } from "./states"

interface Props {
  children: ReactNode
}

/** One around every view: when a view breaks, the rest of the app stays. */
export class ErrorBoundary extends Component<Props, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack)
  }

  override render() {
    if (!this.state.broken) return this.props.children
    return (
      <div role="alert">
        <EmptyState
          icon="alert"
          title="This view stopped working"
          text="Nothing you saved is lost. Try to open it again; if it keeps happening, reload the page."
        >
          <Button variant="primary" onClick={() => this.setState({ broken: false })}>
            Open again
          </Button>
          <Button onClick={() => window.location.reload()}>Reload the page</Button>
        </EmptyState>
      </div>
    )
  }
}
