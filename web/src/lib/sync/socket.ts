import { createClient } from "graphql-ws"

/** Of the library, what we use: a chunk of its own takes no more than that. */
export const openClient = createClient
