/** Reads from a JPEG the day on which its camera says that it was taken (EXIF 2.3, DateTimeOriginal). */

const HEAD_BYTES = 131072;
const EXIF_POINTER = 0x8769;
const TAKEN_AT = 0x9003;

/** `2026-03-02`, or null where the file does not say. */
export async function exifDay(file) {
  const view = new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer());
  try {
    const start = exifStart(view);
    return start === null ? null : dayIn(view, start);
  } catch (error) {
    if (error instanceof RangeError) return null; // the header points beyond what was read
    throw error;
  }
}

/** Where the TIFF header begins in a JPEG's APP1 segment. */
function exifStart(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    if (view.getUint8(at + 1) === 0xda) return null;
    if (view.getUint8(at + 1) === 0xe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
  }
  return null;
}

function dayIn(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const first = start + view.getUint32(start + 4, little);
  const exif = entry(view, first, EXIF_POINTER, little);
  const taken = exif && entry(view, start + view.getUint32(exif + 8, little), TAKEN_AT, little);
  if (!taken) return null;
  const at = start + view.getUint32(taken + 8, little);
  const written = Array.from({ length: 10 }, (_, n) => String.fromCharCode(view.getUint8(at + n))).join("");
  return /^(19|20)\d\d:[01]\d:[0-3]\d$/.test(written) ? written.replaceAll(":", "-") : null;
}

function entry(view, folder, tag, little) {
  const count = view.getUint16(folder, little);
  for (let n = 0; n < count; n += 1) {
    const at = folder + 2 + 12 * n;
    if (view.getUint16(at, little) === tag) return at;
  }
  return null;
}
