import { Dialog, DialogBackdrop, DialogPanel } from "@headlessui/react"
import type { ReactNode } from "react"

/** The sidebar over the page, where there is no room beside it. */
export function SidebarDrawer({ open, onClose, children }: { open: boolean; onClose: () => void; children: ReactNode }) {
  return (
    <Dialog open={open} onClose={onClose} aria-label="Sidebar" className="relative z-40 md:hidden">
      <DialogBackdrop transition className="fixed inset-0 bg-scrim transition-opacity duration-150 data-closed:opacity-0" />
      <DialogPanel
        transition
        className="fixed inset-y-0 left-0 w-72 max-w-[85vw] bg-sunken shadow-lift transition-transform duration-200 ease-out data-closed:-translate-x-full"
      >
        {children}
      </DialogPanel>
    </Dialog>
  )
}
