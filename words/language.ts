/** Languages of what people read. What other programs say stays as they say it. */
export const languages = ["es", "en"] as const;
export type Language = (typeof languages)[number];

/** Both languages of one area; a key that one of them lacks, or has too much, does not type check. */
export type Words<T> = Readonly<Record<Language, T>>;
