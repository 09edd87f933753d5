import { readStored, store } from "@/lib/storage"

/** Whether this device stays signed in when its window is closed; it does unless somebody says no. */
export const keepsSignedIn = () => readStored("keep-signed-in") !== "no"

export const setKeepsSignedIn = (keeps: boolean) => store("keep-signed-in", keeps ? "yes" : "no")

/** The address of a sign-in, as this device wants to be remembered. */
export const remembered = (url: string) => (keepsSignedIn() ? `${url}?remember=true` : url)
