import { useParams } from "react-router"

/** The workspace of the address; everything under /w/:slug has one. */
export function useSlug(): string {
  return useParams().slug ?? ""
}
