// What bench/browser.py measures with: runs in the page before anything of its own.
const watching = new MutationObserver(() => {
  if (!document.querySelector("main article, main [role=row] [data-card]")) return
  watching.disconnect()
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => { window.firstCards = performance.now() }
    port2.postMessage(0)
  })
})
watching.observe(document, { childList: true, subtree: true })

window.edits = []
// From the next such key (or click) until the frame after `selector` says something else than now.
window.awaitEdit = (selector, key) => {
  const look = () => document.querySelector(selector)?.textContent ?? null
  const before = look()
  let began = null
  const kind = key === "click" ? "click" : "keydown"
  const begin = (event) => { if (kind === "click" || event.key === key) began = event.timeStamp }
  addEventListener(kind, begin, { capture: true })
  const seen = new MutationObserver(() => {
    if (began === null || look() === before) return
    seen.disconnect()
    removeEventListener(kind, begin, { capture: true })
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => window.edits.push(performance.now() - began)
      port2.postMessage(0)
    })
  })
  seen.observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true })
}

window.counted = null
window.countFrames = () => {
  const times = []
  window.counted = times
  const tick = (now) => { if (window.counted === times) { times.push(now); requestAnimationFrame(tick) } }
  requestAnimationFrame(tick)
}
window.framesCounted = () => { const times = window.counted; window.counted = null; return times }

// Whether the browser has kept all rows.
window.hasKept = async () => {
  const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("projectflow-"))
  const db = await new Promise((done) => { indexedDB.open(name).onsuccess = ({ target }) => done(target.result) })
  const ask = (request) => new Promise((done) => { request.onsuccess = () => done(request.result) })
  const transaction = db.transaction([...db.objectStoreNames])
  const seq = await ask(transaction.objectStore("meta").get("seq"))
  db.close()
  return seq !== undefined
}
