// Prints one JSON line a face, [svg, labels]: node faces.mjs COUNT. The labels are indices into FACE_ATTRIBUTES.
import { createAvatar } from "@dicebear/core";
import * as pixelArt from "@dicebear/pixel-art";

let state = 12345;

/** Mulberry32: the next of a fixed sequence of numbers in [0, 1). */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const below = (n) => Math.floor(random() * n);
const named = (part, start) => pixelArt.schema.properties[part].default.filter((name) => name.startsWith(start));

// the hair whose colour shows under every hat: no short hair, and not the long hair that hats hide
const underHat = named("hair", "long").filter((name) => name !== "long14");
const moods = [named("mouth", "sad"), named("mouth", "happy")];
const hairs = [["cab188", "a78961"], ["603a14", "83623b"], ["28150a"], ["009bbd"], ["bd1700"], ["91cb15"]];
const skins = ["ffdbac", "e0b687", "cb9e6e", "a26d3d", "8d5524"];
const backgrounds = ["b6e3f4", "c0aede", "d1d4f9", "ffd5dc", "ffdfbf"];

/** The beard is drawn through a mask that the package fills with the colour of the hair, so that a dark beard is
 * hardly there: the mask is made white. */
const whiten = (svg) =>
  svg.replace(/<mask id="beard.*?<\/mask>/gs, (mask) => mask.replace(/fill="[^"]*"/, 'fill="#fff"'));

for (let i = 0; i < Number(process.argv[2]); i++) {
  const labels = [2, 2, 2, 2, 6, 5, 5].map(below);
  const [glasses, hat, beard, mood, hair, skin, background] = labels;
  const avatar = createAvatar(pixelArt, {
    seed: `f${i}`,
    glassesProbability: 100 * glasses,
    hatProbability: 100 * hat,
    beardProbability: 100 * beard,
    accessoriesProbability: 0,
    mouth: moods[mood],
    hairColor: hairs[hair],
    skinColor: [skins[skin]],
    backgroundColor: [backgrounds[background]],
    ...(hat && { hair: underHat }),
  });
  const drawn = avatar.toJson().extra;
  for (const [k, part] of ["glasses", "hat", "beard"].entries())
    if ((drawn[part] !== undefined) !== Boolean(labels[k])) throw new Error(`face ${i}: ${part} is not as labelled`);
  const svg = whiten(avatar.toString().replace(/<metadata.*?<\/metadata>/s, ""));
  console.log(JSON.stringify([svg, labels]));
}
