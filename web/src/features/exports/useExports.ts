import { useGetExportsQuery, type Export } from "./api"

const POLL_MS = 1_500

export function isUnderWay({ status }: Export): boolean {
  return status === "queued" || status === "running"
}

/** The exports there are; asked for again as long as one is being written. */
export function useExports() {
  const known = useGetExportsQuery(undefined)
  const isWaiting = known.data?.some(isUnderWay) ?? false
  return useGetExportsQuery(undefined, {
    refetchOnMountOrArgChange: true,
    pollingInterval: isWaiting ? POLL_MS : 0,
    skipPollingIfUnfocused: true,
  })
}
