/** Label of all that belongs to a rehearsal. It carries none of a site's: whoever looks for a site never finds it. */
export const scratchLabels = ({ domain }: { readonly domain: string }): Record<string, string> => ({ "smarteros.scratch": domain });
