/** What a root without a name of its own is called. */
export const unnamedRoot = 'project';
