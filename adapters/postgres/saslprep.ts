/** RFC 3454, table C.1.2: becomes a space. */
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;

/** RFC 3454, table B.1, without what counts as a space: disappears. */
const nothing = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;

/**
 * Some of what RFC 4013 neither forbids nor looks at the direction of, all of it assigned in Unicode 3.2: ASCII that can
 * be printed, Latin, Greek and Cyrillic, accents by themselves, jamo, kana, ideographs and Hangul, and what is only
 * another form of such: ligatures, digits in a raised or lowered place, numerals, full and half width.
 */
const harmless = new RegExp(
  '^[\\x20-\\x7e\\u00a1-\\u00ac\\u00ae-\\u0220\\u0300-\\u033f\\u0342\\u0345\\u0386\\u0388-\\u038a\\u038c\\u038e-\\u03a1' +
    '\\u03a3-\\u03ce\\u0400-\\u0482\\u048a-\\u04ce\\u1100-\\u1159\\u1161-\\u11a2\\u11a8-\\u11f9\\u2070\\u2074-\\u208e' +
    '\\u2153-\\u2183\\u3041-\\u3094\\u30a1-\\u30fa\\u4e00-\\u9fa5\\uac00-\\ud7a3\\ufb00-\\ufb06\\uff01-\\uff9f]+$',
  'u',
);

/**
 * The text that every program computes a password's verifier from, by SASLprep (RFC 4013); undefined where programs differ.
 *
 * The server and libpq take a text with a character that SASLprep forbids, or does not know, as it stands, and the driver
 * does not. They agree where SASLprep leaves the text as it is, whatever it holds, and where it holds nothing of the kind.
 */
export function saslprep(password: string): string | undefined {
  const mapped = password.replace(spaces, ' ').replace(nothing, '');
  const prepared = mapped.normalize('NFKC');
  return prepared === password || harmless.test(mapped) ? prepared : undefined;
}
