/** Where packages come from when neither lock nor user names an index. */
export const publicIndex = 'https://pypi.org/simple';
