/** Words without diacritics, so that `thuoc ho` finds `Thuốc ho`. */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("đ", "d");
}

/** Whether every word that was typed stands in a folded text. */
export function holds(folded: string, words: readonly string[]): boolean {
  return words.every((word) => folded.includes(word));
}

/** What was typed, word by word. */
export const wordsOf = (typed: string): string[] => fold(typed).split(/\s+/).filter(Boolean);
