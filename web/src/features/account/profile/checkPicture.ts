export const PICTURE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"]
const MOST_BYTES = 5 * 1024 * 1024

/** What is wrong with a file that somebody wants to be their picture. The server looks inside. */
export function checkPicture(file: Pick<File, "type" | "size">): string | null {
  if (!PICTURE_TYPES.includes(file.type)) return "Choose a PNG, JPEG, WebP or GIF picture."
  if (file.size > MOST_BYTES) return `This picture has ${(file.size / 1024 / 1024).toFixed(1)} MB; 5 MB is the most.`
  return file.size === 0 ? "This file is empty." : null
}
