/** What somebody may do with webhooks; the page asks their role. */
export interface May {
  update: boolean
  delete: boolean
}
