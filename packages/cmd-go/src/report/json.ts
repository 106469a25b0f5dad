/** encoding/json's text of a value, indented by tabs. */
export function goJSON(value: unknown): string {
  const text = JSON.stringify(value, null, '\t');
  // It escapes what has a meaning in HTML, and shows empty values on one line.
  return text.replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => String.raw`\u` + c.codePointAt(0)!.toString(16).padStart(4, '0'),
  );
}
