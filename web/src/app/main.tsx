import "./styles/index.css"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { readRememberedSession } from "@/lib/session"
import { databaseName } from "@/lib/sync/database"
import { readEarly } from "@/lib/sync/early"
import { App } from "./App"

const remembered = readRememberedSession()
if (remembered) readEarly(databaseName(remembered.workspace.id, remembered.user.id))

const root = document.getElementById("root")
if (!root) throw new Error("index.html has no #root")
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
